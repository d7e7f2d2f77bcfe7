"""Digests by e-mail: to which address, and one letter a week, held by one sender at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.rules import Actor
from app.audit.actions import record_act
from app.dashboards.models import DigestAddress, DigestChoice, DigestLetter, WeeklyDigest
from app.dashboards.rules.digest_letters import TRIED_AGAIN_AFTER, LetterState
from app.dashboards.rules.digests import Digest, unpacked
from app.delivery.rules.answers import masked_phone
from app.extensions import upsert


@dataclass(frozen=True, slots=True)
class Letter:
    """A digest to one reader by e-mail, in their language; `tries` counts this one."""

    account_id: str
    address: str
    locale: str
    digest: Digest
    tries: int


def set_digest_address(
    session: Session, address: str | None, *, actor: Actor, now: datetime
) -> None:
    """From now on the person's digest goes to this address too; None: to none.

    What the last address did not take goes to the new one.
    """
    session.execute(
        delete(DigestLetter).where(
            DigestLetter.account_id == actor.account_id, DigestLetter.state == LetterState.FAILED
        )
    )
    session.execute(delete(DigestAddress).where(DigestAddress.account_id == actor.account_id))
    if address:
        session.add(DigestAddress(account_id=actor.account_id, address=address, set_at=now))
    told = masked_phone(address) if address else ""
    record_act(session, "digests.address_set", actor=actor, now=now, address=told)


def take_letters(session: Session, week_on: date, *, limit: int, now: datetime) -> Sequence[Letter]:
    """Take what is to be sent of a week; nobody else sends it, and nobody twice."""
    unwanted = select(DigestChoice.account_id).where(DigestChoice.wanted.is_(False))
    due = (DigestLetter.state == LetterState.WAITING) & (DigestLetter.at <= now - TRIED_AGAIN_AFTER)
    rows = session.execute(
        select(WeeklyDigest, Account.locale, DigestAddress.address, DigestLetter)
        .join(Account, Account.id == WeeklyDigest.account_id)
        .join(DigestAddress, DigestAddress.account_id == WeeklyDigest.account_id)
        .outerjoin(
            DigestLetter,
            (DigestLetter.account_id == WeeklyDigest.account_id)
            & (DigestLetter.week_on == WeeklyDigest.week_on),
        )
        .where(WeeklyDigest.week_on == week_on, Account.active.is_(True))
        .where(Account.id.not_in(unwanted), or_(DigestLetter.state.is_(None), due))
        .order_by(WeeklyDigest.account_id)
        .limit(limit)
    ).all()
    letters = []
    for digest, locale, address, letter in rows:
        tries = 1 if letter is None else letter.tries + 1
        if _hold(session, digest.account_id, week_on, tries, now):
            told = unpacked(digest.week_on, digest.body)
            letters.append(Letter(digest.account_id, address, locale, told, tries))
    return letters


def _hold(session: Session, account_id: str, week_on: date, tries: int, now: datetime) -> bool:
    """Whether this sender holds the letter now, and not another that came first."""
    held = {"state": LetterState.SENDING, "tries": tries, "at": now, "code": ""}
    statement = upsert(session, DigestLetter).values(account_id=account_id, week_on=week_on, **held)
    taken = session.scalars(
        statement.on_conflict_do_update(
            index_elements=["account_id", "week_on"],
            set_=held,
            where=(DigestLetter.state == LetterState.WAITING) & (DigestLetter.tries < tries),
        ).returning(DigestLetter.account_id)
    ).all()
    return bool(taken)


def settle_letter(
    session: Session,
    letter: Letter,
    state: LetterState,
    *,
    code: str = "",
    now: datetime,
) -> None:
    """What became of a letter."""
    session.execute(
        update(DigestLetter)
        .where(DigestLetter.account_id == letter.account_id)
        .where(DigestLetter.week_on == letter.digest.week_on)
        .values(state=state, at=now, code=code[:40])
    )
