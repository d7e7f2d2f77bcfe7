"""Cases as an action or reaction finds them, and what still waits in one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.cases.models import CaseEntry, CaseTask, FollowUpCase, FollowUpDay
from app.cases.rules.plans import DaysAsked, SampleResult, TaskKind, TaskState
from app.checkins.models import HealthState
from app.kernel.refusals import NotFound
from app.workforce.models import Worker


def find_path(session: Session, case_id: str) -> str | None:
    """The branch path of a case: where its worker works."""
    return session.scalar(
        select(Branch.path)
        .join(Worker, Worker.branch_id == Branch.id)
        .join(FollowUpCase, FollowUpCase.worker_id == Worker.id)
        .where(FollowUpCase.id == case_id)
    )


def hold_case(session: Session, case_id: str) -> FollowUpCase:
    """A case that nobody else acts on until the transaction ends."""
    found = session.scalars(
        select(FollowUpCase)
        .where(FollowUpCase.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    return found


def hold_open_cases(session: Session, worker_ids: Collection[str]) -> dict[str, FollowUpCase]:
    """The open cases of these workers, by worker."""
    rows = session.scalars(
        select(FollowUpCase)
        .where(FollowUpCase.worker_id.in_(worker_ids), FollowUpCase.closed_at.is_(None))
        .order_by(FollowUpCase.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return {row.worker_id: row for row in rows}


def find_open_case(session: Session, worker_id: str) -> str | None:
    """The id of a worker's open case."""
    return session.scalar(
        select(FollowUpCase.id).where(
            FollowUpCase.worker_id == worker_id, FollowUpCase.closed_at.is_(None)
        )
    )


@dataclass(frozen=True, slots=True)
class Followed:
    """A worker's open case and who has it; nobody: no name."""

    case_id: str
    owner_name: str


def list_followed(session: Session, worker_ids: Collection[str]) -> dict[str, Followed]:
    """The open cases of these workers, by worker."""
    rows = session.execute(
        select(FollowUpCase.worker_id, FollowUpCase.id, FollowUpCase.owner_name).where(
            FollowUpCase.worker_id.in_(sorted(worker_ids)), FollowUpCase.closed_at.is_(None)
        )
    )
    return {worker_id: Followed(case_id, owner) for worker_id, case_id, owner in rows}


def list_open_tasks(session: Session, case_id: str) -> Sequence[CaseTask]:
    """What is still to be done in a case, the next first."""
    return session.scalars(
        select(CaseTask)
        .where(CaseTask.case_id == case_id, CaseTask.state == TaskState.OPEN)
        .order_by(CaseTask.due_at, CaseTask.id)
    ).all()


def list_samples(session: Session, case_id: str) -> Sequence[CaseTask]:
    """Tests of which the sample was taken, in that order."""
    return session.scalars(
        select(CaseTask)
        .where(CaseTask.case_id == case_id, CaseTask.kind == TaskKind.TEST)
        .where(CaseTask.state == TaskState.DONE)
        .order_by(CaseTask.over_at, CaseTask.id)
    ).all()


def list_results(session: Session, case_id: str) -> list[SampleResult]:
    """What came back, in the order in which samples were taken."""
    return [SampleResult(each.result) for each in list_samples(session, case_id) if each.result]


def heard_on(session: Session, case_id: str) -> set[date]:
    """The days of follow-up on which the person was heard."""
    return set(session.scalars(select(FollowUpDay.on).where(FollowUpDay.case_id == case_id)))


def newest_version(session: Session, case_id: str, on: date) -> int:
    """How often a day was written down so far."""
    found = session.scalar(
        select(func.max(FollowUpDay.version)).where(
            FollowUpDay.case_id == case_id, FollowUpDay.on == on
        )
    )
    return found or 0


def is_told(session: Session, case_id: str, check_in_id: str) -> bool:
    """Whether the timeline knows of an answer."""
    return (
        session.scalar(
            select(CaseEntry.id)
            .where(CaseEntry.case_id == case_id, CaseEntry.check_in_id == check_in_id)
            .limit(1)
        )
        is not None
    )


def days_of(case: FollowUpCase) -> DaysAsked | None:
    """The days on which the person is asked; None when on none."""
    if case.follow_from_on is None or case.follow_days < 1:
        return None
    return DaysAsked(case.follow_from_on, case.follow_days)


def list_uncovered(session: Session, *, most: int) -> list[tuple[str, int, str, str]]:
    """Workers whose level stands since before anybody opened a case: id, company, level, answer."""
    covered = select(FollowUpCase.id).where(
        FollowUpCase.worker_id == HealthState.worker_id,
        (FollowUpCase.closed_at.is_(None)) | (FollowUpCase.opened_at >= HealthState.since),
    )
    rows = session.execute(
        select(
            HealthState.worker_id,
            HealthState.company_id,
            HealthState.level,
            HealthState.check_in_id,
        )
        .join(Worker, Worker.id == HealthState.worker_id)
        .where(~covered.exists(), Worker.left_on.is_(None))
        .order_by(HealthState.since, HealthState.worker_id)
        .limit(most)
    ).all()
    return [(row[0], row[1], row[2], row[3]) for row in rows]
