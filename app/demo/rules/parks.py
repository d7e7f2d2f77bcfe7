"""The parks of a demo province: who is silent, whose clock runs fast, who corrects figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.checkins.rules import Counts
from app.demo.rules.chance import stream
from app.kernel.refusals import Refusal
from app.sync.rules import CompanyFigures
from app.workforce.rules.shifts import ShiftCode

CLOCK_RUNS_FAST = timedelta(hours=3)
SILENT_FOR = (timedelta(days=3, hours=5), timedelta(days=4, hours=2), timedelta(days=6, hours=8))
SIZES = (6, 8, 9, 40, 90, 160, 240, 420, 800, 1500)
SIZE_WEIGHTS = (2, 2, 2, 3, 5, 5, 5, 4, 3, 1)
SHIFTS = {ShiftCode.CA1: (time(6), time(14)), ShiftCode.CA2: (time(14), time(22))}


class TooFewParks(Refusal):
    """So many silent parks leave nobody to speak of."""

    code = "demo.too_few_parks"


class ProvinceOnly(Refusal):
    """Parks report to a province; this node is none."""

    code = "demo.province_only"
    status = 409


@dataclass(frozen=True, slots=True)
class ProvinceOrder:
    """So many parks with so many days up to now, of which some have been silent."""

    parks: int
    silent: int
    days: int
    seed: int
    now: datetime
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.parks < self.silent + 3:
            raise TooFewParks(fewest=self.silent + 3)

    def moment(self, on: date, at: time) -> datetime:
        """A wall-clock time of the province."""
        return datetime.combine(on, at, tzinfo=self.zone)

    @property
    def today(self) -> date:
        """The day it is there."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class CompanyPlan:
    """One company of a demo park: who works a shift there, and how many of them answer."""

    code: str
    per_shift: int
    answers: float
    silent: bool


@dataclass(frozen=True, slots=True)
class ParkPlan:
    """One park: `silent_for` is how long it has sent nothing, `ahead` how fast its clock runs."""

    place: int
    name: str
    phone: str
    companies: tuple[CompanyPlan, ...]
    silent_for: timedelta = timedelta(0)
    ahead: timedelta = timedelta(0)
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a park says at one moment: shifts, by their revision, and whether the day total."""

    at: datetime
    on: date
    shift: ShiftCode | None
    final: bool
    later: int


def park_plans(order: ProvinceOrder, data: Mapping[str, Any]) -> list[ParkPlan]:
    """The parks: the last are silent, the second has a fast clock, the third corrects itself."""
    first_silent = order.parks - order.silent
    return [
        ParkPlan(
            place,
            _name(data["parks"], place),
            f"0900000{place % 800 + 200:03}",
            _companies(order, place, data),
            SILENT_FOR[(place - first_silent) % len(SILENT_FOR)]
            if place >= first_silent
            else timedelta(0),
            CLOCK_RUNS_FAST if place == 1 else timedelta(0),
            place == 2,
        )
        for place in range(order.parks)
    ]


def _name(names: Sequence[str], place: int) -> str:
    again = place // len(names)
    return f"KCN {names[place % len(names)]}" + (f" {again + 1}" if again else "")


def _companies(
    order: ProvinceOrder, place: int, data: Mapping[str, Any]
) -> tuple[CompanyPlan, ...]:
    chance = stream(order.seed, "companies", place)
    codes = [first + last for first in data["first_words"] for last in data["last_words"]]
    chosen = chance.sample(codes, chance.randint(5, 11))
    return tuple(
        CompanyPlan(
            code,
            chance.choices(SIZES, SIZE_WEIGHTS)[0],
            chance.uniform(0.9, 0.99),
            number > 3 and chance.random() < 0.08,
        )
        for number, code in enumerate(sorted(chosen))
    )


def park_tells(plan: ParkPlan, order: ProvinceOrder) -> list[Told]:
    """Every moment at which the park says something, oldest first."""
    until = order.now - plan.silent_for - timedelta(minutes=3 + plan.place * 7 % 40)
    told: list[Told] = []
    for back in range(order.days - 1, -1, -1):
        on = order.today - timedelta(days=back)
        told += [
            Told(order.moment(on, time(7)), on, ShiftCode.CA1, True, 0),
            Told(order.moment(on, time(10)), on, ShiftCode.CA1, True, 1),
            Told(order.moment(on, time(10)), on, None, False, 1),
            Told(order.moment(on, time(15)), on, ShiftCode.CA2, True, 0),
            Told(order.moment(on, time(16)), on, None, True, 1),
        ]
        if plan.corrects and back == 1:
            at = order.moment(on + timedelta(days=1), time(9))
            told += [Told(at, on, ShiftCode.CA1, True, 2), Told(at, on, None, True, 2)]
    return sorted((each for each in told if each.at <= until), key=lambda each: each.at)


def shift_figures(
    plan: ParkPlan, order: ProvinceOrder, on: date, shift: ShiftCode, later: int
) -> list[CompanyFigures]:
    """The companies' figures of a shift; those of a later revision have some more answers."""
    return [
        CompanyFigures(
            company.code,
            _counts(stream(order.seed, plan.place, company.code, on, shift), company, on, later),
        )
        for company in plan.companies
        if not company.silent
    ]


def missing_codes(plan: ParkPlan) -> list[str]:
    """Companies that send nothing."""
    return [company.code for company in plan.companies if company.silent]


def _counts(chance: Random, company: CompanyPlan, on: date, later: int) -> Counts:
    rest = 0.6 if on.weekday() >= 6 else 1.0
    expected = max(1, round(company.per_shift * chance.uniform(0.94, 1) * rest))
    absent = round(expected * chance.uniform(0, 0.05))
    share = company.answers * chance.uniform(0.97, 1)
    at_work = expected - absent
    answered = min(at_work, round(at_work * share))
    red = sum(chance.random() < 0.002 for _ in range(answered))
    amber = min(answered - red, sum(chance.random() < 0.008 for _ in range(answered)))
    more = min(at_work - answered, later * max(1, answered // 90))
    return Counts(
        expected=expected,
        answered=answered + more,
        on_time=round(answered * 0.96),
        absent=absent,
        not_asked=0,
        green=answered + more - red - amber,
        amber=amber,
        red=red,
    )
