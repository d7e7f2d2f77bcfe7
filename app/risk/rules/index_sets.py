"""Index sets as values: components with their options, bands, where each was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

HUNDRED = Fraction(100)


class Evidence(StrEnum):
    """How far something of a set was checked against its document."""

    FOUND = "found"
    PARTIAL = "partial"
    MEMORY = "memory"
    ENTERED = "entered"  # typed from a document by a person of the park


class Measure(StrEnum):
    """What a component counts or measures, where its options are stretches of a number."""

    WORKERS = "workers"
    AREA = "m2_per_worker"
    SHARE = "pct"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of numbers; None is an open end, `_in` says whether the end itself belongs."""

    low: Fraction | None
    high: Fraction | None
    low_in: bool = True
    high_in: bool = True

    def holds(self, value: Fraction) -> bool:
        """Whether the number lies in the stretch."""
        above = self.low is None or value > self.low or (self.low_in and value == self.low)
        below = self.high is None or value < self.high or (self.high_in and value == self.high)
        return above and below


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a component; `points` is None where the table could not be read."""

    points: Fraction | None
    vi: str
    en: str
    evidence: Evidence
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """One line of the form; `maximum` is None where nobody has typed it from the document."""

    id: str
    number: int | None
    vi: str
    en: str
    maximum: Fraction | None
    evidence: Evidence
    source: str
    measure: Measure | None = None
    options: tuple[Option, ...] = ()

    @property
    def is_chosen(self) -> bool:
        """Whether it is scored by choosing an option: every word and point of it was verified.

        Any other takes the points awarded and the maximum, as they stand on the signed form.
        """
        sure = (Evidence.FOUND, Evidence.ENTERED)
        return (
            self.maximum is not None
            and self.evidence in sure
            and bool(self.options)
            and all(each.points is not None and each.evidence in sure for each in self.options)
        )


@dataclass(frozen=True, slots=True)
class Band:
    """A level of risk, what is ordered at it, and how far each of the two was checked.

    `every_component_below` is a condition of what is ordered: no component has that many points.
    """

    id: str
    vi: str
    en: str
    span: Span
    evidence: Evidence
    order_vi: str
    order_en: str
    order_evidence: Evidence
    every_component_below: Fraction | None = None


@dataclass(frozen=True, slots=True)
class IndexSet:
    """One published form: percent = 100 x sum of points / `max_points`, looked up in the bands.

    `step`: percents are rounded half up to a multiple of it before the look-up; None: not at all.
    """

    id: str
    version: int
    vi: str
    en: str
    max_points: Fraction
    components: tuple[Component, ...]
    bands: tuple[Band, ...]
    step: Fraction | None
    evidence: Evidence
    source: str
    issued_on: date | None
    valid_from_on: date
    short_vi: str = ""
    short_en: str = ""

    @property
    def unverified(self) -> tuple[Component, ...]:
        """Components that take points awarded out of a maximum."""
        return tuple(each for each in self.components if not each.is_chosen)

    def find_component(self, component_id: str) -> Component | None:
        """The component of that name."""
        return next((each for each in self.components if each.id == component_id), None)

    def looked_up(self, pct: Fraction) -> Fraction:
        """The percent by which the band is looked up."""
        return pct if self.step is None else rounded_half_up(pct, self.step)

    def band_at(self, pct: Fraction) -> Band:
        """The band of an exact percent from 0 to 100."""
        wanted = self.looked_up(pct)
        return next(band for band in self.bands if band.span.holds(wanted))

    def rank(self, band: Band) -> int:
        """The place of a band among the others, 0 for the lowest risk."""
        return self.bands.index(band)


def rounded_half_up(value: Fraction, step: Fraction) -> Fraction:
    """The multiple of `step` nearest to a number that is not negative; halves go up."""
    return (value / step + Fraction(1, 2)).__floor__() * step


def is_in_force(index_set: IndexSet, on: date) -> bool:
    """Whether a place may be assessed by the set on a day."""
    return index_set.valid_from_on <= on


def newest_in_force(sets: Sequence[IndexSet], on: date) -> IndexSet | None:
    """Of the versions of one set, the one that counts on a day."""
    known = [each for each in sets if is_in_force(each, on)]
    return max(known, key=lambda each: (each.valid_from_on, each.version), default=None)


def written(value: Fraction) -> str:
    """A number without loss: a decimal where it ends, 4.5, else a fraction, 91/3."""
    rest = value.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    if rest != 1:
        return str(value)
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
