"""PINs, passphrases and recovery codes: made, chosen, used up."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.actions.sessions import close_every_session, end_sessions_of
from app.accounts.models import Account, Credential, Lockout, RecoveryCode
from app.accounts.rules import Actor, WrongCredentials
from app.audit.actions import record_act, record_acts
from app.extensions import token_digest
from app.kernel.text import squeeze

RECOVERY_CODES = 10

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def set_pins(
    session: Session, hash_by_account: Mapping[str, str], *, actor: Actor, now: datetime
) -> None:
    """Issued PINs (hashes) for workers, who must choose their own at first use."""
    held = session.execute(
        select(Credential.account_id, Credential.company_id).where(
            Credential.account_id.in_(list(hash_by_account))
        )
    ).all()
    if not held:
        return
    session.execute(
        update(Credential),
        [
            {
                "account_id": account_id,
                "pin_hash": hash_by_account[account_id],
                "pin_must_change": True,
                "pin_set_at": now,
            }
            for account_id, _ in held
        ],
    )
    _unlock(session, hash_by_account)
    end_sessions_of(session, list(hash_by_account), now=now)
    for company in {company_id for _, company_id in held}:
        issued: dict[str, dict[str, str]] = {
            account_id: {} for account_id, company_id in held if company_id == company
        }
        record_acts(
            session, "accounts.pin_issued", issued, company_id=company, actor=actor, now=now
        )


def _unlock(session: Session, account_ids: Collection[str]) -> None:
    """Forget wrong tries on these accounts, and on the device that the last of them came from."""
    counted = session.execute(
        select(Lockout.subject, Lockout.last_at).where(Lockout.subject.startswith("account:"))
    ).all()
    theirs = {
        subject: last_at for subject, last_at in counted if subject.split(":")[1] in account_ids
    }
    if not theirs:
        return
    # One try is counted on the account and on its device at one moment.
    on_devices = Lockout.subject.startswith("device:") & Lockout.last_at.in_(theirs.values())
    session.execute(delete(Lockout).where(Lockout.subject.in_(theirs) | on_devices))


def choose_pin(
    session: Session,
    account_id: str,
    pin_hash: str,
    *,
    on_device: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """The worker's own PIN from now on; signed out everywhere but on the device it is chosen on."""
    session.execute(
        update(Credential)
        .where(Credential.account_id == account_id)
        .values(pin_hash=pin_hash, pin_must_change=False, pin_set_at=now)
    )
    end_sessions_of(session, [account_id], besides_device=on_device, now=now)
    record_act(session, "accounts.pin_chosen", actor=actor, now=now, subject_id=account_id)


def change_secret(
    session: Session,
    account_id: str,
    secret_hash: str,
    *,
    must_change: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """A new password; every browser and device of the account is signed out.

    One that somebody else set, to be changed at first use, opens also after wrong tries.
    """
    session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(secret_hash=secret_hash, secret_must_change=must_change)
    )
    if must_change:
        _unlock(session, [account_id])
    close_every_session(session, account_id, actor=actor, now=now)


def replace_recovery_codes(
    session: Session, account_id: str, *, actor: Actor, now: datetime
) -> list[str]:
    """Ten new codes, shown once; the old ones no longer work."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(account_id=account_id, code_hash=token_digest(bare_code(code)))
        for code in codes
    )
    record_act(session, "accounts.codes_made", actor=actor, now=now, subject_id=account_id)
    return codes


def use_recovery_code(session: Session, account_id: str, code: str, *, now: datetime) -> None:
    """Spend a recovery code, or refuse it."""
    used = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == token_digest(bare_code(code)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if used is None:
        raise WrongCredentials


def new_pin() -> str:
    """A random PIN that the rules accept; the caller checks it against the badge."""
    return f"{secrets.randbelow(1_000_000):06d}"


def new_secret() -> str:
    """A first password that can be read out: three groups of letters and digits."""
    return new_code() + "-" + "".join(secrets.choice(CODE_LETTERS) for _ in range(5))


def new_code() -> str:
    """A code to print: ten letters and digits in two groups, none easily confused."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def bare_code(code: str) -> str:
    """The form in which printed codes are compared."""
    return squeeze(code).upper().replace("-", "").replace(" ", "")
