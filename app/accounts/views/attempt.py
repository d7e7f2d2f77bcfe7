"""One try to sign in: counted first, checked outside any transaction, then settled."""

from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from app.accounts.actions.attempts import begin_try, forget_failures
from app.accounts.gateways import is_flood
from app.accounts.queries.branches import find_company
from app.accounts.queries.cards import get_card
from app.accounts.queries.signing_in import (
    SignInSubject,
    find_by_badge,
    find_by_login,
    is_known_device,
)
from app.accounts.rules import LockedOut, NeedsHttps, WrongCredentials, login_key
from app.accounts.views.browser import is_in_the_clear
from app.extensions import db, is_secret
from app.web.transaction import transact


def check_badge(
    company: str, badge: str, pin: str, *, device_id: str, now: datetime
) -> SignInSubject:
    """The worker whose badge and PIN these are."""
    found = find_company(db.session(), company)
    subject = find_by_badge(db.session(), found.id, badge) if found else None
    return _check(subject, pin, f"badge:{company}:{badge}".casefold(), device_id, now)


def check_card(card: str, pin: str, *, device_id: str, now: datetime) -> SignInSubject:
    """The worker whose card and PIN these are; wrong PINs count as they do with the badge."""
    held = get_card(db.session(), card)
    return _check(held.subject, pin, "", device_id, now)


def check_login(login: str, secret: str, *, device_id: str, now: datetime) -> SignInSubject:
    """The officer whose login and password these are; never over a line that others can read."""
    refuse_in_the_clear()
    subject = find_by_login(db.session(), login)
    return _check(subject, secret, f"login:{login_key(login)}", device_id, now)


def refuse_in_the_clear() -> None:
    """Refuse whoever would see other people's data over plain HTTP."""
    if is_in_the_clear():
        raise NeedsHttps


def _check(
    subject: SignInSubject | None, secret: str, name: str, device_id: str, now: datetime
) -> SignInSubject:
    hindered = subjects_of(subject, name, device_id)
    guarded(hindered, now=now)
    right = is_secret(secret, subject.secret_hash if subject else None)
    if subject is None or not right or not subject.active:
        raise WrongCredentials
    settle(hindered)
    return subject


def subjects_of(subject: SignInSubject | None, name: str, device_id: str) -> list[str]:
    """What wrong tries are counted on.

    A device that signed in to this account before has a count of its own there, so that
    a joker with another phone cannot lock the badge's owner out.
    """
    if subject is None:
        counted = [name[:90]]
    elif device_id and is_known_device(db.session(), subject.account_id, device_id):
        return [f"account:{subject.account_id}:{device_id}"[:90]]
    else:
        counted = [f"account:{subject.account_id}"]
    return [*counted, f"device:{device_id}"] if device_id else counted


def subjects_of_codes(subjects: list[str]) -> list[str]:
    """What wrong printed codes are counted on, apart from wrong passwords."""
    return [f"{subject[:80]}:recovery" for subject in subjects]


def guarded(subjects: list[str], *, now: datetime) -> None:
    """Refuse a flood or a locked subject; else count this try."""
    if is_flood(request.remote_addr or ""):
        raise LockedOut(retry_after=60, minutes=1)

    def work(session: Session) -> None:
        begin_try(session, subjects, now=now)

    transact(work)


def check_own_secret(given: str, kept: str | None, account_id: str, now: datetime) -> None:
    """The password or PIN of whoever is signed in, asked for again; wrong ones count."""
    hindered = [f"account:{account_id}:own"]
    guarded(hindered, now=now)
    if not is_secret(given, kept):
        raise WrongCredentials
    settle(hindered)


def settle(subjects: list[str]) -> None:
    """The secret was right: forget the wrong tries."""

    def work(session: Session) -> None:
        forget_failures(session, subjects)

    transact(work)
