"""What an officer decides about a staged list: columns, cells, saving it or dropping it."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.workforce.actions.importing.headings import remember_headings
from app.workforce.actions.importing.staging import locked_import, packed_sheets, sheets_of
from app.workforce.actions.importing.understood import can_be_accepted
from app.workforce.models import RosterImport, StagedRow
from app.workforce.queries.imports import count_leaving_missing
from app.workforce.queries.rosters import find_roster_mark, get_roster
from app.workforce.rules import RosterReading, compare
from app.workforce.rules.importing import (
    FontsNotConfirmed,
    ImportNotOpen,
    ImportOutdated,
    ImportRunning,
    ImportState,
    NothingToSave,
    RowOutcome,
    settled,
)
from app.workforce.rules.sheet_merging import NoSheetChosen
from app.workforce.rules.staged_values import (
    plan_digest,
    unpack_left_out,
    unpack_problems,
    unpack_row,
)


def choose_columns(
    session: Session, import_id: str, fields: Mapping[str, str | None], *, now: datetime
) -> None:
    """What these columns (by letter) hold, None for nothing; the list is to be read anew.

    Their headings are remembered for the company's next list.
    """
    kept = _reopened(session, import_id, now)
    headings = {one["letter"]: one["heading"] for one in json.loads(kept.columns or "[]")}
    remember_headings(
        session,
        kept.company_id,
        {headings[letter]: field for letter, field in fields.items() if letter in headings},
        now=now,
    )
    choices = dict(kept.choices)
    choices["columns"] = {**choices.get("columns", {}), **fields}
    kept.choices = choices


def choose_sexes(
    session: Session, import_id: str, sexes: Mapping[str, str], *, now: datetime
) -> None:
    """What 0, 1 or 2 mean in this list; the list is to be read anew."""
    kept = _reopened(session, import_id, now)
    choices = dict(kept.choices)
    choices["sexes"] = {**choices.get("sexes", {}), **sexes}
    kept.choices = choices


def choose_sheets(
    session: Session, import_id: str, places: Collection[int], *, now: datetime
) -> None:
    """Which sheets with lists are to be read, by place; columns are then found anew."""
    kept = _reopened(session, import_id, now)
    sheets = sheets_of(kept, 0)
    if not any(place in places for place in range(len(sheets))):
        raise NoSheetChosen
    chosen = [replace(one, is_chosen=place in places) for place, one in enumerate(sheets)]
    kept.sheets = packed_sheets(chosen)
    kept.sheet_name = ", ".join(one.name for one in chosen if one.is_chosen)[:80]
    kept.choices = {name: kept.choices[name] for name in kept.choices if name != "columns"}


def choose_fonts(session: Session, import_id: str, *, decodes: bool, now: datetime) -> None:
    """Whether text of fonts before Unicode is taken decoded; the list is to be read anew."""
    kept = _reopened(session, import_id, now)
    kept.choices = {**kept.choices, "fonts": {"decode": "1" if decodes else "0"}}


def correct_cells(
    session: Session, import_id: str, cells: Mapping[tuple[int, str], str], *, now: datetime
) -> None:
    """Put these cells right, by row and column letter; the list is to be read anew."""
    kept = _reopened(session, import_id, now)
    corrections = json.loads(kept.corrections or "{}")
    corrections |= {f"{row}:{letter}": text for (row, letter), text in cells.items()}
    kept.corrections = json.dumps(corrections, ensure_ascii=False)


def leave_out_rows(session: Session, import_id: str, rows: Iterable[int], *, now: datetime) -> None:
    """Leave these rows of the list out; the list is to be read anew."""
    kept = _reopened(session, import_id, now)
    choices = dict(kept.choices)
    choices["skipped"] = {**choices.get("skipped", {}), **{str(row): None for row in rows}}
    kept.choices = choices


def take_back_rows(session: Session, import_id: str, rows: Iterable[int], *, now: datetime) -> None:
    """Take rows that were left out by choice into the list again."""
    kept = _reopened(session, import_id, now)
    back = {str(row) for row in rows}
    choices = dict(kept.choices)
    skipped = choices.get("skipped", {})
    choices["skipped"] = {row: None for row in skipped if row not in back}
    kept.choices = choices


def leave_out_kind(session: Session, import_id: str, code: str, *, now: datetime) -> int:
    """Leave out every row with a problem of this kind; returns how many there were."""
    rows = session.scalars(
        select(StagedRow.row).where(
            StagedRow.import_id == import_id,
            StagedRow.codes.contains(code, autoescape=True),
            StagedRow.outcome != RowOutcome.MISSING,
        )
    ).all()
    leave_out_rows(session, import_id, rows, now=now)
    return len(rows)


def accept_suggestions(
    session: Session, import_id: str, codes: Iterable[str], *, now: datetime
) -> int:
    """Take the suggestions for every problem of these kinds; returns how many there were."""
    wanted = set(codes)
    cells: dict[tuple[int, str], str] = {}
    rows = session.execute(
        select(StagedRow.row, StagedRow.problems).where(
            StagedRow.import_id == import_id, StagedRow.codes != ""
        )
    )
    for row, sealed in rows:
        for problem in unpack_problems(row, sealed or "[]"):
            if problem.code in wanted and can_be_accepted(problem):
                cells.setdefault((row, problem.column), problem.suggestion or "")
    correct_cells(session, import_id, cells, now=now)
    return len(cells)


def end_missing(
    session: Session,
    import_id: str,
    worker_ids: Iterable[str] | None,
    *,
    last_on: date | None,
    now: datetime,
) -> None:
    """With saving, the work of these workers whom the list does not name ends; None: of all.

    Without a day they stay as they are.
    """
    kept = locked_import(session, import_id, ImportState.STAGED)
    day = last_on.isoformat() if last_on else None
    choices = dict(kept.choices)
    if worker_ids is None:
        choices |= {"missing": {}, "missing_all": {"on": day}}
    else:
        choices["missing"] = {**choices.get("missing", {}), **dict.fromkeys(worker_ids, day)}
    kept.choices, kept.touched_at = choices, now


def reread(session: Session, import_id: str, *, now: datetime) -> None:
    """The list is to be compared anew with the workers as they are now."""
    _reopened(session, import_id, now)


def _reopened(session: Session, import_id: str, now: datetime) -> RosterImport:
    kept = locked_import(session, import_id, ImportState.STAGED)
    kept.state, kept.touched_at = ImportState.READING, now
    kept.done = kept.total = 0
    return kept


def cancel_import(session: Session, import_id: str, *, now: datetime) -> None:
    """Drop a list before it was saved; its rows are swept away afterwards."""
    kept = locked_import(
        session, import_id, ImportState.READING, ImportState.REFUSED, ImportState.STAGED
    )
    kept.state = ImportState.CANCELLED
    kept.finished_at = kept.touched_at = now
    kept.columns = kept.corrections = None


def check_still_true(session: Session, import_id: str, today: date) -> str | None:
    """The mark of the workers as they are, if saving would still do what the preview shows.

    Reads only. Refused when the workers changed in a way that matters to the list.
    """
    kept = session.get_one(RosterImport, import_id)
    if kept.state != ImportState.STAGED:
        raise ImportNotOpen
    mark = find_roster_mark(session, kept.company_id)
    if mark == kept.roster_mark:
        return mark
    rows, left_out = [], []
    for row, outcome, sealed in session.execute(
        select(StagedRow.row, StagedRow.outcome, StagedRow.values)
        .where(StagedRow.import_id == import_id, StagedRow.outcome != RowOutcome.MISSING)
        .order_by(StagedRow.row)
    ):
        if outcome == RowOutcome.LEFT_OUT:
            left_out.append(unpack_left_out(row, sealed or ""))
        else:
            rows.append(unpack_row(row, sealed or "")[0])
    roster = get_roster(session, kept.company_id, today)
    reading = settled(RosterReading(tuple(rows), (), tuple(left_out)), roster.rotations)
    if plan_digest(compare(reading, roster.workers)) != kept.plan_digest:
        raise ImportOutdated
    return mark


def start_saving(
    session: Session,
    import_id: str,
    *,
    ends_work: bool,
    roster_mark: str | None,
    now: datetime,
) -> None:
    """Confirm a staged list; `roster_mark` is what the workers were checked against."""
    kept = locked_import(session, import_id, ImportState.STAGED)
    if kept.code is not None:
        raise NothingToSave
    if (kept.notes or {}).get("asks_fonts"):
        raise FontsNotConfirmed
    running = session.scalar(
        select(RosterImport.id).where(
            RosterImport.company_id == kept.company_id,
            RosterImport.state.in_((ImportState.APPLYING, ImportState.UNDOING)),
        )
    )
    if running is not None:
        raise ImportRunning
    if find_roster_mark(session, kept.company_id) != roster_mark:
        raise ImportOutdated
    counts = kept.counts
    gone = count_leaving_missing(session, import_id)
    total = counts["created"] + counts["updated"] + (counts["only_leaving"] if ends_work else 0)
    total += gone
    if not total:
        raise NothingToSave
    kept.state, kept.ends_work = ImportState.APPLYING, ends_work
    kept.done, kept.total, kept.touched_at = 0, total, now
    kept.counts = {**counts, "missing_left": gone}
