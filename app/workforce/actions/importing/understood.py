"""What was understood of a list, as it is kept: its rows, figures, notes and columns."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from app.workforce.actions.importing.reading import (
    FoundSheet,
    Understanding,
    leaves,
    outcome_of,
    problems_by_row,
    worst_severity,
)
from app.workforce.rules import Problem, Severity, text_of
from app.workforce.rules.importing import RowOutcome, units_of
from app.workforce.rules.staged_values import (
    pack_fields,
    pack_left_out,
    pack_problems,
    pack_row,
)

SHOWN_LETTERS = 60


def staged_rows(import_id: str, found: Understanding) -> Iterator[dict[str, Any]]:
    """The rows of the list and those it does not name, as they are kept."""
    if found.plan is None or found.reading is None:
        return
    problems = problems_by_row(found)

    def staged(row: int, outcome: RowOutcome, values: str | None, **more: Any) -> dict[str, Any]:
        own = problems.get(row, ())
        return {
            "import_id": import_id,
            "row": row,
            "outcome": outcome,
            "severity": worst_severity(own) or "",
            "codes": " ".join(dict.fromkeys(one.code for one in own)),
            "worker_id": None,
            "leaves": False,
            "fields": "",
            "values": values,
            "problems": pack_problems(own) if own else None,
            "applied_at": None,
        } | more

    for row in found.plan.created:
        yield staged(row.row, RowOutcome.CREATED, pack_row(row, ()))
    for row in found.plan.unchanged:
        yield staged(row.row, RowOutcome.UNCHANGED, pack_row(row, ()))
    for row in found.plan.already_left:
        yield staged(row.row, RowOutcome.ALREADY_LEFT, pack_row(row, ()))
    for one in found.plan.updated:
        worker_id, values = one.worker.worker_id, pack_row(one.row, one.changes)
        yield staged(
            one.row.row,
            outcome_of(one),
            values,
            worker_id=worker_id,
            leaves=leaves(one),
            fields=pack_fields(one.changes),
        )
    for out in found.reading.left_out:
        yield staged(out.row, RowOutcome.LEFT_OUT, pack_left_out(out))
    missing = [one for one in found.plan.not_in_file if not one.particulars.has_left]
    for place, worker in enumerate(missing, start=1):
        yield staged(-place, RowOutcome.MISSING, None, worker_id=worker.worker_id)


def counts_of(found: Understanding) -> dict[str, int]:
    """The figures of a list: what saving would do to how many."""
    if found.plan is None or found.reading is None:
        return {}
    plan, reading = found.plan, found.reading
    outcomes = Counter(outcome_of(one) for one in plan.updated)
    worst = Counter(worst_severity(own) for own in problems_by_row(found).values())
    rows = len(reading.rows) + len(reading.left_out)
    return {
        "rows": rows,
        "created": len(plan.created),
        "updated": outcomes[RowOutcome.UPDATED],
        "leaving": sum(leaves(one) for one in plan.updated),
        "only_leaving": outcomes[RowOutcome.LEAVING],
        "unchanged": len(plan.unchanged),
        "already_left": len(plan.already_left),
        "left_out": len(reading.left_out),
        "not_in_file": sum(not one.particulars.has_left for one in plan.not_in_file),
        "ready": rows - worst.total(),
        "fixed": worst[Severity.FIXED],
        "check": worst[Severity.CHECK],
        "must_fix": worst[Severity.MUST_FIX],
        "without_shift": sum(row.particulars.shift is None for row in plan.created),
        "without_unit": sum(units_of(row.particulars).is_empty for row in plan.created),
    }


def notes_of(found: Understanding, sheet: FoundSheet) -> dict[str, Any]:
    """What the pages of a list say besides: kinds of problems, what would be made."""
    rows: dict[str, set[int]] = {}
    suggested: Counter[str] = Counter()
    severity: dict[str, str] = {}
    for row, problems in problems_by_row(found).items():
        for one in problems:
            rows.setdefault(one.code, set()).add(row)
            severity[one.code] = one.severity
            suggested[one.code] += can_be_accepted(one)
    return {
        "asks_fonts": found.asks_fonts,
        "header_row": sheet.row_place(found.columns.header.last + 1)[1],
        "kinds": [
            {
                "code": code,
                "severity": severity[code],
                "rows": len(numbers),
                "suggested": suggested[code],
            }
            for code, numbers in rows.items()
        ],
        "fields": dict(_changed_fields(found)),
        "coming": _coming(found),
        "new_units": [list(unit) for unit in found.new_units],
        "patterns": [list(pattern) for pattern in found.patterns],
    }


def _coming(found: Understanding) -> dict[str, int]:
    """How many people the list says leave, or come as new ones, on a coming day."""
    created = found.plan.created if found.plan else ()
    return {
        "leaving": _changed_fields(found)["last_on"]
        + sum(row.particulars.last_on is not None for row in created),
        "joining": sum((row.particulars.joined_on or found.today) > found.today for row in created),
    }


def _changed_fields(found: Understanding) -> Counter[str]:
    """On how many people each fact would change."""
    return Counter(
        name
        for one in (found.plan.updated if found.plan else ())
        for name in pack_fields(one.changes).split()
    )


def can_be_accepted(problem: Problem) -> bool:
    """Whether one press may put the suggestion into the cell; what was fixed stands already."""
    return problem.severity is not Severity.FIXED and problem.suggestion is not None


def columns_of(found: Understanding) -> list[dict[str, Any]]:
    """The columns of a list, with a cell of each and what it was taken for."""
    doubts = {one.column: one for one in found.columns.problems}
    return [
        {
            "index": column.index,
            "letter": column.letter,
            "heading": column.heading,
            "field": column.field,
            "match": str(column.match),
            "sample": text_of(found.samples.get(column.letter))[:SHOWN_LETTERS],
            "code": doubts[column.letter].code if column.letter in doubts else None,
            "guess": doubts[column.letter].field if column.letter in doubts else None,
        }
        for column in found.columns.columns
    ]
