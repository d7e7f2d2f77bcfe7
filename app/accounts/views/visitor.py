"""Who makes a request: the session of a browser, or the token of a device."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import current_app, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user
from sqlalchemy.orm import Session

from app.accounts.actions.sessions import (
    close_web_session,
    open_web_session,
    renew_web_session,
    touch_web_session,
)
from app.accounts.actions.tokens import use_token
from app.accounts.queries.sessions import find_signed_in
from app.accounts.queries.signing_in import get_actor
from app.accounts.queries.tokens import HeldToken, find_tokens
from app.accounts.rules import Actor, SecretMustChange, branches_for, may
from app.accounts.rules.second_factor import SecondFactorMissing
from app.accounts.rules.sessions import Limits, is_over, limits_for
from app.accounts.views.browser import browser_label
from app.extensions import db
from app.kernel.refusals import Refusal
from app.settings import Settings
from app.web.access import (
    API_PREFIX,
    Audience,
    Judges,
    SignInNeeded,
    TokenExpired,
    policy_of,
    presented_token,
)
from app.web.breakdowns import DatabaseUnavailable
from app.web.transaction import transact

log = logging.getLogger(__name__)

T = TypeVar("T")
TOUCH_EVERY = timedelta(minutes=1)
TOKEN_TOUCH_EVERY = timedelta(hours=12)
OPEN_BEFORE_CHANGE = frozenset(
    {
        "accounts.show_my_account",
        "accounts.change_own_secret",
        "accounts.change_own_pin",
        "accounts.sign_out",
    }
)
OPEN_BEFORE_ENROLMENT = frozenset(
    {
        "accounts.show_second_factor",
        "accounts.begin_second_step",
        "accounts.confirm_second_step",
        "accounts.end_sessions",
    }
)
# The name by which Flask-Login keeps a session's id in the cookie.
SESSION_ID = "_user_id"


class Visitor(UserMixin):
    """What Flask-Login keeps of a signed-in browser: the id of its session row."""

    def __init__(
        self,
        session_id: str,
        actor: Actor,
        *,
        must_change: bool = False,
        must_enrol: bool = False,
        renew_due: bool = False,
    ) -> None:
        self.id = session_id
        self.actor = actor
        self.must_change = must_change
        self.must_enrol = must_enrol
        self.renew_due = renew_due


def load_visitor(session_id: str) -> Visitor | None:
    """The visitor of a session that is neither ended, idle too long nor too old."""
    settings: Settings = current_app.config["SETTINGS"]
    now = current_app.extensions["clock"].now()
    found = find_signed_in(db.session(), session_id)
    if found is None:
        return None
    by_role = {role: Limits.of(*limits) for role, *limits in settings.session_limits}
    rest = Limits.of(settings.session_idle_minutes, settings.session_hours)
    limits = limits_for(found.actor.roles, by_role, rest)
    over = is_over(found.started_at, found.last_seen_at, now, limits)
    if over or not found.actor.grants:
        return None
    by_itself = "X-Refresh" in request.headers  # a board that refreshes itself is not a person
    if now - found.last_seen_at > TOUCH_EVERY and not by_itself:
        _touch(session_id, now)
    return Visitor(
        session_id,
        found.actor,
        must_change=found.must_change,
        must_enrol=found.must_enrol,
        renew_due=found.renew_due,
    )


def _touch(session_id: str, now: datetime) -> None:
    def work(session: Session) -> None:
        touch_web_session(session, session_id, now=now)

    _note(work)


def _note(work: Callable[[Session], T]) -> T | None:
    """Write down what reading a page brings along; where nothing can be written, reading goes on.

    On a full disk the page that says so must still open.
    """
    try:
        return transact(work)
    except DatabaseUnavailable as refusal:
        log.warning("a visit could not be noted: %s", refusal.code)
        return None


def start_session(account_id: str, now: datetime) -> None:
    """Sign this browser in to an account; whoever was signed in on it is not any more."""
    label, before = browser_label(request.user_agent.string), cookie.get(SESSION_ID)

    def work(session: Session) -> str:
        if before:
            close_web_session(session, before, now=now)
        return open_web_session(session, account_id, now=now, label=label)

    session_id = transact(work)
    # Nothing that somebody could have put there before goes on into the new session.
    cookie.clear()
    g.pop("csrf_token", None)
    login_user(Visitor(session_id, get_actor(db.session(), account_id)))


def leave_session(now: datetime) -> None:
    """Whoever was signed in on this browser is not any more, and nothing of theirs stays in it."""
    before = str(cookie.get(SESSION_ID, ""))

    def work(session: Session) -> None:
        close_web_session(session, before, now=now)

    if before:
        transact(work)
    cookie.clear()
    g.pop("csrf_token", None)


def _renew_where_due(visitor: Visitor) -> None:
    """Give a browser whose person may do more by now another id, with its next page."""
    if request.method != "GET" or not visitor.renew_due:
        return
    now, old = current_app.extensions["clock"].now(), visitor.id

    def work(session: Session) -> str | None:
        return renew_web_session(session, old, now=now)

    fresh = _note(work)
    if fresh is not None:
        visitor.id, visitor.renew_due = fresh, False
        login_user(visitor)


def visitor_by_session() -> Visitor | None:
    """The signed-in browser that makes this request."""
    visitor: Any = current_user
    return visitor._get_current_object() if visitor.is_authenticated else None


def actor_by_session() -> Actor | None:
    """The person of this browser's session."""
    visitor = visitor_by_session()
    return visitor.actor if visitor else None


def keep_to_own_account() -> ResponseReturnValue | None:
    """Until an issued secret is changed, or a demanded second proof is set up, only that opens."""
    if request.endpoint is None or request.path.startswith(API_PREFIX):
        return None
    policy = policy_of(current_app.view_functions[request.endpoint])
    if policy is None or policy.audience is Audience.PUBLIC:
        return None
    visitor = visitor_by_session()
    if visitor is None:
        return None
    _renew_where_due(visitor)
    if visitor.must_change and request.endpoint not in OPEN_BEFORE_CHANGE:
        return _led_to("accounts.show_my_account", SecretMustChange())
    open_before = OPEN_BEFORE_CHANGE | OPEN_BEFORE_ENROLMENT
    if visitor.must_enrol and not visitor.must_change and request.endpoint not in open_before:
        return _led_to("accounts.show_second_factor", SecondFactorMissing())
    return None


def _led_to(endpoint: str, refusal: Refusal) -> ResponseReturnValue:
    if request.method != "GET":
        raise refusal
    return redirect(url_for(endpoint))


def judges() -> Judges:
    """How the guard learns who asks and what they may."""
    return Judges(
        by_token=token_holder, by_session=actor_by_session, may=may, paths_for=branches_for
    )


def held_token() -> HeldToken:
    """The token that the call brings along, expired or not, unless it was revoked."""
    token_hash = presented_token()
    held = find_tokens(db.session(), [token_hash]).get(token_hash)
    if held is None:
        raise SignInNeeded
    return held


def token_holder() -> Actor:
    """The holder of the token that the call brings along, unless it was revoked or has expired."""
    now = current_app.extensions["clock"].now()
    held = held_token()
    if held.expires_at <= now:
        raise TokenExpired
    keep_in_use(held, now)
    return held.actor


def keep_in_use(held: HeldToken, now: datetime) -> None:
    """Let the life of a token begin anew, now and then."""
    if now - held.last_used_at <= TOKEN_TOUCH_EVERY:
        return
    days = current_app.config["SETTINGS"].token_days

    def work(session: Session) -> None:
        use_token(session, held, days=days, now=now)

    _note(work)
