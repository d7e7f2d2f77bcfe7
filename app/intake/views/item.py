"""One item: its page, and the one address to which every act on it is sent."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.checkins.queries.rule_sets import signs_told
from app.extensions import db
from app.intake.actions import working
from app.intake.queries.items import (
    VIEWED,
    EntryShown,
    ItemShown,
    find_item,
    list_entries,
    list_looks,
    list_staff,
)
from app.intake.rules.items import LONGEST_TEXT
from app.intake.rules.refusals import UnknownAct
from app.intake.rules.states import (
    CLOSED_AT_PARK,
    UNDOABLE,
    ItemAct,
    ItemKind,
    is_allowed,
)
from app.intake.views.frame import BOXES, WORDS
from app.kernel.actors import Actor
from app.kernel.refusals import NotFound, Refusal
from app.web.access import current_actor
from app.web.language import current_language
from app.web.sentences import sentence
from app.web.transaction import transact

Deed = Callable[[Session, str, int, Actor, datetime], None]
TOLD: Mapping[str, Any] = {
    "take": _("Bạn đang phụ trách mục này"),
    "assign": _("Đã giao"),
    "start": _("Đã bắt đầu xử lý"),
    "note": _("Đã ghi chú"),
    "answer": _("Đã trả lời khu. Câu trả lời chờ gửi trong nhật ký."),
    "close": _("Đã đóng"),
    "reopen": _("Đã mở lại"),
    "undo": _("Đã rút lại việc vừa làm"),
}


def show_one(kind: ItemKind, item_id: str) -> ResponseReturnValue:
    """The page of an item; of what names somebody each view is kept, with who and when."""
    return _page(_look_at(kind, item_id))


def do_one(kind: ItemKind, item_id: str) -> ResponseReturnValue:
    """Do what the form asks, as it was seen; a refusal keeps what was typed."""
    item, actor, act = _look_at(kind, item_id), current_actor(), request.form.get("act", "")
    now, words = current_app.extensions["clock"].now(), request.form.get(f"{act}_words", "")
    seen = request.form.get("seen", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 9 else -1
    deeds = _deeds(words, request.form.get("owner", ""))
    try:
        if act not in deeds:
            raise UnknownAct
        transact(lambda session: deeds[act](session, item.id, version, actor, now))
    except NotFound:
        raise
    except Refusal as refusal:
        told = sentence(refusal.code, refusal.params)
        typed = {key: str(value) for key, value in request.form.items()}
        return _page(_look_at(kind, item_id), refusal.status, refusal=told, typed=typed)
    flash(str(TOLD[act]))
    return redirect(url_for(f"{BOXES[kind]}.show_item", item_id=item_id))


def _deeds(words: str, owner: str) -> dict[str, Deed]:
    """What each act of a form does."""

    def said(deed: Callable[..., None], *told: str) -> Deed:
        def work(session: Session, item_id: str, seen: int, actor: Actor, now: datetime) -> None:
            deed(session, item_id, *told, seen=seen, actor=actor, now=now)

        return work

    return {
        "take": said(working.take),
        "assign": said(working.assign, owner, words),
        "start": said(working.start),
        "note": said(working.note, words),
        "answer": said(working.answer, words),
        "close": said(working.close, words),
        "reopen": said(working.reopen, words),
        "undo": said(working.undo_last),
    }


def _look_at(kind: ItemKind, item_id: str) -> ItemShown:
    item = find_item(db.session(), kind, item_id)
    if item is None:
        raise NotFound
    return item


def _page(
    item: ItemShown,
    status: int = 200,
    *,
    refusal: str = "",
    typed: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    is_case = item.kind is ItemKind.CASE
    entries = list_entries(db.session(), item.id)
    looks = list_looks(db.session(), item.id) if is_case else []
    transact(lambda session: _keep_look(session, item, actor, now))
    page = render_template(
        "intake/show_item.html",
        item=item,
        content=item.content or {},
        box=BOXES[item.kind],
        words=WORDS,
        days=_days(item),
        entries=entries,
        looks=looks,
        looking=actor.name,
        can={act.value: is_allowed(item.kind, item.state, act) for act in ItemAct},
        may_undo=_may_undo(entries, actor),
        staff=[each for each in list_staff(db.session()) if each[0] != item.owner_id],
        closed_at_park=item.park_state == CLOSED_AT_PARK and item.kind is ItemKind.FEEDBACK,
        longest=working.LONGEST_CASE_WORDS if is_case else LONGEST_TEXT,
        refusal=refusal,
        typed=typed or {},
        now=now,
    )
    return page, status


def _keep_look(session: Session, item: ItemShown, actor: Actor, now: datetime) -> None:
    if item.kind in VIEWED:
        working.note_view(session, item.id, item.kind, actor=actor, now=now)
    elif item.looked_on is None:
        working.note_look(session, item.id, now=now)


def _may_undo(entries: list[EntryShown], actor: Actor) -> bool:
    if not entries:
        return False
    last = entries[-1]
    return last.act in UNDOABLE and not last.undone and last.account_id == actor.account_id


def _days(item: ItemShown) -> list[dict[str, Any]]:
    """The days of follow-up as they were sent, newest first; a sign unknown here is not hidden."""
    language = current_language()
    told = []
    for each in reversed((item.content or {}).get("days", ())):
        signs = list(signs_told(each, language))
        unknown = len(each["symptoms"]) - len(signs)
        told.append({**each, "signs": signs, "unknown": max(unknown, 0)})
    return told
