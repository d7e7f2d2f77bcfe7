"""Which first steps are done, asked of the data each time: nobody ticks anything by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch, CardPrint, Credential, RoleGrant
from app.accounts.queries.branches import find_park, list_companies
from app.accounts.queries.signing_in import count_recovery_codes, find_own_badge
from app.accounts.rules import PinState, Role
from app.checkins.models import CheckIn, RollCall, RuleAcceptance
from app.checkins.queries.rule_sets import get_rules
from app.kernel.actors import Actor
from app.reminders.models import ReminderSchedule
from app.settings import Settings
from app.sync.queries.states import sync_state
from app.upkeep.queries.records import find_last_good_backup
from app.upkeep.rules.first_steps import FirstStep, StepState, steps_of
from app.workforce.models import Membership, PatternAssignment, Worker, WorkGroup
from app.workforce.queries.units import pin_state


@dataclass(frozen=True, slots=True)
class Around:
    """Whose steps are asked for: the person, and the companies within their reach."""

    actor: Actor
    companies: Sequence[Branch]
    settings: Settings

    @property
    def company_ids(self) -> list[int]:
        """The companies by id."""
        return [each.id for each in self.companies]


def list_first_steps(session: Session, actor: Actor, settings: Settings) -> list[StepState]:
    """The first steps of this person, in order, each with whether it is done."""
    steps = steps_of([grant.role for grant in actor.grants])
    if not steps:
        return []
    companies = list_companies(session, [grant.path for grant in actor.grants])
    around = Around(actor, companies, settings)
    return [StepState(step, DONE[step](session, around)) for step in steps]


def _is(session: Session, asked: Select[int] | ColumnElement[bool]) -> bool:
    return bool(session.scalar(select(asked) if isinstance(asked, ColumnElement) else asked))


def _has_workers(session: Session, around: Around) -> bool:
    working = Worker.company_id.in_(around.company_ids) & Worker.left_on.is_(None)
    return _is(session, exists().where(working))


def _has_timetable(session: Session, around: Around) -> bool:
    followed = PatternAssignment.worker_id == Worker.id
    return _is(session, exists().where(followed, Worker.company_id.in_(around.company_ids)))


def _has_secrets(session: Session, around: Around) -> bool:
    issued = Credential.company_id.in_(around.company_ids) & (pin_state() != PinState.NONE)
    printed = CardPrint.company_id.in_(around.company_ids) & CardPrint.done_at.is_not(None)
    return _is(session, exists().where(issued)) or _is(session, exists().where(printed))


def _has_safety_team(session: Session, around: Around) -> bool:
    team = WorkGroup.company_id.in_(around.company_ids) & (WorkGroup.kind == "safety_team")
    manned = exists().where(team, Membership.group_id == WorkGroup.id)
    under = [Branch.path.startswith(each.path) for each in around.companies]
    granted = exists().where(RoleGrant.role == Role.TEAM_MEMBER, Branch.id == RoleGrant.branch_id)
    return _is(session, manned) or any(_is(session, granted.where(each)) for each in under)


def _has_accepted_rules(session: Session, around: Around) -> bool:
    return not any(get_rules(session, each).proposed for each in around.company_ids)


def _has_reminders(session: Session, around: Around) -> bool:
    kept = ReminderSchedule.company_id.in_(around.company_ids)
    return _is(session, exists().where(kept))


def _has_an_answer(session: Session, around: Around) -> bool:
    told = (CheckIn.worker_id == Worker.id) & Worker.company_id.in_(around.company_ids)
    return _is(session, exists().where(told))


def _has_officers(session: Session, around: Around) -> bool:
    officers = select(RoleGrant.branch_id).where(RoleGrant.role == Role.SAFETY_OFFICER)
    led = set(session.scalars(officers))
    return bool(around.companies) and led.issuperset(around.company_ids)


def _has_every_roster(session: Session, around: Around) -> bool:
    listed = select(Worker.company_id).where(Worker.left_on.is_(None)).distinct()
    return bool(around.companies) and set(session.scalars(listed)).issuperset(around.company_ids)


def _has_park_rules(session: Session, around: Around) -> bool:
    park = find_park(session)
    if park is None:
        return False
    return _is(session, exists().where(RuleAcceptance.branch_id == park.id))


def _chose_own_pin(session: Session, around: Around) -> bool:
    own = find_own_badge(session, str(around.actor.account_id))
    if own is None:
        return True
    state = select(pin_state()).where(Credential.account_id == around.actor.account_id)
    return session.scalar(state) == PinState.OWN


def _answered(session: Session, around: Around) -> bool:
    if around.actor.worker_id is None:
        return True
    return _is(session, exists().where(CheckIn.worker_id == around.actor.worker_id))


def _closed_a_sheet(session: Session, around: Around) -> bool:
    return _is(session, exists().where(RollCall.account_id == around.actor.account_id))


def _has_codes(session: Session, around: Around) -> bool:
    return count_recovery_codes(session, str(around.actor.account_id)) > 0


DONE: Mapping[FirstStep, Callable[[Session, Around], bool]] = {
    FirstStep.HTTPS: lambda session, around: around.settings.secure,
    FirstStep.OFFICERS: _has_officers,
    FirstStep.BACKUP: lambda session, around: find_last_good_backup(session) is not None,
    FirstStep.PROVINCE: lambda session, around: sync_state(session, around.settings).enrolled,
    FirstStep.ROSTER: _has_workers,
    FirstStep.TIMETABLE: _has_timetable,
    FirstStep.SECRETS: _has_secrets,
    FirstStep.SAFETY_TEAM: _has_safety_team,
    FirstStep.RULES: _has_accepted_rules,
    FirstStep.REMINDERS: _has_reminders,
    FirstStep.FIRST_ANSWER: _has_an_answer,
    FirstStep.PARK_RULES: _has_park_rules,
    FirstStep.EVERY_ROSTER: _has_every_roster,
    FirstStep.OWN_PIN: _chose_own_pin,
    FirstStep.OWN_ANSWER: _answered,
    FirstStep.ROLL_CALL: _closed_a_sheet,
    FirstStep.RECOVERY: _has_codes,
}
