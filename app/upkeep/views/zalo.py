"""The page of the Zalo account: its grant, its templates, and how Zalo signs its calls."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import segno
from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.delivery.actions.grants import keep_grant
from app.delivery.channels.given import LOCAL_HOSTS
from app.delivery.channels.zalo_office import ZaloOffice
from app.delivery.grants import TOGETHER, make_ready
from app.delivery.hearing import learn_templates
from app.delivery.queries.grants import GrantFacts, find_grant_facts
from app.delivery.registry import office_of
from app.delivery.rules import ChannelError, Lane
from app.delivery.rules.consent import (
    LONGEST_CODE,
    Answered,
    Asked,
    ConsentRefused,
    ConsentStale,
    OtherAccount,
    challenge_of,
    check_owner,
    consent_address,
    read_answer,
)
from app.delivery.rules.grants import ZALO, NoToken
from app.delivery.rules.zalo import GRANT_LASTS, UNCONFIRMED_SIGNATURE
from app.extensions import db
from app.kernel.refusals import NotFound
from app.upkeep.views.channel_words import code_text
from app.upkeep.views.zalo_words import lane_text, signature_text, template_text
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact

upkeep_zalo = Blueprint("upkeep_zalo", __name__, url_prefix="/admin/zalo")
FOLLOW = "https://zalo.me/"
SOON = timedelta(days=14)
# Under this name the browser keeps that it asked for consent.
ASKED = "zalo_consent"
REFUSALS = (ConsentStale, ConsentRefused, OtherAccount)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ShownTemplate:
    """A template that is used or known; `ready` when Zalo says that it may be sent."""

    id: str
    name: str
    state: str
    ready: bool
    lanes: tuple[str, ...] = ()


@upkeep_zalo.get("")
@access(Permission.MANAGE_NODE)
def show_account() -> ResponseReturnValue:
    office, now = _office(), _now()
    facts = find_grant_facts(db.session(), ZALO)
    given = facts is not None and facts.grant.version > 0
    last = (facts.rotated_at or facts.given_at) if facts else None
    return render_template(
        "upkeep/show_zalo.html",
        account=office.account,
        facts=facts,
        given=given,
        ends_at=last + GRANT_LASTS if last else None,
        ends_soon=bool(last and last + GRANT_LASTS - now < SOON),
        problem=_problem(facts),
        templates=_templates(office, facts),
        signatures=[
            (signature_text(name), count)
            for name, count in sorted((facts.signatures if facts else {}).items())
        ],
        unconfirmed=_(UNCONFIRMED_SIGNATURE),
        hook=url_for("zalo_calls.hear_zalo", _external=True),
        callback=_callback(),
        may_consent=_leads_back(office),
        challenge=challenge_of(office.account.verifier),
        follow=f"{FOLLOW}{office.account.oa_id}",
        code=_code(f"{FOLLOW}{office.account.oa_id}"),
    )


@upkeep_zalo.post("/grant")
@access(Permission.MANAGE_NODE)
def keep_pasted() -> ResponseReturnValue:
    """Keep a pair of tokens that was pasted; it is never shown again."""
    _office()
    access_token = request.form.get("access_token", "").strip()
    refresh_token = request.form.get("refresh_token", "").strip()
    actor, now = current_actor(), _now()

    def work(session: Session) -> None:
        keep_grant(
            session, ZALO, access_token, refresh_token, channels=TOGETHER, actor=actor, now=now
        )

    try:
        transact(work)
    except NoToken as refusal:
        flash(sentence(refusal.code, refusal.params))
        return redirect(url_for("upkeep_zalo.show_account"))
    flash(_("Đã lưu cặp mã. Mã không hiện lại ở đâu nữa."))
    return redirect(url_for("upkeep_zalo.show_account"))


@upkeep_zalo.get("/consent")
@access(Permission.MANAGE_NODE)
def begin_consent() -> ResponseReturnValue:
    """Send the administrator to Zalo's page of consent; only this browser may bring the answer."""
    account, state = _office().account, secrets.token_urlsafe(24)
    session[ASKED] = [state, _now().isoformat()]
    return redirect(
        consent_address(
            account.oauth_url,
            app_id=account.app_id,
            redirect_uri=_callback(),
            challenge=challenge_of(account.verifier),
            state=state,
        )
    )


@upkeep_zalo.get("/consent/answer")
@access(Permission.MANAGE_NODE)
def show_consent() -> ResponseReturnValue:
    """What Zalo's page answered; nothing is done with it before a button is pressed."""
    office = _office()
    problem = request.args.get("error", "")[:40]
    try:
        if problem:
            raise ConsentRefused(problem=problem)
        read_answer(_asked(), _answered(request.args), office.account.oa_id, _now())
    except REFUSALS as refusal:
        flash(sentence(refusal.code, refusal.params))
        return redirect(url_for("upkeep_zalo.show_account"))
    return render_template("upkeep/show_consent.html", answered=_answered(request.args))


@upkeep_zalo.post("/consent")
@access(Permission.MANAGE_NODE)
def keep_consent() -> ResponseReturnValue:
    """Trade the code for a pair of tokens, which is kept and never shown."""
    office, asked, answered = _office(), _asked(), _answered(request.form)
    session.pop(ASKED, None)
    try:
        _keep_traded(office, asked, answered)
    except (*REFUSALS, NoToken) as refusal:
        flash(sentence(refusal.code, refusal.params))
    except ChannelError as problem:
        log.warning("Zalo gave no tokens for a consent: %s", problem)
        refused = ConsentRefused(problem=problem.detail or problem.code or "–")
        flash(sentence(refused.code, refused.params))
    else:
        flash(_("Zalo đã cấp quyền gửi. Mã được lưu kín, không hiện ở đâu."))
    return redirect(url_for("upkeep_zalo.show_account"))


def _keep_traded(office: ZaloOffice, asked: Asked | None, answered: Answered) -> None:
    oa_id = office.account.oa_id
    proved = read_answer(asked, answered, oa_id, _now())
    pair = office.trade_code(answered.code)
    check_owner(office.ask_whose(pair.access), oa_id, proved=proved)
    actor, now = current_actor(), _now()

    def work(session: Session) -> None:
        keep_grant(
            session,
            ZALO,
            pair.access,
            pair.refresh,
            channels=TOGETHER,
            actor=actor,
            now=now,
            lasts=pair.lasts,
        )

    transact(work)


def _asked() -> Asked | None:
    match session.get(ASKED):
        case [str(state), str(at)]:
            return Asked(state, datetime.fromisoformat(at))
        case _:
            return None


def _answered(given: Mapping[str, str]) -> Answered:
    names = ("code", "oa_id", "state")
    return Answered(*(given.get(name, "")[: LONGEST_CODE + 1] for name in names))


def _leads_back(office: ZaloOffice) -> bool:
    """Whether Zalo's page can lead back here: by TLS, or where it is a peer on this machine."""
    root = urlsplit(office.account.oauth_url)
    return urlsplit(_callback()).scheme == "https" or root.hostname in LOCAL_HOSTS


def _callback() -> str:
    return url_for("upkeep_zalo.show_consent", _external=True)


@upkeep_zalo.post("/templates")
@access(Permission.MANAGE_NODE)
def refresh_templates() -> ResponseReturnValue:
    """Ask Zalo which templates there are and whether they may be sent."""
    office = _office()
    make_ready(current_app.extensions["channels"], _now)
    problem = learn_templates(office, _now())
    if problem:
        words = code_text(TOGETHER[-1], problem)
        told = _("Zalo không trả lời danh sách mẫu (mã %(code)s).", code=problem)
        flash(f"{told} {words}".strip())
    else:
        flash(_("Đã cập nhật danh sách mẫu."))
    return redirect(url_for("upkeep_zalo.show_account"))


def _templates(office: ZaloOffice, facts: GrantFacts | None) -> list[ShownTemplate]:
    """The templates of the settings first, then the others that Zalo told of."""
    used: dict[str, list[str]] = {}
    for lane in Lane:
        if lane in office.account.templates:
            used.setdefault(office.account.templates[lane].id, []).append(lane_text(lane))
    known = {each["id"]: each for each in facts.templates} if facts else {}
    shown = []
    for key in [*used, *(key for key in known if key not in used)]:
        state = known[key]["state"] if key in known else ""
        name = known[key]["name"] if key in known else ""
        lanes = tuple(used.get(key, ()))
        shown.append(ShownTemplate(key, name, template_text(state), state == "ENABLE", lanes))
    return shown


def _code(address: str) -> Any:
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=2)


def _problem(facts: GrantFacts | None) -> str:
    return code_text(TOGETHER[0], facts.grant.problem) if facts and facts.grant.problem else ""


def _office() -> ZaloOffice:
    office = office_of(current_app.extensions["channels"])
    if office is None:
        raise NotFound
    return office


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"].now()
    return now
