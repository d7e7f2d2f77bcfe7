"""Publishing, correcting, withdrawing and throwing away; the address of the closed channel."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.bulletins.actions.drafting import discard_draft
from app.bulletins.actions.links import renew_link
from app.bulletins.actions.publishing import publish_bulletin, withdraw_bulletin
from app.bulletins.forms import ReasonForm
from app.bulletins.rules.bulletins import Channel
from app.bulletins.views.desk import PUBLISH, bulletin_page, desk_page, desk_pages, row_of
from app.kernel.refusals import Refusal
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact


def _act(bulletin_id: str, act: Callable[..., Any], done: str) -> ResponseReturnValue:
    """Do what a button of the page asks, or say on the page why not; what was typed stays."""
    actor, now, form = current_actor(), current_app.extensions["clock"].now(), ReasonForm()
    row_of(bulletin_id)
    if not form.validate_on_submit():
        return bulletin_page(bulletin_id, form=form, problem=_("Nhiều nhất 500 ký tự"), status=422)
    reason, seen = form.reason.data or "", form.version

    def work(session: Session) -> None:
        act(session, bulletin_id, reason=reason, seen=seen, actor=actor, now=now)

    try:
        transact(work)
    except Refusal as refusal:
        told = sentence(refusal.code, refusal.params)
        return bulletin_page(bulletin_id, form=form, problem=told, status=refusal.status)
    flash(done)
    return redirect(url_for("bulletins.show_bulletin", bulletin_id=bulletin_id))


@desk_pages.post("/<bulletin_id>/publish")
@access(PUBLISH, of="bulletin_id")
def publish_one(bulletin_id: str) -> ResponseReturnValue:
    return _act(
        bulletin_id, publish_bulletin, _("Đã công bố. Các khu nhận bản tin khi liên lạc với tỉnh.")
    )


@desk_pages.post("/<bulletin_id>/withdraw")
@access(PUBLISH, of="bulletin_id")
def withdraw_one(bulletin_id: str) -> ResponseReturnValue:
    return _act(bulletin_id, withdraw_bulletin, _("Đã thu hồi bản tin."))


@desk_pages.post("/<bulletin_id>/discard")
@access(PUBLISH, of="bulletin_id")
def discard_one(bulletin_id: str) -> ResponseReturnValue:
    actor, now, form = current_actor(), current_app.extensions["clock"].now(), ReasonForm()
    seen = form.version

    def work(session: Session) -> None:
        discard_draft(session, bulletin_id, seen=seen, actor=actor, now=now)

    try:
        transact(work)
    except Refusal as refusal:
        told = sentence(refusal.code, refusal.params)
        return bulletin_page(bulletin_id, form=form, problem=told, status=refusal.status)
    flash(_("Đã bỏ bản nháp."))
    return redirect(url_for("bulletins.list_bulletins"))


@desk_pages.post("/channel-link")
@access(PUBLISH)
def renew_channel_link() -> ResponseReturnValue:
    """A new address; it stands on this page only, for only its hash is kept."""
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> str:
        return renew_link(session, Channel.PUBLIC_SERVICE, actor=actor, now=now)

    key = transact(work)
    return desk_page(link=url_for("bulletin_board.show_channel", channel_key=key, _external=True))
