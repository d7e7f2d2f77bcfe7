"""Findings of places, overdue first, with their pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.risk.models import RiskFinding, RiskPhoto
from app.risk.rules.findings import Findings, PhotoKind, Standing, standing


@dataclass(frozen=True, slots=True)
class PhotoShown:
    """A picture by its id; sides in pixels."""

    id: str
    kind: PhotoKind
    width: int
    height: int
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in the list and on its own page."""

    id: str
    branch_id: int
    place: str
    company: str
    assessment_id: str | None
    component: str
    finding: str
    action: str
    owner: str
    due_on: date
    standing: Standing
    version: int
    found_at: datetime
    found_by: str
    outcome: str
    done_at: datetime | None
    done_by: str | None


def find_finding_path(session: Session, finding_id: str) -> str | None:
    """The branch path of a finding."""
    return session.scalar(
        select(Branch.path)
        .join(RiskFinding, RiskFinding.branch_id == Branch.id)
        .where(RiskFinding.id == finding_id)
    )


def find_photo_path(session: Session, photo_id: str) -> str | None:
    """The branch path of a picture."""
    return session.scalar(
        select(Branch.path)
        .join(RiskFinding, RiskFinding.branch_id == Branch.id)
        .join(RiskPhoto, RiskPhoto.finding_id == RiskFinding.id)
        .where(RiskPhoto.id == photo_id)
    )


def get_photo_content(session: Session, photo_id: str) -> bytes:
    """The JPEG of a picture."""
    return session.scalars(select(RiskPhoto.content).where(RiskPhoto.id == photo_id)).one()


def list_photos(session: Session, finding_id: str) -> list[PhotoShown]:
    """The pictures of a finding, in the order they were added."""
    rows = session.execute(
        select(
            RiskPhoto.id,
            RiskPhoto.kind,
            RiskPhoto.width,
            RiskPhoto.height,
            RiskPhoto.added_at,
            RiskPhoto.added_by,
        )
        .where(RiskPhoto.finding_id == finding_id)
        .order_by(RiskPhoto.id)
    ).all()
    return [PhotoShown(row[0], PhotoKind(row[1]), *row[2:]) for row in rows]


def list_findings(
    session: Session,
    paths: Sequence[str],
    *,
    today: date,
    done: bool,
    limit: int,
    offset: int,
) -> list[FindingRow]:
    """Findings within reach: those not mended by due day, or those mended, newest first."""
    order = (
        (RiskFinding.done_at.desc(), RiskFinding.id.desc())
        if done
        else (RiskFinding.due_on, RiskFinding.id)
    )
    rows = session.execute(
        select(RiskFinding, Branch)
        .join(Branch, Branch.id == RiskFinding.branch_id)
        .where(_within(paths), _is_done(done=done))
        .order_by(*order)
        .limit(limit)
        .offset(offset)
    ).all()
    return _shown(session, [(row[0], row[1]) for row in rows], today)


def get_finding(session: Session, finding_id: str, *, today: date) -> FindingRow:
    """One finding."""
    row = session.get_one(RiskFinding, finding_id)
    return _shown(session, [(row, session.get_one(Branch, row.branch_id))], today)[0]


def count_findings(session: Session, paths: Sequence[str], *, done: bool) -> int:
    """How many findings within reach are mended, or not."""
    found = session.scalar(
        select(func.count())
        .select_from(RiskFinding)
        .join(Branch, Branch.id == RiskFinding.branch_id)
        .where(_within(paths), _is_done(done=done))
    )
    return found or 0


def count_by_place(
    session: Session, paths: Sequence[str], *, today: date
) -> Mapping[int, Findings]:
    """How many findings of each place (branch id) are not mended, and overdue."""
    late = func.sum(case((RiskFinding.due_on < today, 1), else_=0))
    rows = session.execute(
        select(RiskFinding.branch_id, func.count(), late)
        .join(Branch, Branch.id == RiskFinding.branch_id)
        .where(_within(paths), RiskFinding.done_at.is_(None))
        .group_by(RiskFinding.branch_id)
    ).all()
    return {branch_id: Findings(found, int(overdue)) for branch_id, found, overdue in rows}


def _within(paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(*[Branch.path.startswith(path) for path in paths])


def _is_done(*, done: bool) -> ColumnElement[bool]:
    return RiskFinding.done_at.is_not(None) if done else RiskFinding.done_at.is_(None)


def _shown(
    session: Session, rows: Sequence[tuple[RiskFinding, Branch]], today: date
) -> list[FindingRow]:
    companies = {branch.company_id for _, branch in rows if branch.company_id}
    wanted = select(Branch.id, Branch.name).where(Branch.id.in_(companies))
    names = dict(session.execute(wanted).all())
    return [
        FindingRow(
            row.id,
            branch.id,
            branch.name,
            names.get(branch.company_id or 0, branch.name),
            row.assessment_id,
            row.component,
            row.finding,
            row.action,
            row.owner,
            row.due_on,
            standing(row.due_on, done=row.done_at is not None, today=today),
            row.version,
            row.found_at,
            row.found_by,
            row.outcome,
            row.done_at,
            row.done_by,
        )
        for row, branch in rows
    ]
