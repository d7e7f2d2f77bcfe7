"""Messages without a phone: told in person and ticked off, printed by line, read aloud, copied."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.rules import Permission, branches_for
from app.delivery.rules.messages import in_language
from app.extensions import db
from app.kernel.refusals import NotFound
from app.notices.actions.telling import tell_in_person, untell
from app.notices.gateways.voice import has_voice, speak
from app.notices.queries.days import list_day_sheets
from app.notices.queries.outlets import words_for_all
from app.notices.queries.telling import (
    MOST_PEOPLE,
    Said,
    find_said,
    list_hearers,
    list_said,
    list_units,
)
from app.notices.rules.aloud import Script, script_of
from app.notices.rules.chat import chat_text
from app.notices.rules.outlets import for_everybody
from app.web.access import access, current_actor
from app.web.filters import moment
from app.web.headers import POLICY
from app.web.language import current_language
from app.web.present import today
from app.web.transaction import transact

paper_pages = Blueprint("paper", __name__, url_prefix="/paper")
# The page with a sound plays it; no other page plays anything.
SOUND_POLICY = f"{POLICY}; media-src 'self'"
# In the language of the text, whatever the visitor reads.
CHAT_WORDS = {
    "vi": ("Có hiệu lực đến {}.", "Xem trong An Ca: {}"),
    "en": ("Holds until {}.", "In An Ca: {}"),
}
TELLING = Permission.ANSWER_FOR_OTHERS
Tell = Callable[..., int]


def _reach(permission: Permission) -> tuple[str, ...]:
    return branches_for(current_actor(), permission)


def _said(message_id: str, permission: Permission) -> Said:
    """The message, when somebody within the visitor's reach is to hear it."""
    found = find_said(db.session(), message_id, _reach(permission))
    if found is None:
        raise NotFound
    return found


@paper_pages.get("")
@access(TELLING)
def list_paper() -> ResponseReturnValue:
    now = current_app.extensions["clock"].now()
    return render_template(
        "notices/list_paper.html",
        rows=list_said(db.session(), _reach(TELLING), now),
        told=_in_own_words,
        today=today(),
        may_speak=bool(_reach(Permission.SEND_NOTICES)),
    )


def _in_own_words(said: Said) -> dict[str, str]:
    """Title and text in the visitor's language, as everybody may hear it."""
    language, words = current_language(), words_for_all(db.session(), today())
    return {
        "title": in_language(for_everybody(said.titles, words), language),
        "text": in_language(for_everybody(said.texts, words), language),
    }


def _unit_asked() -> int | None:
    asked = request.values.get("unit", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None


@paper_pages.get("/<message_id>")
@access(TELLING)
def show_paper(message_id: str) -> ResponseReturnValue:
    said, session = _said(message_id, TELLING), db.session()
    units = list_units(session, message_id, _reach(TELLING))
    asked = _unit_asked() or (units[0].id if len(units) == 1 else None)
    unit = next((each for each in units if each.id == asked), None)
    people = (
        list_hearers(session, message_id, _reach(TELLING), unit.id, today(), in_person=True)
        if unit
        else []
    )
    return render_template(
        "notices/show_paper.html",
        said=said,
        holds=said.holds(current_app.extensions["clock"].now()),
        words=_in_own_words(said),
        units=units,
        unit=unit,
        people=people,
        may_speak=bool(_reach(Permission.SEND_NOTICES)),
    )


@paper_pages.post("/<message_id>/told")
@access(TELLING)
def tell_people(message_id: str) -> ResponseReturnValue:
    def told(count: int) -> str:
        return str(
            ngettext(
                "Đã ghi: báo tận nơi %(num)d người", "Đã ghi: báo tận nơi %(num)d người", count
            )
        )

    return _tick(message_id, tell_in_person, told)


@paper_pages.post("/<message_id>/untold")
@access(TELLING)
def untell_people(message_id: str) -> ResponseReturnValue:
    def told(count: int) -> str:
        return str(ngettext("Đã bỏ dấu %(num)d người", "Đã bỏ dấu %(num)d người", count))

    return _tick(message_id, untell, told)


def _tick(message_id: str, tell: Tell, told: Callable[[int], str]) -> ResponseReturnValue:
    """Tick one person or a whole line off, or take that back."""
    _said(message_id, TELLING)
    unit_id, paths = _unit_asked(), _reach(TELLING)
    ids = request.form.getlist("person")
    if request.form.get("all") and unit_id is not None:
        rows = list_hearers(db.session(), message_id, paths, unit_id, today(), in_person=True)
        ids = [each.worker_id for each in rows]
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> int:
        return tell(session, message_id, ids, paths, actor=actor, now=now)

    count = transact(work) if ids else 0
    flash(told(count) if count else _("Không có gì thay đổi"))
    return redirect(url_for("paper.show_paper", message_id=message_id, unit=unit_id))


@paper_pages.get("/<message_id>/sheet")
@access(TELLING)
def print_sheet(message_id: str) -> ResponseReturnValue:
    said = _said(message_id, TELLING)
    people = list_hearers(db.session(), message_id, _reach(TELLING), _unit_asked(), today())
    sheets: dict[tuple[int, str, str], list[Any]] = {}
    for each in people:
        sheets.setdefault((each.unit_id, each.unit, each.shift), []).append(each)
    return render_template(
        "notices/print_sheet.html",
        said=said,
        holds=said.holds(current_app.extensions["clock"].now()),
        words=_in_own_words(said),
        sheets=sorted(sheets.items(), key=lambda each: (each[0][1], each[0][2])),
        cut=len(people) >= MOST_PEOPLE,
        most=MOST_PEOPLE,
        printed_at=current_app.extensions["clock"].now(),
    )


@paper_pages.get("/day")
@access(TELLING)
def print_day() -> ResponseReturnValue:
    on = _day_asked()
    zone = current_app.config["SETTINGS"].timezone
    sheets = list_day_sheets(
        db.session(), _reach(TELLING), _unit_asked(), on, current_language(), zone
    )
    return render_template(
        "notices/print_day.html",
        sheets=sheets,
        on=on,
        today=today(),
        tomorrow=today() + timedelta(days=1),
        cut=sum(len(each.people) for each in sheets) >= MOST_PEOPLE,
        most=MOST_PEOPLE,
        printed_at=current_app.extensions["clock"].now(),
    )


def _day_asked() -> date:
    """Today, or the day asked for within a week of it."""
    try:
        asked = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return today()
    return asked if abs(asked - today()) <= timedelta(days=7) else today()


def _scripts(said: Said) -> dict[str, Script]:
    words = words_for_all(db.session(), today())
    titles, texts = for_everybody(said.titles, words), for_everybody(said.texts, words)
    sender = said.sender or current_app.config["SETTINGS"].name
    return {
        language: script_of(titles.get(language, ""), text, sender, language)
        for language, text in texts.items()
    }


@paper_pages.get("/<message_id>/aloud")
@access(Permission.SEND_NOTICES)
def show_aloud(message_id: str) -> ResponseReturnValue:
    said = _said(message_id, Permission.SEND_NOTICES)
    page = Response(
        render_template(
            "notices/show_aloud.html",
            said=said,
            holds=said.holds(current_app.extensions["clock"].now()),
            words=_in_own_words(said),
            scripts=_scripts(said),
            chats=_chats(said),
            has_voice=has_voice(),
        )
    )
    page.headers["Content-Security-Policy"] = SOUND_POLICY
    return page


def _chats(said: Said) -> dict[str, str]:
    """What is copied into a chat group, by language."""
    zone = current_app.config["SETTINGS"].timezone
    words, link = words_for_all(db.session(), today()), url_for("shells.show_inbox", _external=True)
    titles, texts = for_everybody(said.titles, words), for_everybody(said.texts, words)
    ends = moment(said.expires_at, zone, today=date.min)
    return {
        language: chat_text(
            titles.get(language, ""),
            text,
            CHAT_WORDS.get(language, CHAT_WORDS["vi"])[0].format(ends),
            CHAT_WORDS.get(language, CHAT_WORDS["vi"])[1].format(link),
            said.sender,
        )
        for language, text in texts.items()
    }


@paper_pages.get("/<message_id>/aloud.wav")
@access(Permission.SEND_NOTICES)
def make_sound(message_id: str) -> ResponseReturnValue:
    scripts = _scripts(_said(message_id, Permission.SEND_NOTICES))
    language = request.args.get("voice", "vi")  # ?lang= would change the visitor's own language
    script = scripts.get(language) or next(iter(scripts.values()))
    sound = Response(speak(script.lines, language), mimetype="audio/wav")
    name = f"thong-bao-{message_id[-8:]}-{language if language in scripts else 'vi'}.wav"
    how = "attachment" if "download" in request.args else "inline"
    sound.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return sound
