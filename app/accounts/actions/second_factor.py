"""The second proof at sign-in: set up, given, taken away, and demanded of roles."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.actions.attempts import forget_failures
from app.accounts.actions.secrets import bare_code, new_code
from app.accounts.actions.sessions import close_every_session, end_sessions_of
from app.accounts.models import (
    Account,
    DeviceToken,
    RoleGrant,
    SecondFactor,
    SecondFactorRule,
    SpareCode,
)
from app.accounts.queries.second_factor import (
    find_enrolment,
    find_second_factor,
    is_demanded,
    lacks_second_factor,
    list_demanded,
)
from app.accounts.rules import Actor, Role
from app.accounts.rules.second_factor import (
    ENROLMENT,
    SPARE_CODES,
    CodeUsed,
    EnrolmentOver,
    NoSecondFactor,
    SecondFactorDemanded,
    SecondFactorHeld,
    TryItFirst,
    WrongCode,
    accepted_step,
    proof,
)
from app.audit.actions import record_act
from app.extensions import new_seed, one_time_code, token_digest

# Between the answer to a script and the form that it sends: seconds; a slow phone takes a few.
PASS_LASTS = timedelta(minutes=2)


def tries_of(account_id: str) -> str:
    """What wrong codes of a phone are counted on, apart from wrong passwords."""
    return f"account:{account_id}:second"


def spare_tries_of(account_id: str) -> str:
    """What wrong printed codes are counted on: they open also when a clock spoils the phone's."""
    return f"account:{account_id}:spare"


def begin_second_factor(session: Session, account_id: str, *, now: datetime) -> str:
    """A new seed to set a phone up with; until it is confirmed nothing asks for it."""
    if find_second_factor(session, account_id) is not None:
        raise SecondFactorHeld
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    seed = new_seed()
    session.add(SecondFactor(account_id=account_id, seed=seed, begun_at=now))
    session.flush()
    return seed


def confirm_second_factor(
    session: Session, account_id: str, typed: str, *, actor: Actor, now: datetime
) -> list[str]:
    """Ask for codes from now on; signs out everywhere, returns ten printed codes."""
    begun = find_enrolment(session, account_id)
    if begun is None or now - begun[1] > ENROLMENT:
        raise EnrolmentOver
    step = _step(begun[0], typed, None, now)
    session.execute(
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id)
        .values(confirmed_at=now, last_step=step)
    )
    record_act(session, "accounts.second_factor_set", actor=actor, now=now, subject_id=account_id)
    close_every_session(session, account_id, actor=actor, now=now)
    return replace_spare_codes(session, account_id, actor=actor, now=now)


def replace_spare_codes(
    session: Session, account_id: str, *, actor: Actor, now: datetime
) -> list[str]:
    """Ten new printed codes, shown once; the old ones no longer work."""
    if find_second_factor(session, account_id) is None:
        raise NoSecondFactor
    session.execute(delete(SpareCode).where(SpareCode.account_id == account_id))
    codes = [new_code() for _ in range(SPARE_CODES)]
    session.execute(
        insert(SpareCode),
        [{"account_id": account_id, "code_hash": token_digest(bare_code(code))} for code in codes],
    )
    record_act(session, "accounts.spare_codes_made", actor=actor, now=now, subject_id=account_id)
    return codes


def give_second_proof(
    session: Session, account_id: str, typed: str, *, actor: Actor, now: datetime
) -> None:
    """Take a phone's code, or spend a printed one; whoever comes second with it is refused."""
    given = proof(typed)
    if given.digits is None:
        _spend_spare_code(session, account_id, given.spare, actor=actor, now=now)
        return
    row = session.execute(
        select(SecondFactor.seed, SecondFactor.last_step).where(
            SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None)
        )
    ).first()
    if row is None:
        raise WrongCode(at=now)
    step = _step(row[0], given.digits, row[1], now)
    taken = session.scalar(
        update(SecondFactor)
        .where(
            SecondFactor.account_id == account_id,
            or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step),
        )
        .values(last_step=step)
        .returning(SecondFactor.account_id)
    )
    if taken is None:
        raise CodeUsed


def _step(seed: str, typed: str, last_step: int | None, now: datetime) -> int:
    digits = proof(typed).digits
    if digits is None:
        raise WrongCode(at=now)
    return accepted_step(digits, now, last_step, lambda step: one_time_code(seed, step))


def _spend_spare_code(
    session: Session, account_id: str, spare: str, *, actor: Actor, now: datetime
) -> None:
    used = session.scalar(
        update(SpareCode)
        .where(
            SpareCode.account_id == account_id,
            SpareCode.code_hash == token_digest(spare),
            SpareCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(SpareCode.id)
    )
    if used is None:
        raise WrongCode(at=now)
    record_act(session, "accounts.spare_code_used", actor=actor, now=now, subject_id=account_id)


def give_pass(session: Session, account_id: str, *, now: datetime) -> str:
    """A word by which the browser whose script gave the code opens the pages, once and soon."""
    word = secrets.token_urlsafe(24)
    session.execute(
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id)
        .values(pass_hash=token_digest(word), pass_until=now + PASS_LASTS)
    )
    return word


def spend_pass(session: Session, account_id: str, word: str, *, now: datetime) -> bool:
    """Use such a word up; false when it is not the one, was used, or came too late."""
    spent = session.scalar(
        update(SecondFactor)
        .where(
            SecondFactor.account_id == account_id,
            SecondFactor.pass_hash == token_digest(word),
            SecondFactor.pass_until >= now,
        )
        .values(pass_hash=None, pass_until=None)
        .returning(SecondFactor.account_id)
    )
    return spent is not None


def drop_second_factor(
    session: Session, account_id: str, roles: Collection[Role], *, actor: Actor, now: datetime
) -> None:
    """The person gives the second proof up, where the node does not demand it."""
    if is_demanded(session, roles):
        raise SecondFactorDemanded
    _remove(session, account_id)
    told = "accounts.second_factor_given_up"
    record_act(session, told, actor=actor, now=now, subject_id=account_id)


def reset_second_factor(session: Session, account_id: str, *, actor: Actor, now: datetime) -> None:
    """Take a lost phone's proof away for somebody else; every machine is signed out."""
    _remove(session, account_id)
    close_every_session(session, account_id, actor=actor, now=now)
    record_act(session, "accounts.second_factor_reset", actor=actor, now=now, subject_id=account_id)


def _remove(session: Session, account_id: str) -> None:
    if find_second_factor(session, account_id) is None:
        raise NoSecondFactor
    session.execute(delete(SpareCode).where(SpareCode.account_id == account_id))
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    forget_failures(session, [tries_of(account_id), spare_tries_of(account_id)])


def demand_second_factor(
    session: Session, roles: Collection[Role], *, actor: Actor, now: datetime
) -> None:
    """Demand a second proof of exactly these roles from now on.

    Devices of those who have none yet are signed out: what they keep unsent goes up when their
    owner is back in.
    """
    before = set(list_demanded(session))
    wanted = set(roles)
    if Role.ADMIN in wanted - before and not _has_one(session, actor):
        raise TryItFirst
    session.execute(delete(SecondFactorRule).where(SecondFactorRule.role.not_in(wanted)))
    for role in sorted(wanted - before):
        session.add(SecondFactorRule(role=role, since_at=now, set_by=actor.name))
    session.flush()
    if wanted - before:
        _sign_devices_out(session, wanted - before, now=now)
    if wanted != before:
        told = sorted(wanted)
        record_act(session, "accounts.second_factor_demanded", actor=actor, now=now, roles=told)


def keep_demand(
    session: Session, account_id: str, roles: Collection[Role], *, now: datetime
) -> None:
    """An account that got one of these roles and lacks the proof it demands loses its devices."""
    if lacks_second_factor(session, account_id, roles):
        end_sessions_of(session, [account_id], now=now)


def _has_one(session: Session, actor: Actor) -> bool:
    return find_second_factor(session, str(actor.account_id)) is not None


def _sign_devices_out(session: Session, roles: Collection[Role], *, now: datetime) -> None:
    have = select(SecondFactor.account_id).where(SecondFactor.confirmed_at.is_not(None))
    theirs = (
        select(RoleGrant.account_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(RoleGrant.role.in_(roles), RoleGrant.account_id.not_in(have))
    )
    session.execute(
        update(DeviceToken)
        .where(DeviceToken.account_id.in_(theirs), DeviceToken.revoked_at.is_(None))
        .values(revoked_at=now),
        execution_options={"synchronize_session": False},
    )
