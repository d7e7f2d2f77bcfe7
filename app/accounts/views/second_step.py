"""Between the password and the pages: the second proof, where an account gives one."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, make_response, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.actions.second_factor import (
    give_second_proof,
    spare_tries_of,
    spend_pass,
    tries_of,
)
from app.accounts.forms import CodeForm, typed
from app.accounts.queries.second_factor import find_second_factor
from app.accounts.queries.signing_in import find_secret_hash, get_actor
from app.accounts.rules.second_factor import ClockOff, SecondFactorNeeded, is_half_way, proof
from app.accounts.views.attempt import guarded, settle
from app.accounts.views.visitor import actor_by_session, leave_session, start_session
from app.extensions import db, token_digest
from app.kernel.refusals import Refusal
from app.web.access import public
from app.web.sentences import sentence
from app.web.transaction import transact

HALF = "half"


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Whose password was right in this browser, and the page that was asked for."""

    account_id: str
    wanted: str


def prove_second(account_id: str, given: str, *, now: datetime) -> None:
    """Take the second proof of an account; each try counts, apart from those at the password."""
    if not given:
        raise SecondFactorNeeded
    by_phone = proof(given).digits is not None
    counted = [tries_of(account_id) if by_phone else spare_tries_of(account_id)]
    guarded(counted, now=now)
    actor = get_actor(db.session(), account_id)

    def work(session: Session) -> None:
        give_second_proof(session, account_id, given, actor=actor, now=now)

    transact(work)
    settle(counted)


def go_on(account_id: str, wanted: str, now: datetime, word: str = "") -> ResponseReturnValue:
    """Into the pages, or to the one that asks for the second proof, unless `word` stands for it."""
    if find_second_factor(db.session(), account_id) is None or _stands(account_id, word, now):
        start_session(account_id, now)
        return redirect(wanted)
    leave_session(now)
    secret_hash = find_secret_hash(db.session(), account_id) or ""
    cookie[HALF] = [account_id, now.isoformat(), token_digest(secret_hash), wanted]
    return redirect(url_for("accounts.give_code"))


def _stands(account_id: str, word: str, now: datetime) -> bool:
    def work(session: Session) -> bool:
        return spend_pass(session, account_id, word, now=now)

    return bool(word) and transact(work)


def _half_way(now: datetime) -> HalfWay | None:
    """Who has come half way in this browser; nobody after a while, or once the password changed."""
    held = cookie.get(HALF)
    if not held or not is_half_way(datetime.fromisoformat(held[1]), now):
        return None
    account_id, _, of_secret, wanted = held
    secret_hash = find_secret_hash(db.session(), account_id)
    if secret_hash is None or token_digest(secret_hash) != of_secret:
        return None
    return HalfWay(account_id, wanted)


@public
def give_code() -> ResponseReturnValue:
    """The page that asks for the code of a phone, or for a printed one."""
    now = current_app.extensions["clock"].now()
    half, form = _half_way(now), CodeForm()
    if half is None:
        signed_in = actor_by_session() is not None
        return redirect(url_for("dashboards.home" if signed_in else "accounts.sign_in"))
    if not form.is_submitted():
        return _code_page(form, now)
    if not form.validate():
        return _code_page(form, now, status=422)
    try:
        prove_second(half.account_id, typed(form.code), now=now)
    except Refusal as refusal:
        form.code.errors = [sentence(refusal.code, refusal.params)]
        return _code_page(form, now, refusal)
    start_session(half.account_id, now)
    return redirect(half.wanted)


def _code_page(
    form: CodeForm, now: datetime, refusal: Refusal | None = None, *, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "accounts/give_code.html", form=form, park_at=now if isinstance(refusal, ClockOff) else None
    )
    response = make_response(page, refusal.status if refusal else status)
    if refusal is not None and "retry_after" in refusal.params:
        response.headers["Retry-After"] = str(refusal.params["retry_after"])
    return response
