"""The form of an assessment: what was typed for each component, and what it comes to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from app.kernel.refusals import Refusal
from app.kernel.text import squeeze
from app.risk.queries.figures import Figures
from app.risk.rules.changes import Stated, assumed
from app.risk.rules.index_sets import Component, IndexSet, Measure, written
from app.risk.rules.reading import exact
from app.risk.rules.records import Kept
from app.risk.rules.refusals import FigureChanged, PointsUnreadable
from app.risk.rules.scoring import Basis, awarded, chosen, measured, option_at

LONGEST_TYPED = 40
EFFORTS = (1, 2, 3)
GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d*)?")
LIVE, BY_FIGURE = "live", "figure"
FIELDS = ("choice", "points", "max", "area", "people", "effort", "down_to")


@dataclass(slots=True)
class TypedForm:
    """The texts of every component by field, what they mean, and what is wrong with them."""

    typed: dict[str, dict[str, str]]
    answers: dict[str, Kept] = field(default_factory=dict)
    stated: dict[str, Stated] = field(default_factory=dict)
    errors: dict[str, Refusal] = field(default_factory=dict)
    note: str = ""


def field_name(component: Component, name: str) -> str:
    """The name of an input."""
    return f"{component.id}-{name}"


def live_option(component: Component, figures: Figures | None) -> int | None:
    """The option that the park's own figure points to, where the component counts workers."""
    if figures is None or not component.is_chosen or component.measure is not Measure.WORKERS:
        return None
    try:
        return option_at(component, Fraction(figures.workers))
    except Refusal:
        return None


def read_form(
    values: Mapping[str, str],
    chosen_set: IndexSet,
    figures: Figures | None,
    *,
    language: str,
) -> TypedForm:
    """Every component of a posted form; what is empty is not there yet, and no mistake."""
    form = TypedForm({}, note=squeeze(values.get("note", "")))
    for component in chosen_set.components:
        typed = {
            name: values.get(field_name(component, name), "").strip()[:LONGEST_TYPED]
            for name in FIELDS
        }
        form.typed[component.id] = typed
        row = _Row(component, typed, language)
        try:
            kept = row.kept(values.get(field_name(component, "live"), ""), figures)
            stated = row.stated()
        except Refusal as refusal:
            form.errors[component.id] = refusal
            continue
        if kept is not None:
            form.answers[component.id] = kept
        if stated != assumed(component):
            form.stated[component.id] = stated
    return form


@dataclass(frozen=True, slots=True)
class _Row:
    """One component as it was typed."""

    component: Component
    typed: Mapping[str, str]
    language: str

    def kept(self, live_seen: str, figures: Figures | None) -> Kept | None:
        component, choice = self.component, self.typed["choice"]
        if not component.is_chosen:
            if not self.typed["points"]:
                return None
            most = self.number("max") if self.typed["max"] else None
            return Kept(awarded(component, self.number("points"), most))
        if not choice:
            return None
        if choice == LIVE:
            place = live_option(component, figures)
            if figures is None or place is None or str(place) != live_seen:
                raise FigureChanged(where=component.vi)
            answer = chosen(component, place, Basis.LIVE)
            return Kept(answer, people=figures.workers, as_of=figures.as_of)
        if choice == BY_FIGURE:
            return self.by_figure()
        return Kept(chosen(component, int(choice) if choice.isdecimal() else -1))

    def by_figure(self) -> Kept:
        area, people = self.number("area"), self.number("people")
        if people <= 0 or people.denominator != 1:
            raise PointsUnreadable(where=self.component.vi)
        return Kept(measured(self.component, area / people), int(people), area)

    def stated(self) -> Stated:
        effort = self.typed["effort"]
        down_to = self.number("down_to") if self.typed["down_to"] else None
        if effort == "never":
            return Stated(None, down_to)
        if effort not in {str(each) for each in EFFORTS}:
            return Stated(assumed(self.component).effort, down_to)
        return Stated(int(effort), down_to)

    def number(self, name: str) -> Fraction:
        """A number as people write it: 4,5 and 1.248 in Vietnamese, 4.5 and 1,248 in English."""
        text = re.sub(r"[\u00a0 ]", "", self.typed[name])
        if self.language == "en":
            plain = text.replace(",", "")
        elif GROUPED.fullmatch(text):
            plain = text.replace(".", "").replace(",", ".")
        else:
            plain = text.replace(",", ".")
        try:
            found = exact(plain)
        except ValueError:
            raise PointsUnreadable(where=self.component.vi) from None
        if found < 0:
            raise PointsUnreadable(where=self.component.vi)
        return found


def typed_of(
    chosen_set: IndexSet,
    answers: Mapping[str, Kept],
    stated: Mapping[str, Stated],
    *,
    language: str,
) -> dict[str, dict[str, str]]:
    """A kept version as the inputs of the form hold it."""
    return {
        component.id: _typed(
            component,
            answers.get(component.id),
            stated.get(component.id, assumed(component)),
            "." if language == "en" else ",",
        )
        for component in chosen_set.components
    }


def _typed(component: Component, kept: Kept | None, stated: Stated, point: str) -> dict[str, str]:
    typed = dict.fromkeys(FIELDS, "")
    typed["effort"] = "never" if stated.effort is None else str(stated.effort)
    typed["down_to"] = _shown(stated.down_to, point)
    if component.maximum is not None:
        typed["max"] = _shown(component.maximum, point)
    if kept is None:
        return typed
    answer = kept.answer
    typed |= {"points": _shown(answer.points, point), "max": _shown(answer.maximum, point)}
    if component.is_chosen:
        # A live figure was confirmed once; from then on it stands as the option it gave.
        by_area = kept.area is not None
        typed["choice"] = BY_FIGURE if by_area else str(answer.option)
        typed["area"] = _shown(kept.area, point)
        typed["people"] = str(kept.people) if by_area else ""
    return typed


def _shown(value: Fraction | None, point: str) -> str:
    return "" if value is None else written(value).replace(".", point)
