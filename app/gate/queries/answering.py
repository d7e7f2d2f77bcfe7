"""Who answers at a kiosk: the worker of a card or badge, and the shift the answer is for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account, Branch
from app.accounts.queries.branches import find_company
from app.accounts.queries.cards import get_card
from app.accounts.queries.signing_in import SignInSubject, find_by_badge
from app.accounts.rules import WrongCredentials
from app.checkins.queries.answers import list_answered_shifts
from app.checkins.rules.requests import HasLeft
from app.gate.rules.kiosk import shift_by_clock
from app.gate.rules.sealing import NoShiftThere
from app.kernel.actors import Actor, Grant, Role
from app.kernel.clock import local_day
from app.workforce.models import Worker
from app.workforce.queries.schedules import facts_by_worker, list_shifts_run
from app.workforce.rules.shifts import DutyShift, ShiftCode, next_shift

ONE_DAY = timedelta(days=1)
HORIZON_DAYS = 2


@dataclass(frozen=True, slots=True)
class Answering:
    """The worker who answers; `subject` is the account that the card or badge leads to."""

    subject: SignInSubject
    company_id: int
    badge: str


def find_by_card(session: Session, scanned: str) -> Answering:
    """Who holds the card that was scanned; refused when it is void or unknown."""
    held = get_card(session, scanned)
    return Answering(held.subject, held.company_id, held.badge)


def find_typed(session: Session, company: str, company_id: int, badge: str) -> Answering | None:
    """Whose badge was typed: of the company of that code, else of the one the kiosk stands in."""
    if company:
        found = find_company(session, company)
        if found is None:
            return None
        company_id = found.id
    subject = find_by_badge(session, company_id, badge)
    return None if subject is None else Answering(subject, company_id, badge)


def get_worker_actor(session: Session, account_id: str, device_id: str | None) -> Actor:
    """The worker as one who answers for nobody else; a merged record's is the one that stands."""
    stands = aliased(Worker)
    row = session.execute(
        select(stands.id, stands.merged_into_id, Account.active, Account.name, Branch.path)
        .join(Account, Account.id == stands.id)
        .join(Branch, Branch.id == stands.company_id)
        .where(stands.id == account_id)
    ).first()
    if row is None:
        raise WrongCredentials
    worker_id, merged_into_id, active, name, path = row
    if merged_into_id is not None:
        return get_worker_actor(session, merged_into_id, device_id)
    if not active:
        raise HasLeft
    grants = (Grant(Role.WORKER, path),)
    return Actor(worker_id, name, grants, worker_id=worker_id, device_id=device_id)


def get_shift_at(session: Session, worker_id: str, at: datetime, zone: ZoneInfo) -> DutyShift:
    """The shift that a worker answers for at a moment: planned, else the nearest of the company."""
    company_id = session.get_one(Worker, worker_id).company_id
    day = local_day(at, zone)
    facts = facts_by_worker(
        session, company_id, [worker_id], day - ONE_DAY, day + ONE_DAY * HORIZON_DAYS
    )[worker_id]
    done = list_answered_shifts(session, worker_id, day - ONE_DAY)
    answered = {(on, ShiftCode(shift)) for on, shift in done}
    planned = next_shift(at, facts, zone, answered, horizon_days=HORIZON_DAYS - 1)
    if planned is not None:
        return planned
    run = list_shifts_run(session, company_id)
    nearest = shift_by_clock(at, facts.hours, run, zone)
    if nearest is None:
        raise NoShiftThere
    return nearest
