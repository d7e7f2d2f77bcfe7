"""Staged lists: begun, understood, kept row by row, decided on; nothing of the roster changes."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.kernel.actors import Actor
from app.kernel.clock import Clock, local_day
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound, Refusal
from app.settings import Settings
from app.workforce.actions.importing.reading import (
    Decisions,
    FoundSheet,
    Understanding,
    company_of,
    find_lists,
    leaves,
    outcome_of,
    problems_by_row,
    sheets_with_more,
    understand,
    worst_severity,
)
from app.workforce.gateways import ReadLimits, read_workbook
from app.workforce.models import RosterImport, StagedRow, StagedSheet
from app.workforce.rules import ColumnsMissing, Problem, Severity, Sex, text_of
from app.workforce.rules.importing import ImportNotOpen, ImportState, RowOutcome, units_of
from app.workforce.rules.sheet_merging import ListSheet, SheetsToChoose
from app.workforce.rules.staged_values import (
    pack_fields,
    pack_left_out,
    pack_problems,
    pack_row,
    pack_sheet,
    plan_digest,
    unpack_sheet,
)

STAGE_ROWS = 400
DROP_ROWS = 500
SHOWN_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Desk:
    """What a long piece of work needs: `run` commits one short work, `read` gives a session.

    `timer` counts seconds, so that a work can be kept short.
    """

    run: Callable[[Callable[[Session], Any]], Any]
    read: Callable[[], Session]
    clock: Clock
    settings: Settings
    timer: Callable[[], float] = time.perf_counter


def begin_import(
    session: Session,
    company_id: int,
    file_name: str,
    *,
    sheet_name: str = "",
    actor: Actor,
    now: datetime,
) -> str:
    """A list was handed in and is about to be read; returns the import's id."""
    import_id = new_id(now)
    session.add(
        RosterImport(
            id=import_id,
            company_id=company_id,
            account_id=actor.account_id,
            file_name=file_name[:200],
            sheet_name=sheet_name[:80],
            state=ImportState.READING,
            created_at=now,
            touched_at=now,
        )
    )
    return import_id


def locked_import(session: Session, import_id: str, *states: ImportState) -> RosterImport:
    """The import, kept from others until the commit; refused unless in one of these states."""
    found = session.scalars(
        select(RosterImport).where(RosterImport.id == import_id).with_for_update()
    ).first()
    if found is None:
        raise NotFound
    if found.state not in states:
        raise ImportNotOpen
    return found


def stage_file(desk: Desk, import_id: str, path: Path, limits: ReadLimits, file_name: str) -> None:
    """Read an uploaded file in a child process and stage what it says.

    What the file or list is refused for is kept with the import, for the page to show.
    """

    def read() -> FoundSheet:
        sheet = find_lists(read_workbook(path, limits, file_name=file_name))
        for part, content in enumerate(pack_sheet(sheet.rows)):
            desk.run(_keeping_part(import_id, part, content, desk.clock.now()))
        desk.run(_keeping_sheet(import_id, sheet, desk.clock.now()))
        return sheet

    _stage(desk, import_id, read)


def stage_again(desk: Desk, import_id: str) -> None:
    """Read the kept cells anew, under the decisions made since, against the workers as they are."""

    def read() -> FoundSheet:
        session = desk.read()
        kept = session.get_one(RosterImport, import_id)
        parts = session.scalars(
            select(StagedSheet.content)
            .where(StagedSheet.import_id == import_id)
            .order_by(StagedSheet.part)
        )
        rows = unpack_sheet(parts)
        return FoundSheet(rows, kept.date1904, sheets_of(kept, len(rows)))

    _stage(desk, import_id, read)


def _stage(desk: Desk, import_id: str, read: Callable[[], FoundSheet]) -> None:
    try:
        sheet = read()
        if not any(one.is_chosen for one in sheet.sheets):
            _ask(desk, import_id, sheets_with_more(sheet))
            return
        session = desk.read()
        kept = session.get_one(RosterImport, import_id)
        company = company_of(session.get_one(Branch, kept.company_id))
        decisions = decisions_of(kept)
        today = local_day(desk.clock.now(), desk.settings.timezone)
        found = understand(session, sheet, company, decisions, today=today)
        stage_understanding(desk, import_id, found, sheet)
    except Refusal as refusal:
        code, params = refusal.code, refusal.params

        def refuse(session: Session) -> None:
            refuse_import(session, import_id, code, params, now=desk.clock.now())

        desk.run(refuse)


def decisions_of(kept: RosterImport) -> Decisions:
    """What was decided so far about a staged list."""
    corrections = {}
    for place, cell in json.loads(kept.corrections or "{}").items():
        row, _, letter = place.partition(":")
        corrections[int(row), letter] = cell
    choices = kept.choices or {}
    return Decisions(
        columns=choices.get("columns", {}),
        sexes={code: Sex(sex) for code, sex in choices.get("sexes", {}).items() if sex},
        corrections=corrections,
        skipped=frozenset(int(row) for row in choices.get("skipped", {})),
        decodes_fonts=choices["fonts"]["decode"] == "1" if "fonts" in choices else None,
    )


def sheets_of(kept: RosterImport, rows: int) -> tuple[ListSheet, ...]:
    """The sheets of a staged list; one kept before sheets were chosen has one."""
    if not kept.sheets:
        return (ListSheet(kept.sheet_name, rows),)
    return tuple(ListSheet(*sheet) for sheet in kept.sheets)


def packed_sheets(sheets: Iterable[ListSheet]) -> list[list[Any]]:
    """The sheets as they are kept with an import."""
    return [[one.name, one.rows, one.is_hidden, one.is_chosen] for one in sheets]


def _ask(desk: Desk, import_id: str, suggested: Sequence[int]) -> None:
    """Leave the choice of sheets to a person, with those that seem to be wanted."""

    def ask(session: Session) -> None:
        kept = locked_import(session, import_id, ImportState.READING)
        kept.state, kept.code = ImportState.STAGED, SheetsToChoose.code
        kept.params = {"suggested": list(suggested)}
        kept.counts, kept.notes, kept.columns = {}, {}, "[]"
        kept.touched_at = desk.clock.now()

    desk.run(ask)


def stage_understanding(
    desk: Desk, import_id: str, found: Understanding, sheet: FoundSheet
) -> None:
    """Keep what was understood in place of what was kept before, in short works."""
    while desk.run(lambda session: drop_staged_rows(session, import_id)):
        pass
    rows = list(_staged_rows(import_id, found))
    for start in range(0, len(rows), STAGE_ROWS):
        part = rows[start : start + STAGE_ROWS]
        desk.run(_keeping_rows(import_id, part, start + len(part), len(rows), desk.clock.now()))

    facts: dict[str, Any] = {
        "code": ColumnsMissing.code if found.missing else None,
        "params": {"fields": list(found.missing)},
        "counts": _counts(found),
        "notes": _notes(found, sheet),
        "columns": json.dumps(_columns(found), ensure_ascii=False),
        "sheets": packed_sheets(sheet.sheets),
        "roster_mark": found.roster_mark,
        "plan_digest": plan_digest(found.plan) if found.plan else None,
    }

    def finish(session: Session) -> None:
        kept = locked_import(session, import_id, ImportState.READING)
        for name, value in facts.items():
            setattr(kept, name, value)
        kept.state = ImportState.STAGED
        kept.done = kept.total = 0
        kept.touched_at = desk.clock.now()

    desk.run(finish)


def refuse_import(
    session: Session, import_id: str, code: str, params: Mapping[str, Any], *, now: datetime
) -> None:
    """The list cannot be used; the page says why. A list dropped meanwhile stays dropped."""
    kept = session.get(RosterImport, import_id)
    if kept is not None and kept.state == ImportState.READING:
        kept.state, kept.code = ImportState.REFUSED, code
        kept.params = json.loads(json.dumps(params, default=list))
        kept.finished_at = kept.touched_at = now


def drop_staged_rows(session: Session, import_id: str, *, keep_left_out: bool = False) -> bool:
    """Drop some thousand staged rows; whether there may be more."""
    chosen = select(StagedRow.row).where(StagedRow.import_id == import_id)
    if keep_left_out:
        chosen = chosen.where(StagedRow.outcome != RowOutcome.LEFT_OUT)
    numbers = session.scalars(chosen.limit(DROP_ROWS)).all()
    if numbers:
        session.execute(
            delete(StagedRow).where(StagedRow.import_id == import_id, StagedRow.row.in_(numbers)),
            execution_options={"synchronize_session": False},
        )
    return len(numbers) == DROP_ROWS


def drop_staged_sheet(session: Session, import_id: str) -> bool:
    """Drop one part of the kept cells; whether there may be more."""
    first = session.scalar(
        select(func.min(StagedSheet.part)).where(StagedSheet.import_id == import_id)
    )
    if first is not None:
        session.execute(
            delete(StagedSheet).where(StagedSheet.import_id == import_id, StagedSheet.part == first)
        )
    return first is not None


def _keeping_part(
    import_id: str, part: int, content: str, now: datetime
) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        locked_import(session, import_id, ImportState.READING).touched_at = now
        session.add(StagedSheet(import_id=import_id, part=part, content=content))

    return work


def _keeping_sheet(import_id: str, sheet: FoundSheet, now: datetime) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        kept = locked_import(session, import_id, ImportState.READING)
        kept.sheet_name, kept.date1904, kept.touched_at = sheet.name, sheet.date1904, now
        kept.sheets = packed_sheets(sheet.sheets)

    return work


def _keeping_rows(
    import_id: str, rows: Sequence[dict[str, Any]], done: int, total: int, now: datetime
) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        kept = locked_import(session, import_id, ImportState.READING)
        kept.done, kept.total, kept.touched_at = done, total, now
        session.execute(insert(StagedRow), list(rows))

    return work


def _staged_rows(import_id: str, found: Understanding) -> Iterator[dict[str, Any]]:
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


def _counts(found: Understanding) -> dict[str, int]:
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


def _notes(found: Understanding, sheet: FoundSheet) -> dict[str, Any]:
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


def _columns(found: Understanding) -> list[dict[str, Any]]:
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
