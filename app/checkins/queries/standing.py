"""What is known of people before their answers are taken, and by what their companies go."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import CheckIn, Duty, HealthState, RuleAcceptance
from app.checkins.queries.rule_sets import RulesInForce, find_known_set, list_rule_sets
from app.checkins.rules import DutyState, Level
from app.workforce.models import ShiftHours, Worker
from app.workforce.rules import shifts
from app.workforce.rules.shifts import HoursBook, HoursFrom, ShiftCode

ShiftKey = tuple[date, str]
worker, duty, check_in = Worker.__table__.c, Duty.__table__.c, CheckIn.__table__.c
standing, accepted = HealthState.__table__.c, RuleAcceptance.__table__.c
hours, branch = ShiftHours.__table__.c, Branch.__table__.c


@dataclass(frozen=True, slots=True)
class DutyNow:
    """A duty as it stands; `symptoms` are those of its newest answer."""

    branch_id: int
    state: DutyState
    level: Level | None
    on_time: bool
    version: int
    symptoms: tuple[str, ...]


@dataclass(slots=True)
class PersonNow:
    """A worker with the standing level, if not green, and the duties asked for."""

    company_id: int
    branch_id: int
    left_on: date | None
    standing: Level | None
    standing_reasons: tuple[str, ...]
    standing_advice: str | None
    duties: dict[ShiftKey, DutyNow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompanyRules:
    """What a company goes by: rule set and hours."""

    in_force: RulesInForce
    hours: HoursBook


# Built once: putting a statement together takes longer than running it.
PEOPLE = (
    select(
        worker.id,
        worker.company_id,
        worker.branch_id,
        worker.left_on,
        standing.level,
        standing.reasons,
        standing.advice,
        duty.shift_on,
        duty.shift,
        duty.branch_id,
        duty.state,
        duty.level,
        duty.on_time,
        duty.version,
        check_in.answers,
    )
    .select_from(Worker.__table__)
    .outerjoin(HealthState.__table__, standing.worker_id == worker.id)
    .outerjoin(
        Duty.__table__,
        (duty.worker_id == worker.id) & duty.shift_on.in_(bindparam("days", expanding=True)),
    )
    .outerjoin(CheckIn.__table__, check_in.id == duty.check_in_id)
    .where(worker.id.in_(bindparam("workers", expanding=True)))
)
HELD = (
    select(worker.id)
    .where(worker.id.in_(bindparam("workers", expanding=True)))
    .order_by(worker.id)
    .with_for_update(key_share=True)
)
ACCEPTED = (
    select(branch.id, accepted.branch_id, accepted.rules, accepted.accepted_by, accepted.at)
    .select_from(Branch.__table__)
    .outerjoin(
        RuleAcceptance.__table__,
        or_(accepted.branch_id == branch.id, accepted.branch_id == branch.parent_id),
    )
    .where(branch.id.in_(bindparam("companies", expanding=True)))
    .order_by(accepted.at, accepted.id)
)
HOURS = select(hours.company_id, hours.shift, hours.from_on, hours.starts, hours.ends, hours.meal)
HOURS = HOURS.where(hours.company_id.in_(bindparam("companies", expanding=True)))


def hold_people(session: Session, worker_ids: Collection[str]) -> None:
    """Let nobody else change the duties of these workers until the transaction ends.

    PostgreSQL writes in many transactions at once; SQLite has one writer.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(HELD, {"workers": sorted(set(worker_ids))})


def people_now(
    session: Session, worker_ids: Collection[str], days: Collection[date]
) -> dict[str, PersonNow]:
    """Workers by id, each with the duties of these days."""
    found: dict[str, PersonNow] = {}
    asked = {"workers": sorted(set(worker_ids)), "days": sorted(set(days))}
    for row in session.connection().execute(PEOPLE, asked).all():
        worker_id, company_id, branch_id, left_on, level, reasons, advice, *of_duty = row
        person = found.get(worker_id)
        if person is None:
            person = found[worker_id] = PersonNow(
                company_id,
                branch_id,
                left_on,
                Level(level) if level else None,
                tuple(reasons or ()),
                advice,
            )
        shift_on, shift, *rest = of_duty
        if shift_on is not None:
            person.duties[shift_on, shift] = _duty(*rest)
    return found


def _duty(
    branch_id: int,
    state: str,
    level: str | None,
    on_time: bool,
    version: int,
    answers: Mapping[str, list[str]] | None,
) -> DutyNow:
    return DutyNow(
        branch_id,
        DutyState(state),
        Level(level) if level else None,
        on_time,
        version,
        tuple((answers or {}).get("symptoms", ())),
    )


def rules_by_company(session: Session, company_ids: Collection[int]) -> dict[int, CompanyRules]:
    """The rule set that each company, or else the park, accepted last, and the hours."""
    asked, run = {"companies": sorted(set(company_ids))}, session.connection().execute
    own: dict[int, RulesInForce | None] = {}
    parks: dict[int, RulesInForce | None] = {}
    for company_id, branch_id, version, accepted_by, at in run(ACCEPTED, asked).all():
        own.setdefault(company_id, None)
        rules = find_known_set(session, version) if version else None
        newest = RulesInForce(rules, accepted_by, at) if rules else None
        if branch_id == company_id:
            own[company_id] = newest
        elif branch_id is not None:
            parks[company_id] = newest
    proposed = RulesInForce(list_rule_sets()[0], "", None)
    versions: dict[int, dict[ShiftCode, list[HoursFrom]]] = defaultdict(lambda: defaultdict(list))
    for company_id, shift, from_on, starts, ends, meal in run(HOURS, asked).all():
        each = HoursFrom(from_on, shifts.ShiftHours(starts, ends, meal))
        versions[company_id][ShiftCode(shift)].append(each)
    return {
        company_id: CompanyRules(
            accepted_by_company or parks.get(company_id) or proposed,
            HoursBook({shift: tuple(known) for shift, known in versions[company_id].items()}),
        )
        for company_id, accepted_by_company in own.items()
    }
