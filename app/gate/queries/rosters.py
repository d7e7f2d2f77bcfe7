"""The people whom a gate may meet, with the verdict on their badges."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, Branch
from app.accounts.queries.branches import list_companies
from app.checkins.models import Duty, HealthState
from app.checkins.queries.standing import CompanyRules, rules_by_company
from app.checkins.rules import Level
from app.gate.queries.passes import sub_of
from app.gate.rules.rosters import DutyAhead, RosterPerson, next_duty, roster_row
from app.kernel.clock import local_day
from app.settings import Settings
from app.workforce.models import Worker
from app.workforce.rules.shifts import ShiftCode, shift_window

AT_ONCE = 2000


def list_rosters(
    session: Session, paths: Sequence[str], *, settings: Settings, now: datetime
) -> Iterator[Sequence[RosterPerson]]:
    """Everybody who works in the companies under these branches, by company and badge.

    In portions: a park has hundreds of thousands of people, and nobody needs them all at once.
    """
    companies = {each.id: each.code for each in list_companies(session, paths)}
    if not companies:
        return
    rules = rules_by_company(session, companies)
    for company_id in sorted(companies):
        for people in _portions(session, company_id):
            ids = [each.id for each in people]
            duties = _duties_ahead(session, ids, rules[company_id], settings, now)
            yield [_person(each, companies[company_id], duties, now) for each in people]


def _portions(session: Session, company_id: int) -> Iterator[Sequence[Any]]:
    people = _people(session, company_id, after="")
    while people:
        yield people
        people = _people(session, company_id, after=people[-1].badge_key)


def _people(session: Session, company_id: int, *, after: str) -> Sequence[Any]:
    return session.execute(
        select(
            Worker.id,
            Worker.badge_key,
            Worker.badge,
            Worker.name,
            Branch.name.label("line"),
            HealthState.level,
        )
        .join(Account, Account.id == Worker.id)
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(HealthState, HealthState.worker_id == Worker.id)
        .where(Worker.company_id == company_id, Worker.merged_into_id.is_(None), Account.active)
        .where(Worker.badge_key > after)
        .order_by(Worker.badge_key)
        .limit(AT_ONCE)
    ).all()


def _person(
    person: Any,
    company: str,
    duties: dict[str, list[DutyAhead]],
    now: datetime,
) -> RosterPerson:
    duty = next_duty(duties.get(person.id, ()), now)
    return RosterPerson(
        sub_of(person.id),
        company,
        person.badge,
        person.name,
        person.line,
        duty.shift if duty else None,
        roster_row(Level(person.level) if person.level else None, duty),
    )


def _duties_ahead(
    session: Session,
    worker_ids: Collection[str],
    rules: CompanyRules,
    settings: Settings,
    now: datetime,
) -> dict[str, list[DutyAhead]]:
    today = local_day(now, settings.timezone)
    days = [today - timedelta(days=1), today, today + timedelta(days=1)]
    rows = session.execute(
        select(Duty.worker_id, Duty.shift_on, Duty.shift, Duty.state).where(
            Duty.worker_id.in_(worker_ids), Duty.shift_on.in_(days)
        )
    ).all()
    hours: dict[tuple[date, str], tuple[datetime, datetime]] = {}
    found: dict[str, list[DutyAhead]] = defaultdict(list)
    for worker_id, on, shift, state in rows:
        if (on, shift) not in hours:
            hours[on, shift] = _hours(rules, on, shift, settings)
        starts_at, ends_at = hours[on, shift]
        if ends_at > now:
            found[worker_id].append(DutyAhead(shift, starts_at, ends_at, state))
    return found


def _hours(
    company: CompanyRules, on: date, shift: str, settings: Settings
) -> tuple[datetime, datetime]:
    hours = company.hours.at(ShiftCode(shift), on)
    starts_at, ends_at = shift_window(hours, on, settings.timezone)
    return starts_at, ends_at
