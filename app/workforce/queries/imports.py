"""Staged lists as pages show them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, Branch
from app.kernel.refusals import NotFound
from app.workforce.models import RosterImport, StagedRow, StagedSheet, Worker
from app.workforce.rules import Change, LeftOutRow, Problem
from app.workforce.rules.importing import (
    UNDO_LASTS,
    ImportState,
    MissingChoice,
    RowOutcome,
    missing_choice,
)
from app.workforce.rules.particulars import RosterRow
from app.workforce.rules.sheet_merging import ListSheet, row_place
from app.workforce.rules.staged_values import (
    UNIT_FIELDS,
    unpack_left_out,
    unpack_problems,
    unpack_row,
)

CHANGING = (RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.LEAVING)


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """A column of the list, what it was taken for, and a cell of it."""

    letter: str
    heading: str
    field: str | None
    match: str
    sample: str
    code: str | None
    guess: str | None
    index: int

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet what the column holds, and its heading does not say it."""
        return self.field is None and self.match not in ("chosen", "remembered")


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of problem of a list, on how many rows, and how many have a suggestion."""

    code: str
    severity: str
    rows: int
    suggested: int


@dataclass(frozen=True, slots=True)
class ImportShown:
    """A list as it stands: state, figures, columns, what saving would make."""

    id: str
    company_id: int
    company_name: str
    file_name: str
    sheet_name: str
    state: ImportState
    code: str | None
    params: dict[str, Any]
    counts: dict[str, int]
    columns: tuple[ColumnShown, ...]
    kinds: tuple[ProblemKind, ...]
    fields: dict[str, int]
    new_units: tuple[tuple[str, str], ...]
    patterns: tuple[tuple[str, str, bool], ...]
    header_row: int
    by: str
    ends_work: bool
    done: int
    total: int
    created_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    sheets: tuple[ListSheet, ...] = ()
    asks_fonts: bool = False
    coming: Mapping[str, int] = field(default_factory=dict)
    clashing: int = 0

    def row_place(self, number: int) -> tuple[str, int]:
        """The sheet of a row and its number there; no name where the file has one list."""
        return row_place(self.sheets, number) if len(self.sheets) > 1 else ("", number)

    @property
    def to_save(self) -> int:
        """How many people saving would add or change, leaving aside who only leaves."""
        return self.counts.get("created", 0) + self.counts.get("updated", 0)


@dataclass(frozen=True, slots=True)
class ProblemRowShown:
    """A row with problems, as the list of problems shows it."""

    row: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ChangeRowShown:
    """A row that saving would add, change or end, with what would change."""

    row: RosterRow
    outcome: RowOutcome
    changes: tuple[Change, ...]
    leaves: bool

    @property
    def moves(self) -> bool:
        """Whether the person stands in another unit now."""
        return any(change.field in UNIT_FIELDS for change in self.changes)


@dataclass(frozen=True, slots=True)
class MissingShown:
    """A worker of the company whom the list does not name."""

    worker_id: str
    badge: str
    name: str
    unit: str
    last_on: date | None = None


def find_import_path(session: Session, import_id: str) -> str | None:
    """The branch path of the company whose list this is."""
    return session.scalar(
        select(Branch.path)
        .join(RosterImport, RosterImport.company_id == Branch.id)
        .where(RosterImport.id == import_id)
    )


def get_import(session: Session, import_id: str) -> ImportShown:
    """A list with all that its pages show."""
    row = session.execute(
        select(RosterImport, Branch.name, Account.name)
        .join(Branch, Branch.id == RosterImport.company_id)
        .outerjoin(Account, Account.id == RosterImport.account_id)
        .where(RosterImport.id == import_id)
    ).first()
    if row is None:
        raise NotFound
    return _shown(*row)


def list_imports(session: Session, company_id: int, limit: int) -> list[ImportShown]:
    """The newest lists of a company."""
    rows = session.execute(
        select(RosterImport, Branch.name, Account.name)
        .join(Branch, Branch.id == RosterImport.company_id)
        .outerjoin(Account, Account.id == RosterImport.account_id)
        .where(RosterImport.company_id == company_id)
        .order_by(RosterImport.created_at.desc(), RosterImport.id.desc())
        .limit(limit)
    ).all()
    return [_shown(*row) for row in rows]


def list_problem_rows(
    session: Session,
    import_id: str,
    *,
    severity: str = "",
    code: str = "",
    limit: int,
    offset: int = 0,
) -> tuple[list[ProblemRowShown], int]:
    """Rows with problems of a severity (without one: all but what was fixed), or of one kind."""
    chosen = [StagedRow.import_id == import_id, StagedRow.codes != ""]
    if code:
        chosen.append(StagedRow.codes.contains(code, autoescape=True))
    elif severity:
        chosen.append(StagedRow.severity == severity)
    else:
        chosen.append(StagedRow.severity != "fixed")
    total = session.scalar(select(func.count()).select_from(StagedRow).where(*chosen)) or 0
    worst_first = case({"must_fix": 0, "check": 1}, value=StagedRow.severity, else_=2)
    rows = session.execute(
        select(StagedRow.row, StagedRow.problems)
        .where(*chosen)
        .order_by(worst_first, StagedRow.row)
        .limit(limit)
        .offset(offset)
    ).all()
    return [
        ProblemRowShown(row, unpack_problems(row, sealed or "[]")) for row, sealed in rows
    ], total


def list_changing_rows(
    session: Session,
    import_id: str,
    outcomes: Sequence[RowOutcome] = CHANGING,
    *,
    field: str = "",
    limit: int,
    offset: int = 0,
) -> tuple[list[ChangeRowShown], int]:
    """Rows that saving would add, change or end; with a field only those that change it."""
    chosen = [StagedRow.import_id == import_id, StagedRow.outcome.in_(outcomes)]
    if field:
        chosen.append(StagedRow.fields.contains(f" {field} ", autoescape=True))
    total = session.scalar(select(func.count()).select_from(StagedRow).where(*chosen)) or 0
    rows = session.execute(
        select(StagedRow.row, StagedRow.outcome, StagedRow.values, StagedRow.leaves)
        .where(*chosen)
        .order_by(StagedRow.row)
        .limit(limit)
        .offset(offset)
    ).all()
    return [
        ChangeRowShown(found[0], RowOutcome(outcome), found[1], leaves)
        for row, outcome, sealed, leaves in rows
        for found in [unpack_row(row, sealed or "")]
    ], total


def list_missing_workers(
    session: Session, import_id: str, *, limit: int, offset: int = 0
) -> tuple[list[MissingShown], int]:
    """Workers of the company whom the list does not name, by name."""
    chosen = [StagedRow.import_id == import_id, StagedRow.outcome == RowOutcome.MISSING]
    total = session.scalar(select(func.count()).select_from(StagedRow).where(*chosen)) or 0
    rows = session.execute(
        select(Worker.id, Worker.badge, Worker.name, Branch.name)
        .join(StagedRow, StagedRow.worker_id == Worker.id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(*chosen)
        .order_by(Worker.name_folded, Worker.id)
        .limit(limit)
        .offset(offset)
    ).all()
    choice = missing_choice(session.get_one(RosterImport, import_id).choices or {})
    return [MissingShown(*row, choice.day_of(row[0])) for row in rows], total


def leaving_missing(choice: MissingChoice) -> ColumnElement[bool]:
    """The staged rows of those not named by a list whose work is to end."""
    leaving = [key for key, day in choice.day_by_worker.items() if day]
    staying = [key for key, day in choice.day_by_worker.items() if not day]
    own = StagedRow.worker_id.not_in(staying)
    if choice.day_of_others is None:
        own = StagedRow.worker_id.in_(leaving)
    return and_(StagedRow.outcome == RowOutcome.MISSING, own)


def count_leaving_missing(session: Session, import_id: str) -> int:
    """For how many workers not named by the list saving would end the work."""
    choice = missing_choice(session.get_one(RosterImport, import_id).choices or {})
    chosen = select(func.count()).select_from(StagedRow)
    return (
        session.scalar(chosen.where(StagedRow.import_id == import_id, leaving_missing(choice))) or 0
    )


def list_left_out(session: Session, import_id: str) -> list[tuple[LeftOutRow, tuple[Problem, ...]]]:
    """Rows that cannot be used, with their problems."""
    rows = session.execute(
        select(StagedRow.row, StagedRow.values, StagedRow.problems)
        .where(StagedRow.import_id == import_id, StagedRow.outcome == RowOutcome.LEFT_OUT)
        .order_by(StagedRow.row)
    ).all()
    return [
        (unpack_left_out(row, sealed or ""), unpack_problems(row, problems or "[]"))
        for row, sealed, problems in rows
    ]


def find_cells_end(session: Session, import_id: str) -> datetime | None:
    """Until when the cells of a list done with are kept; None when they are gone."""
    touched_at = session.scalar(
        select(RosterImport.touched_at).where(
            RosterImport.id == import_id, exists().where(StagedSheet.import_id == RosterImport.id)
        )
    )
    return touched_at + UNDO_LASTS if touched_at else None


def is_being_read(session: Session, import_id: str) -> bool:
    """Whether a list is still in the hands of whoever reads it."""
    state = session.scalar(select(RosterImport.state).where(RosterImport.id == import_id))
    return state == ImportState.READING


def list_abandoned(
    session: Session, state: ImportState, before: datetime
) -> list[tuple[str, datetime]]:
    """Lists in a state that nobody has touched since a moment, oldest first."""
    rows = session.execute(
        select(RosterImport.id, RosterImport.touched_at)
        .where(RosterImport.state == state, RosterImport.touched_at < before)
        .order_by(RosterImport.touched_at)
    ).all()
    return [(row.id, row.touched_at) for row in rows]


def _shown(kept: RosterImport, company: str, by: str | None) -> ImportShown:
    notes = kept.notes or {}
    return ImportShown(
        id=kept.id,
        company_id=kept.company_id,
        company_name=company,
        file_name=kept.file_name,
        sheet_name=kept.sheet_name,
        state=ImportState(kept.state),
        code=kept.code,
        params=kept.params or {},
        counts=kept.counts or {},
        columns=tuple(ColumnShown(**column) for column in json.loads(kept.columns or "[]")),
        kinds=tuple(ProblemKind(**kind) for kind in notes.get("kinds", ())),
        fields=notes.get("fields", {}),
        new_units=tuple((kind, name) for kind, name in notes.get("new_units", ())),
        patterns=tuple((shift, name, new) for shift, name, new in notes.get("patterns", ())),
        coming=notes.get("coming", {}),
        clashing=notes.get("clashing", 0),
        header_row=notes.get("header_row", 0),
        by=by or "",
        ends_work=kept.ends_work,
        done=kept.done,
        total=kept.total,
        created_at=kept.created_at,
        finished_at=kept.finished_at,
        undone_at=kept.undone_at,
        asks_fonts=bool(notes.get("asks_fonts")),
        sheets=tuple(ListSheet(*sheet) for sheet in kept.sheets or ()),
    )
