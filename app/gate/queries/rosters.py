"""The people whom a gate may meet, with the verdict on their badges."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
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


def list_rosters(
    session: Session, paths: Sequence[str], *, settings: Settings, now: datetime
) -> Iterator[Sequence[RosterPerson]]:
    """Everybody who works in the companies under these branches: a company at a time, by badge.

    A park has hundreds of thousands of people: nobody needs them all at once.
    """
    companies = {each.id: each.code for each in list_companies(session, paths)}
    if not companies:
        return
    rules = rules_by_company(session, companies)
    for company_id in sorted(companies):
        duties = _duties_ahead(session, company_id, rules[company_id], settings, now)
        yield [
            _person(each, companies[company_id], duties, now)
            for each in _people(session, company_id)
        ]


def _people(session: Session, company_id: int) -> Sequence[Any]:
    return session.execute(
        select(
            Worker.id,
            Worker.badge,
            Worker.name,
            Branch.name.label("line"),
            HealthState.level,
        )
        .join(Account, Account.id == Worker.id)
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(HealthState, HealthState.worker_id == Worker.id)
        .where(Worker.company_id == company_id, Worker.merged_into_id.is_(None), Account.active)
        .order_by(Worker.badge_key)
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
    session: Session, company_id: int, rules: CompanyRules, settings: Settings, now: datetime
) -> dict[str, list[DutyAhead]]:
    today = local_day(now, settings.timezone)
    days = [today - timedelta(days=1), today, today + timedelta(days=1)]
    rows = session.execute(
        select(Duty.worker_id, Duty.shift_on, Duty.shift, Duty.state).where(
            Duty.company_id == company_id, Duty.shift_on.in_(days)
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
