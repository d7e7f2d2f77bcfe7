"""One piece of feedback: its page, and what is done with it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.audit.actions import record_health_view
from app.extensions import db
from app.feedback.actions import working
from app.feedback.queries.inbox import list_heads, list_same
from app.feedback.queries.notes import (
    EntryShown,
    NoteShown,
    find_note,
    get_photo,
    list_entries,
    list_handlers,
)
from app.feedback.rules.notes import LONGEST_TEXT, level_above
from app.feedback.rules.states import UNDOABLE, FeedbackAct, is_allowed
from app.feedback.views.frame import feedback_pages, look_at, own_reach
from app.kernel.actors import Actor
from app.kernel.refusals import NotFound, Refusal
from app.web.access import access, current_actor
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact

Deed = Callable[[Session, str, int, Actor, datetime], None]


@feedback_pages.get("/feedback/<feedback_id>")
@access(Permission.HANDLE_FEEDBACK, of="feedback_id")
def show_note(feedback_id: str) -> ResponseReturnValue:
    return _page(look_at(feedback_id))


def _page(
    note: NoteShown, status: int = 200, *, refusal: str = "", typed: dict[str, str] | None = None
) -> ResponseReturnValue:
    reach, actor = own_reach(), current_actor()
    holds = reach.holds(note.path, note.level)
    entries = list_entries(db.session(), note.id)
    page = render_template(
        "feedback/show_note.html",
        note=note,
        entries=entries,
        named=reach.knows_name(note.path),
        knows_caller=holds and not _was_passed_on(entries),
        holds=holds,
        can={act.value: holds and is_allowed(note.state, act) for act in FeedbackAct},
        above=level_above(note.level),
        may_undo=_may_undo(note, entries),
        handlers=list_handlers(db.session(), note.path, note.level) if holds else (),
        heads=list_heads(db.session(), reach, note.id) if holds else (),
        head=find_note(db.session(), note.same_as) if note.same_as else None,
        same=list_same(db.session(), note.id),
        refusal=refusal,
        typed=typed or {},
        longest=LONGEST_TEXT,
        today=today(),
    )
    _keep_look(note, actor, holds=holds, named=reach.knows_name(note.path))
    return page, status


def _was_passed_on(entries: list[EntryShown]) -> bool:
    """Whoever took a call knows who called; those it was passed on to do not."""
    return any(each.act is FeedbackAct.HAND_ON and not each.undone for each in entries)


def _may_undo(note: NoteShown, entries: list[EntryShown]) -> bool:
    if not entries or note.sent_seq is not None:
        return False
    last = entries[-1]
    return (
        last.act in UNDOABLE and not last.undone and last.account_id == current_actor().account_id
    )


def _keep_look(note: NoteShown, actor: Actor, *, holds: bool, named: bool) -> None:
    """The day of the first look; and, where there is a name, who has read it."""
    now = current_app.extensions["clock"].now()
    shown = [note.worker_id] if named and note.worker_id else []
    first = holds and note.looked_on is None
    if not (first or shown):
        return
    feedback_id, company_id = note.id, note.company_id

    def work(session: Session) -> None:
        if first:
            working.note_looked(session, feedback_id, now=now)
        if shown:
            record_health_view(
                session, "feedback", shown, company_id=company_id, actor=actor, now=now
            )

    transact(work)


@feedback_pages.get("/feedback/<feedback_id>/photo")
@access(Permission.HANDLE_FEEDBACK, of="feedback_id")
def show_photo(feedback_id: str) -> ResponseReturnValue:
    content = get_photo(db.session(), look_at(feedback_id).id)
    if content is None:
        abort(404)
    return Response(content, mimetype="image/jpeg")


def _done(feedback_id: str, deed: Deed, told: str) -> ResponseReturnValue:
    """Do it as it was seen; a refusal keeps what was typed."""
    note, actor = look_at(feedback_id), current_actor()
    now = current_app.extensions["clock"].now()
    seen = request.form.get("seen", "", type=str)
    version = int(seen) if seen.isdecimal() and len(seen) < 9 else -1

    def work(session: Session) -> None:
        deed(session, feedback_id, version, actor, now)

    try:
        transact(work)
    except NotFound:
        raise
    except Refusal as refusal:
        typed: dict[str, Any] = request.form.to_dict()
        return _page(
            look_at(note.id),
            refusal.status,
            refusal=sentence(refusal.code, refusal.params),
            typed={key: str(value) for key, value in typed.items()},
        )
    flash(told)
    return redirect(url_for("feedback.show_note", feedback_id=feedback_id))


@feedback_pages.post("/feedback/<feedback_id>/take-up")
@access(Permission.HANDLE_FEEDBACK, of="feedback_id")
def take_one_up(feedback_id: str) -> ResponseReturnValue:
    def deed(session: Session, note: str, seen: int, actor: Actor, now: datetime) -> None:
        working.take_up(session, note, seen=seen, actor=actor, now=now)

    return _done(feedback_id, deed, _("Bạn đang giữ phản ánh này"))


@feedback_pages.post("/feedback/<feedback_id>/assign")
@access(Permission.HANDLE_FEEDBACK, of="feedback_id")
def assign_one(feedback_id: str) -> ResponseReturnValue:
    owner = request.form.get("owner", "")

    def deed(session: Session, note: str, seen: int, actor: Actor, now: datetime) -> None:
        working.assign_to(session, note, owner, seen=seen, actor=actor, now=now)

    return _done(feedback_id, deed, _("Đã giao phản ánh"))


@feedback_pages.post("/feedback/<feedback_id>/pass-on")
@access(Permission.HANDLE_FEEDBACK, of="feedback_id")
def pass_one_on(feedback_id: str) -> ResponseReturnValue:
    reason = request.form.get("reason", "")

    def deed(session: Session, note: str, seen: int, actor: Actor, now: datetime) -> None:
        working.pass_on(session, note, reason, seen=seen, actor=actor, now=now)

    return _done(feedback_id, deed, _("Đã chuyển phản ánh lên"))


@feedback_pages.post("/feedback/<feedback_id>/answer")
@access(Permission.HANDLE_FEEDBACK, of="feedback_id")
def answer_one(feedback_id: str) -> ResponseReturnValue:
    words = request.form.get("answer", "")

    def deed(session: Session, note: str, seen: int, actor: Actor, now: datetime) -> None:
        working.answer(session, note, words, seen=seen, actor=actor, now=now)

    return _done(feedback_id, deed, _("Đã trả lời phản ánh"))


@feedback_pages.post("/feedback/<feedback_id>/join")
@access(Permission.HANDLE_FEEDBACK, of="feedback_id")
def join_one(feedback_id: str) -> ResponseReturnValue:
    head = request.form.get("head", "")

    def deed(session: Session, note: str, seen: int, actor: Actor, now: datetime) -> None:
        working.join_same(session, note, head, seen=seen, actor=actor, now=now)

    return _done(feedback_id, deed, _("Đã gộp hai phản ánh"))


@feedback_pages.post("/feedback/<feedback_id>/part")
@access(Permission.HANDLE_FEEDBACK, of="feedback_id")
def part_one(feedback_id: str) -> ResponseReturnValue:
    def deed(session: Session, note: str, seen: int, actor: Actor, now: datetime) -> None:
        working.part(session, note, seen=seen, actor=actor, now=now)

    return _done(feedback_id, deed, _("Đã tách phản ánh"))


@feedback_pages.post("/feedback/<feedback_id>/close")
@access(Permission.HANDLE_FEEDBACK, of="feedback_id")
def close_one(feedback_id: str) -> ResponseReturnValue:
    why = request.form.get("why", "")

    def deed(session: Session, note: str, seen: int, actor: Actor, now: datetime) -> None:
        working.close(session, note, why, seen=seen, actor=actor, now=now)

    return _done(feedback_id, deed, _("Đã đóng phản ánh"))


@feedback_pages.post("/feedback/<feedback_id>/reopen")
@access(Permission.HANDLE_FEEDBACK, of="feedback_id")
def reopen_one(feedback_id: str) -> ResponseReturnValue:
    why = request.form.get("why", "")

    def deed(session: Session, note: str, seen: int, actor: Actor, now: datetime) -> None:
        working.reopen(session, note, why, seen=seen, actor=actor, now=now)

    return _done(feedback_id, deed, _("Đã mở lại phản ánh"))


@feedback_pages.post("/feedback/<feedback_id>/undo")
@access(Permission.HANDLE_FEEDBACK, of="feedback_id")
def undo_one(feedback_id: str) -> ResponseReturnValue:
    def deed(session: Session, note: str, seen: int, actor: Actor, now: datetime) -> None:
        working.undo_last(session, note, seen=seen, actor=actor, now=now)

    return _done(feedback_id, deed, _("Đã rút lại việc vừa làm"))
