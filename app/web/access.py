"""Who may open which address: every view states its policy, and a guard keeps it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for
from sqlalchemy.orm import Session

from app.extensions import db, token_digest
from app.kernel.actors import Actor
from app.kernel.refusals import NotAllowed, NotFound, Refusal

View = TypeVar("View", bound=Callable[..., Any])
API_PREFIX = "/api/"


class SignInNeeded(Refusal):
    """The page or call is for somebody who has signed in."""

    code = "accounts.sign_in_needed"
    status = 401


class TokenExpired(Refusal):
    """The device has been away too long: it may hand in what it kept, nothing else."""

    code = "accounts.token_expired"
    status = 401


class Audience(StrEnum):
    """Who a view without a permission is for."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    DELIVERING = "delivering"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a view asks of its visitor; `of` is the address part that names the thing."""

    audience: Audience
    permission: StrEnum | None = None
    of: str | None = None


PathFinder = Callable[[Session, str], str | None]
path_finders: dict[str, PathFinder] = {}


def public(view: View) -> View:
    """State that anybody may open this view."""
    return _state(view, Policy(Audience.PUBLIC))


def signed_in(view: View) -> View:
    """State that whoever has signed in may open this view."""
    return _state(view, Policy(Audience.SIGNED_IN))


def delivering(view: View) -> View:
    """State that a device hands things in here, even with a token that has expired.

    The token is looked up in the transaction of what it hands in, not before.
    """
    return _state(view, Policy(Audience.DELIVERING))


def access(permission: StrEnum, of: str | None = None) -> Callable[[View], View]:
    """State the permission this view needs, on the branch of the thing named in its address.

    Without `of` the visitor needs the permission on some branch, and the view keeps to those.
    """
    return lambda view: _state(view, Policy(Audience.SIGNED_IN, permission, of))


def locates(part: str) -> Callable[[PathFinder], PathFinder]:
    """Register how the branch path of the thing named by an address part is found."""

    def register(finder: PathFinder) -> PathFinder:
        path_finders[part] = finder
        return finder

    return register


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """The policy that a view stated."""
    return getattr(view, "policy", None)


def current_actor() -> Actor:
    """Who makes this request; only for views that are not public."""
    actor: Actor = g.actor
    return actor


def presented_token() -> str:
    """The digest of the token that the call brings along; refused without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise SignInNeeded
    return token_digest(token)


def _state(view: View, policy: Policy) -> View:
    view.policy = policy  # type: ignore[attr-defined]
    return view


@dataclass(frozen=True, slots=True)
class Judges:
    """How the guard learns who asks and what they may; given by the accounts feature."""

    by_token: Callable[[], Actor]
    by_session: Callable[[], Actor | None]
    may: Callable[[Actor, Any, str], bool]
    paths_for: Callable[[Actor, Any], tuple[str, ...]]


def install_guard(app: Flask, judges: Judges) -> None:
    """Keep every view's policy; the application does not start with a view that states none."""
    unstated = [name for name, view in app.view_functions.items() if not policy_of(view)]
    if unstated:
        raise RuntimeError(f"views without a stated policy: {', '.join(sorted(unstated))}")
    app.extensions["judges"] = judges
    app.before_request(guard)


def guard() -> Response | None:
    """Let the request through, send it to the sign-in page, or refuse it."""
    if request.endpoint is None:
        return None
    policy = policy_of(current_app.view_functions[request.endpoint])
    if policy is None or policy.audience in (Audience.PUBLIC, Audience.DELIVERING):
        return None
    judges: Judges = current_app.extensions["judges"]
    if request.path.startswith(API_PREFIX):
        g.actor = judges.by_token()
    else:
        actor = judges.by_session()
        if actor is None:
            return _to_sign_in()
        g.actor = actor
    _judge(policy, judges)
    return None


def _judge(policy: Policy, judges: Judges) -> None:
    if policy.permission is None:
        return
    if not judges.paths_for(g.actor, policy.permission):
        raise NotAllowed
    if policy.of is not None:
        named = (request.view_args or {})[policy.of]
        path = path_finders[policy.of](db.session(), str(named))
        if path is None or not judges.may(g.actor, policy.permission, path):
            raise NotFound


def _to_sign_in() -> Response:
    where = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=where))  # type: ignore[return-value]
