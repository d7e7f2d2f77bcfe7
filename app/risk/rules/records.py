"""An assessment as it is kept: exact numbers as text, and what changed between two versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from app.risk.rules.changes import Stated
from app.risk.rules.index_sets import written
from app.risk.rules.scoring import Answer, Basis


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer with the figure it rests on: `people`, `area` in m2, and as of when."""

    answer: Answer
    people: int | None = None
    area: Fraction | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A component whose points are others than before; None: there were or are none."""

    component_id: str
    before: Fraction | None
    after: Fraction | None


def with_figures(before: Mapping[str, Kept], after: Mapping[str, Kept]) -> dict[str, Kept]:
    """What was typed, where an option that a confirmed figure gave keeps that figure."""

    def same(old: Kept | None, new: Kept) -> bool:
        return (
            old is not None
            and old.answer.basis is Basis.LIVE
            and new.answer.basis is Basis.CHOSEN
            and old.answer.option == new.answer.option
        )

    return {
        name: before[name] if same(before.get(name), new) else new for name, new in after.items()
    }


def kept_row(kept: Kept) -> dict[str, Any]:
    """An answer as plain values."""
    answer = kept.answer
    return {
        "points": written(answer.points),
        "max": written(answer.maximum),
        "basis": answer.basis.value,
        "option": answer.option,
        "people": kept.people,
        "area": None if kept.area is None else written(kept.area),
        "as_of": None if kept.as_of is None else kept.as_of.isoformat(),
    }


def kept_of(row: Mapping[str, Any]) -> Kept:
    """An answer out of plain values."""
    answer = Answer(
        Fraction(row["points"]), Fraction(row["max"]), Basis(row["basis"]), row["option"]
    )
    area = None if row["area"] is None else Fraction(row["area"])
    as_of = None if row["as_of"] is None else datetime.fromisoformat(row["as_of"])
    return Kept(answer, row["people"], area, as_of)


def stated_row(stated: Stated) -> dict[str, Any]:
    """What was stated of a component as plain values."""
    down_to = None if stated.down_to is None else written(stated.down_to)
    return {"effort": stated.effort, "down_to": down_to}


def stated_of_row(row: Mapping[str, Any]) -> Stated:
    """What was stated of a component out of plain values."""
    return Stated(row["effort"], None if row["down_to"] is None else Fraction(row["down_to"]))


def differences(before: Mapping[str, Kept], after: Mapping[str, Kept]) -> list[Difference]:
    """The components whose points changed from one version to another."""

    def points(kept: Kept | None) -> Fraction | None:
        return None if kept is None else kept.answer.points

    return [
        Difference(name, points(before.get(name)), points(after.get(name)))
        for name in dict.fromkeys([*before, *after])
        if points(before.get(name)) != points(after.get(name))
    ]
