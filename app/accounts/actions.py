"""What may be done to accounts: try a secret, sign in and out, issue, change, revoke."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.accounts.models import (
    Account,
    Branch,
    Consent,
    Credential,
    DeviceToken,
    Lockout,
    RecoveryCode,
    RoleGrant,
    WebSession,
)
from app.accounts.queries import find_failures
from app.accounts.rules import (
    Actor,
    BranchKind,
    Failures,
    LockedOut,
    LoginTaken,
    Role,
    WrongCredentials,
    after_failure,
    badge_key,
    login_key,
    seconds_locked,
)
from app.audit.actions import record_act, record_acts
from app.extensions import token_digest
from app.kernel.ids import new_id
from app.kernel.text import squeeze

TOKEN_BYTES = 32
RECOVERY_CODES = 10
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def begin_try(session: Session, subjects: Iterable[str], *, now: datetime) -> None:
    """Count a try as wrong before it is checked, so that tries at once cannot outrun the lock."""
    counted: list[tuple[str, Failures]] = []
    for subject in subjects:
        so_far = find_failures(session, subject)
        left = seconds_locked(so_far, now)
        if left:
            raise LockedOut(retry_after=left, minutes=-(-left // 60))
        counted.append((subject, after_failure(so_far, now)))
    for subject, failures in counted:
        session.merge(
            Lockout(
                subject=subject,
                count=failures.count,
                last_at=failures.last_at,
                locked_until=failures.locked_until,
            )
        )


def forget_failures(session: Session, subjects: Iterable[str]) -> None:
    """The secret was right: earlier wrong tries on these subjects no longer count."""
    session.execute(delete(Lockout).where(Lockout.subject.in_(list(subjects))))


def open_web_session(session: Session, account_id: str, *, now: datetime, label: str = "") -> str:
    """Start a signed-in browser, called by its label; returns its id."""
    session_id = new_id(now)
    session.add(
        WebSession(
            id=session_id,
            account_id=account_id,
            label=squeeze(label)[:60],
            started_at=now,
            last_seen_at=now,
        )
    )
    record_act(
        session,
        "accounts.signed_in",
        actor=Actor(account_id, session.get_one(Account, account_id).name),
        now=now,
        subject_id=account_id,
    )
    return session_id


def touch_web_session(session: Session, session_id: str, *, now: datetime) -> None:
    """Keep that the browser was used."""
    session.execute(update(WebSession).where(WebSession.id == session_id).values(last_seen_at=now))


def close_web_session(session: Session, session_id: str, *, now: datetime) -> None:
    """Sign a browser out."""
    session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_web_session(
    session: Session, account_id: str, session_id: str, *, actor: Actor, now: datetime
) -> bool:
    """Sign one browser of an account out from elsewhere; false when it has no such browser."""
    changed = session.scalar(
        update(WebSession)
        .where(
            WebSession.id == session_id,
            WebSession.account_id == account_id,
            WebSession.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(WebSession.id)
    )
    if changed is not None:
        record_act(session, "accounts.session_ended", actor=actor, now=now, subject_id=account_id)
    return changed is not None


def close_every_session(session: Session, account_id: str, *, actor: Actor, now: datetime) -> None:
    """Sign an account out of every browser and device."""
    session.execute(
        update(WebSession)
        .where(WebSession.account_id == account_id, WebSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    session.execute(
        update(DeviceToken)
        .where(DeviceToken.account_id == account_id, DeviceToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    record_act(session, "accounts.sessions_closed", actor=actor, now=now, subject_id=account_id)


def issue_token(
    session: Session,
    account_id: str,
    *,
    device_id: str,
    label: str,
    days: int,
    now: datetime,
) -> tuple[str, datetime]:
    """A new token for a device, in place of the one it had; returns it and its expiry."""
    session.execute(
        update(DeviceToken)
        .where(
            DeviceToken.account_id == account_id,
            DeviceToken.device_id == device_id,
            DeviceToken.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = now + timedelta(days=days)
    session.add(
        DeviceToken(
            id=new_id(now),
            account_id=account_id,
            device_id=device_id,
            label=squeeze(label)[:120],
            token_hash=token_digest(token),
            created_at=now,
            expires_at=expires_at,
            last_used_at=now,
        )
    )
    return token, expires_at


def use_token(session: Session, token_id: str, *, days: int, now: datetime) -> None:
    """Keep that a token was used; its life begins anew."""
    session.execute(
        update(DeviceToken)
        .where(DeviceToken.id == token_id)
        .values(last_used_at=now, expires_at=now + timedelta(days=days))
    )


def revoke_token(
    session: Session, account_id: str, token_id: str, *, actor: Actor, now: datetime
) -> bool:
    """Revoke one token of an account; false when it has no such token."""
    changed = session.scalar(
        update(DeviceToken)
        .where(
            DeviceToken.id == token_id,
            DeviceToken.account_id == account_id,
            DeviceToken.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(DeviceToken.id)
    )
    if changed is not None:
        record_act(session, "accounts.token_revoked", actor=actor, now=now, subject_id=account_id)
    return changed is not None


def add_branch(
    session: Session, parent: Branch | None, kind: BranchKind, code: str, name: str
) -> Branch:
    """A new branch under its parent."""
    branch = Branch(
        parent_id=parent.id if parent else None,
        company_id=parent.company_id if parent else None,
        kind=kind,
        code=code,
        name=name,
        path=f"new {secrets.token_hex(8)}",
    )
    session.add(branch)
    session.flush()
    branch.path = f"{parent.path if parent else '/'}{branch.id}/"
    if kind is BranchKind.COMPANY:
        branch.company_id = branch.id
    session.flush()
    return branch


def close_branch(
    session: Session, branch_id: int, *, on: date, actor: Actor, now: datetime
) -> None:
    """Nobody is put into this branch any more."""
    session.execute(update(Branch).where(Branch.id == branch_id).values(closed_on=on))
    record_act(session, "accounts.branch_closed", actor=actor, now=now, subject_id=str(branch_id))


def add_office_account(
    session: Session,
    *,
    name: str,
    login: str,
    secret_hash: str,
    must_change: bool,
    grants: Iterable[tuple[Role, int]],
    locale: str = "vi",
    actor: Actor,
    now: datetime,
) -> str:
    """A new account that signs in with a login; returns its id."""
    key = login_key(login)
    if session.scalar(select(Account.id).where(Account.login == key)) is not None:
        raise LoginTaken
    account_id = new_id(now)
    session.add(
        Account(
            id=account_id,
            name=squeeze(name),
            login=key,
            secret_hash=secret_hash,
            secret_must_change=must_change,
            locale=locale,
            created_at=now,
        )
    )
    session.flush()
    set_grants(session, account_id, grants, actor=actor, now=now)
    return account_id


def set_grants(
    session: Session,
    account_id: str,
    grants: Iterable[tuple[Role, int]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The roles of an account from now on, each on a branch (id)."""
    wanted = sorted({(str(role), branch_id) for role, branch_id in grants})
    session.execute(delete(RoleGrant).where(RoleGrant.account_id == account_id))
    if wanted:
        session.execute(
            insert(RoleGrant),
            [
                {"account_id": account_id, "role": role, "branch_id": branch_id}
                for role, branch_id in wanted
            ],
        )
    record_act(
        session, "accounts.roles_set", actor=actor, now=now, subject_id=account_id, roles=wanted
    )


def add_worker_account(
    session: Session, *, company_id: int, badge: str, name: str, now: datetime
) -> str:
    """The account of a worker, without a PIN yet; returns its id, which is the worker's too."""
    account_id = new_id(now)
    session.add(Account(id=account_id, name=name, created_at=now))
    session.flush()
    session.add(
        Credential(account_id=account_id, company_id=company_id, badge_key=badge_key(badge))
    )
    return account_id


def add_worker_accounts(
    session: Session, company_id: int, people: Sequence[tuple[str, str]], *, now: datetime
) -> list[str]:
    """Accounts of many workers at once, without a PIN yet, from (badge, name); their ids."""
    ids = [new_id(now) for _ in people]
    session.execute(
        insert(Account),
        [
            {"id": account_id, "name": name, "created_at": now}
            for account_id, (_, name) in zip(ids, people, strict=True)
        ],
    )
    session.execute(
        insert(Credential),
        [
            {"account_id": account_id, "company_id": company_id, "badge_key": badge_key(badge)}
            for account_id, (badge, _) in zip(ids, people, strict=True)
        ],
    )
    return ids


def rename_worker_accounts(session: Session, name_by_account: Mapping[str, str]) -> None:
    """Carry the changed names of many workers over to their accounts."""
    session.execute(
        update(Account),
        [{"id": account_id, "name": name} for account_id, name in name_by_account.items()],
    )


def set_worker_accounts_active(
    session: Session, account_ids: Sequence[str], *, active: bool
) -> None:
    """Shut the accounts of many workers, or open them again."""
    session.execute(
        update(Account).where(Account.id.in_(account_ids)).values(active=active),
        execution_options={"synchronize_session": False},
    )


def change_worker_account(
    session: Session, account_id: str, *, name: str, badge: str, active: bool
) -> None:
    """Carry a worker's changed name, badge or leaving over to the account."""
    session.execute(
        update(Account).where(Account.id == account_id).values(name=name, active=active)
    )
    session.execute(
        update(Credential)
        .where(Credential.account_id == account_id)
        .values(badge_key=badge_key(badge))
    )


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
    for company in {company_id for _, company_id in held}:
        issued: dict[str, dict[str, str]] = {
            account_id: {} for account_id, company_id in held if company_id == company
        }
        record_acts(
            session, "accounts.pin_issued", issued, company_id=company, actor=actor, now=now
        )


def _unlock(session: Session, account_ids: Collection[str]) -> None:
    """Forget wrong tries on these accounts, from whatever device they came."""
    counted = session.scalars(
        select(Lockout.subject).where(Lockout.subject.startswith("account:"))
    ).all()
    theirs = [subject for subject in counted if subject.split(":")[1] in account_ids]
    if theirs:
        session.execute(delete(Lockout).where(Lockout.subject.in_(theirs)))


def choose_pin(
    session: Session, account_id: str, pin_hash: str, *, actor: Actor, now: datetime
) -> None:
    """The worker's own PIN from now on."""
    session.execute(
        update(Credential)
        .where(Credential.account_id == account_id)
        .values(pin_hash=pin_hash, pin_must_change=False, pin_set_at=now)
    )
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
    """A new password; every browser and device of the account is signed out."""
    session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(secret_hash=secret_hash, secret_must_change=must_change)
    )
    close_every_session(session, account_id, actor=actor, now=now)


def set_active(
    session: Session, account_id: str, *, active: bool, actor: Actor, now: datetime
) -> None:
    """Shut an account, or open it again."""
    session.execute(update(Account).where(Account.id == account_id).values(active=active))
    if not active:
        close_every_session(session, account_id, actor=actor, now=now)
    record_act(
        session, "accounts.active_set", actor=actor, now=now, subject_id=account_id, active=active
    )


def replace_recovery_codes(
    session: Session, account_id: str, *, actor: Actor, now: datetime
) -> list[str]:
    """Ten new codes, shown once; the old ones no longer work."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(account_id=account_id, code_hash=token_digest(_bare(code))) for code in codes
    )
    record_act(session, "accounts.codes_made", actor=actor, now=now, subject_id=account_id)
    return codes


def use_recovery_code(session: Session, account_id: str, code: str, *, now: datetime) -> None:
    """Spend a recovery code, or refuse it."""
    used = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == token_digest(_bare(code)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if used is None:
        raise WrongCredentials


def record_consent(
    session: Session, account_id: str, version: str, *, agreed: bool, actor: Actor, now: datetime
) -> str:
    """Keep what a worker said to a version of the legal notice; returns the row's id."""
    consent_id = new_id(now)
    session.add(
        Consent(id=consent_id, account_id=account_id, version=version, agreed=agreed, at=now)
    )
    record_act(
        session,
        "accounts.consent_given" if agreed else "accounts.consent_refused",
        actor=actor,
        now=now,
        subject_id=account_id,
        version=version,
    )
    return consent_id


def new_pin() -> str:
    """A random PIN that the rules accept; the caller checks it against the badge."""
    return f"{secrets.randbelow(1_000_000):06d}"


def new_secret() -> str:
    """A first password that can be read out: three groups of letters and digits."""
    return _new_code() + "-" + "".join(secrets.choice(CODE_LETTERS) for _ in range(5))


def _new_code() -> str:
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _bare(code: str) -> str:
    return squeeze(code).upper().replace("-", "").replace(" ", "")
