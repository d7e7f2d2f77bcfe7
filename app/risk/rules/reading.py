"""Index sets built out of plain rule data, refused where the data contradicts itself."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise
from typing import Any

from app.kernel.text import squeeze
from app.risk.rules.index_sets import (
    HUNDRED,
    Band,
    Component,
    Evidence,
    IndexSet,
    Measure,
    Option,
    Span,
)
from app.risk.rules.refusals import (
    BandsHaveHole,
    BandsOverlap,
    BrokenSet,
    MaximaDoNotAddUp,
    OptionAboveMaximum,
    OptionsHaveHole,
    OptionsOverlap,
    RepeatedId,
)

VERIFIED = {True: Evidence.FOUND, "partial": Evidence.PARTIAL, False: Evidence.MEMORY}
VERIFIED |= {"entered": Evidence.ENTERED}
ONE = Fraction(1)
MOST_DIGITS = 12


def exact(value: object) -> Fraction:
    """A number as it was written, without the error of a binary fraction; ValueError if none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError(value)
    try:
        number = Decimal(squeeze(str(value)))
    except InvalidOperation:
        raise ValueError(value) from None
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise ValueError(value)
    return Fraction(number)


def index_set(row: Mapping[str, Any], sources: Mapping[str, str]) -> IndexSet:
    """Build and check one set; `sources` gives the words of its keys."""
    reader = _Reader(str(row.get("id", "")), sources)
    components = tuple(reader.component(each) for each in reader.rows(row, "components"))
    step = exact(row["round_pct_to"]) if row.get("round_pct_to") else None
    built = IndexSet(
        id=reader.text(row, "id"),
        version=int(reader.number(row, "version")),
        vi=reader.text(row, "title_vi"),
        en=str(row.get("title_en") or row["title_vi"]),
        max_points=reader.number(row, "max_points"),
        components=components,
        bands=tuple(reader.band(each) for each in reader.rows(row, "bands")),
        step=step,
        evidence=reader.evidence(row),
        source=reader.source(row.get("sources", ())),
        issued_on=reader.day(row["issued_on"]) if row.get("issued_on") else None,
        valid_from_on=reader.day(row.get("valid_from_on")),
        short_vi=str(row.get("short_vi") or row["title_vi"]),
        short_en=str(row.get("short_en") or row.get("title_en") or row["title_vi"]),
    )
    check_set(built)
    return built


def check_set(built: IndexSet) -> None:
    """Refuse a set that contradicts itself: names, bands, options, maxima."""
    for names in ([c.id for c in built.components], [b.id for b in built.bands]):
        repeated = next((name for name in names if names.count(name) > 1), None)
        if repeated is not None:
            raise RepeatedId(where=repeated)
    check_bands(built.bands, built.step)
    for component in built.components:
        _check_options(component)
    known = [c.maximum for c in built.components if c.maximum is not None]
    total = sum(known, Fraction(0))
    complete = len(known) == len(built.components)
    if total > built.max_points or (complete and total != built.max_points):
        raise MaximaDoNotAddUp(total=str(total), wanted=str(built.max_points))


def check_bands(bands: Sequence[Band], step: Fraction | None) -> None:
    """Refuse bands that leave a percent from 0 to 100 out, or take one twice."""
    if not bands:
        raise BandsHaveHole(where="0")
    first, last = bands[0].span, bands[-1].span
    if _starts(first, step) > 0 or not (first.low_in or step):
        raise BandsHaveHole(where="0")
    for lower, upper in pairwise(bands):
        found = _gap(lower.span, upper.span, step)
        if found > 0:
            raise BandsHaveHole(where=upper.vi)
        if found < 0:
            raise BandsOverlap(where=upper.vi)
    if _ends(last, step) < HUNDRED or not (last.high_in or step):
        raise BandsHaveHole(where="100")


def _check_options(component: Component) -> None:
    for option in component.options:
        above = component.maximum is not None and (option.points or 0) > component.maximum
        if above or (option.points is not None and option.points < 0):
            raise OptionAboveMaximum(where=component.vi)
    spans = [each.span for each in component.options if each.span is not None]
    if component.measure is None:
        return
    spans.sort(key=lambda span: (span.low is not None, span.low or 0))
    step = ONE if component.measure is Measure.WORKERS else None
    for lower, upper in pairwise(spans):
        found = _gap(lower, upper, step)
        if found > 0:
            raise OptionsHaveHole(where=component.vi)
        if found < 0:
            raise OptionsOverlap(where=component.vi)


def _starts(span: Span, step: Fraction | None) -> Fraction:
    """The first number of a stretch; on a grid of steps the first that belongs to it."""
    low = span.low if span.low is not None else Fraction(0)
    return low if step is None or span.low_in else low + step


def _ends(span: Span, step: Fraction | None) -> Fraction:
    high = span.high if span.high is not None else HUNDRED
    return high if step is None or span.high_in else high - step


def _gap(lower: Span, upper: Span, step: Fraction | None) -> int:
    """1 for a hole between two stretches, -1 for an overlap, 0 where they meet."""
    if lower.high is None or upper.low is None:
        return -1
    if step is not None:
        apart = _starts(upper, step) - _ends(lower, step) - step
        return (apart > 0) - (apart < 0)
    if upper.low != lower.high:
        return 1 if upper.low > lower.high else -1
    return 1 - (lower.high_in + upper.low_in)


class _Reader:
    """Reads the rows of one set, and names the row that cannot be read."""

    def __init__(self, set_id: str, sources: Mapping[str, str]) -> None:
        self.where = set_id or "?"
        self.sources = sources

    def rows(self, row: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
        found = row.get(key)
        if not isinstance(found, list) or not found:
            raise BrokenSet(where=f"{self.where}: {key}")
        if not all(isinstance(each, Mapping) for each in found):
            raise BrokenSet(where=f"{self.where}: {key}")
        return found

    def text(self, row: Mapping[str, Any], key: str) -> str:
        found = row.get(key)
        if not isinstance(found, str) or not squeeze(found):
            raise BrokenSet(where=f"{self.where}: {key}")
        return squeeze(found)

    def number(self, row: Mapping[str, Any], key: str) -> Fraction:
        try:
            found = exact(row[key])
        except (KeyError, ValueError):
            raise BrokenSet(where=f"{self.where}: {key}") from None
        if found <= 0:
            raise BrokenSet(where=f"{self.where}: {key}")
        return found

    def number_or_none(self, row: Mapping[str, Any], key: str) -> Fraction | None:
        if row.get(key) is None:
            return None
        try:
            return exact(row[key])
        except ValueError:
            raise BrokenSet(where=f"{self.where}: {key}") from None

    def day(self, value: Any) -> date:
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise BrokenSet(where=f"{self.where}: {value}") from None
        if not isinstance(value, date):
            raise BrokenSet(where=f"{self.where}: valid_from_on")
        return value

    def evidence(self, row: Mapping[str, Any], key: str = "verified") -> Evidence:
        try:
            return VERIFIED[row[key]]
        except (KeyError, TypeError):
            raise BrokenSet(where=f"{self.where}: {key}") from None

    def source(self, keys: Iterable[str]) -> str:
        return "; ".join(self.sources.get(key, key) for key in keys)

    def component(self, row: Mapping[str, Any]) -> Component:
        name = self.text(row, "id")
        evidence = self.evidence(row)
        options = tuple(self.option(each, evidence, name) for each in row.get("options") or ())
        maximum = self.number_or_none(row, "max")
        if maximum is not None and maximum <= 0:
            raise BrokenSet(where=f"{self.where}: {name}")
        measures = {measure for each in row.get("options") or () for measure in _measures(each)}
        if len(measures) > 1 or (measures and any(each.span is None for each in options)):
            raise BrokenSet(where=f"{self.where}: {name}")
        vi = self.text(row, "vi")
        number = row.get("number")
        return Component(
            id=name,
            number=int(number) if number is not None else None,
            vi=vi,
            en=str(row.get("en") or vi),
            maximum=maximum,
            evidence=evidence,
            source=self.source([row["source"]] if row.get("source") else ()),
            measure=next(iter(measures), None),
            options=options,
        )

    def option(self, row: Mapping[str, Any], evidence: Evidence, name: str) -> Option:
        if not isinstance(row, Mapping):
            raise BrokenSet(where=f"{self.where}: {name}")
        vi = str(row.get("vi") or "")
        measure = next(iter(_measures(row)), None)
        if not vi and measure is None:
            raise BrokenSet(where=f"{self.where}: {name}")
        own = self.evidence(row) if "verified" in row else evidence
        return Option(
            points=self.number_or_none(row, "points"),
            vi=vi,
            en=str(row.get("en") or vi),
            evidence=own,
            span=self.span(row, measure.value) if measure else None,
        )

    def band(self, row: Mapping[str, Any]) -> Band:
        name, vi = self.text(row, "id"), self.text(row, "vi")
        evidence = self.evidence(row)
        order_vi = self.text(row, "order_vi")
        return Band(
            id=name,
            vi=vi,
            en=str(row.get("en") or vi),
            span=self.span(row, "pct"),
            evidence=evidence,
            order_vi=order_vi,
            order_en=str(row.get("order_en") or order_vi),
            order_evidence=self.evidence(row, "order_verified")
            if "order_verified" in row
            else evidence,
            every_component_below=self.number_or_none(row, "every_component_below"),
        )

    def span(self, row: Mapping[str, Any], measure: str) -> Span:
        """From the keys min_…, above_…, max_… and below_… of a measure."""
        low, over = (self.number_or_none(row, f"{key}_{measure}") for key in ("min", "above"))
        high, under = (self.number_or_none(row, f"{key}_{measure}") for key in ("max", "below"))
        found = Span(
            over if low is None else low,
            under if high is None else high,
            low_in=over is None,
            high_in=under is None,
        )
        both = (low is not None and over is not None) or (high is not None and under is not None)
        empty = found.low is not None and found.high is not None and found.low > found.high
        if both or empty:
            raise BrokenSet(where=f"{self.where}: {measure}")
        return found


def _measures(row: Any) -> set[Measure]:
    keys = set(row) if isinstance(row, Mapping) else set()
    return {
        measure
        for measure in Measure
        if keys & {f"{end}_{measure}" for end in ("min", "above", "max", "below")}
    }
