"""What a roll call meets: the people of its group, how each stands on the shift, and why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import CheckIn, Duty, HealthState, RollCall, RollMark
from app.checkins.queries.duty_facts import FACTS, duty_facts
from app.checkins.rules import Answers, DutyState, Level, RuleSet, parse_answers
from app.checkins.rules.merging import DutyFacts
from app.checkins.rules.roll_call import By, Found, Heard, Kept, Mark, stands_by
from app.workforce.models import Membership, Worker, WorkGroup

# Of one worker: what roll calls did on a shift, in the order in which they arrived.
MarksByWorker = Mapping[str, list[tuple[Mark, datetime]]]


@dataclass(frozen=True, slots=True)
class CalledGroup:
    """A group whose roll is called, with the branch path that it belongs to."""

    id: str
    kind: str
    name: str
    company_id: int
    company: str
    company_name: str
    path: str


@dataclass(frozen=True, slots=True)
class PersonFound:
    """A worker that a roll call may be about."""

    worker_id: str
    badge: str
    found: Found


def find_called_group(session: Session, group_id: str) -> CalledGroup | None:
    """A group that is in use, for a roll call."""
    company = Branch.__table__.alias("company")
    row = session.execute(
        select(
            WorkGroup.id,
            WorkGroup.kind,
            WorkGroup.name,
            WorkGroup.company_id,
            company.c.code,
            company.c.name,
            Branch.path,
        )
        .join(Branch, Branch.id == func.coalesce(WorkGroup.branch_id, WorkGroup.company_id))
        .join(company, company.c.id == WorkGroup.company_id)
        .where(WorkGroup.id == group_id, WorkGroup.closed_on.is_(None))
    ).first()
    return CalledGroup(*row) if row else None


def list_member_ids(session: Session, group_id: str, on: date) -> set[str]:
    """Who is in a group on a day."""
    rows = session.scalars(
        select(Membership.worker_id).where(
            Membership.group_id == group_id,
            Membership.from_on <= on,
            or_(Membership.to_on.is_(None), Membership.to_on >= on),
        )
    )
    return set(rows)


def find_people(
    session: Session,
    worker_ids: Collection[str],
    on: date,
    shift: str,
    *,
    members: Collection[str],
    rules: RuleSet,
) -> dict[str, PersonFound]:
    """How each of these workers stands on a shift, by id."""
    ids = sorted(worker_ids)
    duties = find_duties(session, ids, on, shift)
    marks = list_marks(session, ids, on, shift)
    held = [duty.check_in_id for duty in duties.values() if duty.check_in_id]
    answers = {
        row.id: row
        for row in session.execute(
            select(CheckIn.id, CheckIn.account_id, CheckIn.level, CheckIn.answers).where(
                CheckIn.id.in_(held)
            )
        )
    }
    rows = session.execute(
        select(Worker.id, Worker.badge, Worker.left_on).where(Worker.id.in_(ids))
    )
    found = {}
    for worker_id, badge, left_on in rows:
        duty = duties.get(worker_id)
        answer = answers.get(duty.check_in_id) if duty and duty.check_in_id else None
        standing = standing_mark(marks.get(worker_id, ()), duty)
        found[worker_id] = PersonFound(
            worker_id,
            badge,
            Found(
                duty,
                _by(worker_id, duty, answer, standing),
                parse_answers(answer.answers, rules.questions) if answer else Answers(),
                Level(answer.level) if answer else None,
                standing[1] if standing else None,
                worker_id in members,
                left_on is not None and left_on < on,
            ),
        )
    return found


def _by(worker_id: str, duty: DutyFacts | None, answer: Any, standing: Any) -> By:
    if duty is None or duty.state is DutyState.EXPECTED:
        return By.NOBODY
    if standing is not None:
        return By.ROLL_CALL
    return By.OWN if answer is not None and answer.account_id == worker_id else By.OTHER


def standing_mark(
    marks: Iterable[tuple[Mark, datetime]], duty: DutyFacts | None
) -> tuple[Mark, datetime] | None:
    """The last mark that a duty still stands by, with when its roll was called."""
    last = None
    for mark, called_at in marks:
        last = (mark, called_at) if stands_by(mark, duty) else last
    return last


def find_duties(
    session: Session, worker_ids: Collection[str], on: date, shift: str
) -> dict[str, DutyFacts]:
    """The duties of these workers on a shift, by worker."""
    rows = session.execute(
        select(Duty.worker_id, *FACTS).where(
            Duty.worker_id.in_(sorted(worker_ids)), Duty.shift_on == on, Duty.shift == shift
        )
    )
    return {worker_id: duty_facts(*facts) for worker_id, *facts in rows}


def list_marks(
    session: Session, worker_ids: Collection[str], on: date, shift: str
) -> MarksByWorker:
    """What roll calls did to these workers on a shift and is not taken back, as they arrived."""
    rows = session.execute(
        select(RollMark.roll_call_id, RollMark.worker_id, RollMark.steps, RollCall.called_at)
        .join(RollCall, RollCall.id == RollMark.roll_call_id)
        .where(
            RollMark.worker_id.in_(sorted(worker_ids)),
            RollMark.shift_on == on,
            RollMark.shift == shift,
            RollMark.steps.is_not(None),
            RollMark.restored.is_(False),
        )
        .order_by(RollCall.received_at, RollCall.id)
    )
    found: dict[str, list[tuple[Mark, datetime]]] = defaultdict(list)
    for roll_call_id, worker_id, steps, called_at in rows:
        found[worker_id].append((read_mark(roll_call_id, steps), called_at))
    return found


def read_mark(roll_call_id: str, steps: Mapping[str, Any]) -> Mark:
    """A mark out of its kept form."""
    before, level = steps["before"], steps["level"]
    return Mark(
        roll_call_id,
        DutyFacts.from_json(before) if before else None,
        DutyFacts.from_json(steps["after"]),
        Level(level) if level else None,
        steps["by"],
    )


def heard_of(session: Session, roll_call: RollCall) -> dict[str, list[Heard]]:
    """What every roll call of a shift said of whom this one did something to, or said the same."""
    told = or_(RollMark.steps.is_not(None), RollMark.kept == Kept.SAME)
    own = select(RollMark.worker_id).where(RollMark.roll_call_id == roll_call.id, told)
    rows = session.execute(
        select(RollMark.roll_call_id, RollMark.worker_id, RollMark.steps, RollCall.undone_at)
        .join(RollCall, RollCall.id == RollMark.roll_call_id)
        .where(
            RollMark.worker_id.in_(own),
            RollMark.shift_on == roll_call.shift_on,
            RollMark.shift == roll_call.shift,
            RollMark.restored.is_(False),
            told,
        )
        .order_by(RollCall.received_at, RollCall.id)
    )
    found: dict[str, list[Heard]] = defaultdict(list)
    for roll_call_id, worker_id, steps, undone_at in rows:
        mark = read_mark(roll_call_id, steps) if steps else None
        found[worker_id].append(Heard(roll_call_id, undone_at is not None, mark))
    return found


def find_roll_call(session: Session, roll_call_id: str) -> RollCall | None:
    """A roll call by the key of its command, held until the transaction ends."""
    return session.get(RollCall, roll_call_id, with_for_update=True)


def badges_of(session: Session, worker_ids: Collection[str]) -> dict[str, str]:
    """The badges of workers, by id."""
    rows = session.execute(select(Worker.id, Worker.badge).where(Worker.id.in_(list(worker_ids))))
    return {row[0]: row[1] for row in rows}


def last_roll_call(session: Session, group_id: str, on: date, shift: str) -> RollCall | None:
    """The roll call of a group for a shift that arrived last, taken back or not."""
    return session.scalars(
        select(RollCall)
        .where(RollCall.group_id == group_id, RollCall.shift_on == on, RollCall.shift == shift)
        .order_by(RollCall.received_at.desc(), RollCall.id.desc())
        .limit(1)
    ).first()


def standing_levels(session: Session, worker_ids: Collection[str]) -> dict[str, Level]:
    """The levels that stand for these workers, green left out."""
    rows = session.execute(
        select(HealthState.worker_id, HealthState.level).where(
            HealthState.worker_id.in_(sorted(worker_ids))
        )
    )
    return {worker_id: Level(level) for worker_id, level in rows}
