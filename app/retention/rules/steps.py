"""The steps of a purge and of a deletion: which rows of which table go, and in what order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ANY_LEVEL = "any"  # in place of the column that a standing level may rest on
OWN_ID = "$id"  # in a blank: a value that is unique and says nothing


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of another table that go with a row: those whose column `by` names it."""

    table: str
    by: str


@dataclass(frozen=True, slots=True)
class Step:
    """Rows of a table that go some days after `since`.

    With `blank` only these columns lose what they hold. `person` names the worker whose open case
    or request holds a row, `standing` the column of an answer that a standing level may rest on.
    `of_erased`: only rows of people whose record is gone.
    """

    table: str
    rule: str
    since: str
    person: str | None = None
    standing: str | None = None
    of_erased: str | None = None
    only: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    blank: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Erasing:
    """Rows of a table that belong to a person whose whole record goes."""

    table: str
    by: str
    parts: tuple[Part, ...] = ()
    blank: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a purge and a deletion do, in order.

    `history` goes, besides the steps with a `person`, of somebody who still works here.
    """

    steps: tuple[Step, ...]
    history: tuple[Step, ...]
    erasing: tuple[Erasing, ...]
    left: Mapping[str, str]


def read_plan(document: Mapping[str, Any]) -> Plan:
    """The plan out of its file; a rule that is not there fails."""
    for row in (*document["steps"], *document["history"]):
        if row["rule"] not in document["rules"]:
            raise KeyError(row["rule"])
    return Plan(
        tuple(_step(row) for row in document["steps"]),
        tuple(_step(row) for row in document["history"]),
        tuple(
            Erasing(row["table"], row["by"], _parts(row), row.get("blank"))
            for row in document["erase"]
        ),
        document["left_as_they_are"],
    )


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        row["table"],
        row["rule"],
        row["since"],
        row.get("person"),
        row.get("standing"),
        row.get("of_erased"),
        row.get("only", {}),
        _parts(row),
        row.get("blank"),
    )


def _parts(row: Mapping[str, Any]) -> tuple[Part, ...]:
    return tuple(Part(each["table"], each["by"]) for each in row.get("with", ()))


def split_by_weight(
    keys: Iterable[tuple[Any, ...]], weights: Mapping[Any, int], most: int
) -> list[list[tuple[Any, ...]]]:
    """Keys in their order, some at a time: as many as weigh no more together, or one by itself.

    `weights` are of the first column of a key; without one it weighs nothing.
    """
    split: list[list[tuple[Any, ...]]] = []
    total = 0
    for key in keys:
        weight = weights.get(key[0], 0)
        if not split or total + weight > most:
            split.append([])
            total = 0
        split[-1].append(key)
        total += weight
    return split


def add_up(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Rows by table, of several steps together; what is nought is left out."""
    total: dict[str, int] = {}
    for each in counts:
        for table, rows in each.items():
            if rows:
                total[table] = total.get(table, 0) + rows
    return total
