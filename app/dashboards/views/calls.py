"""Reminding by hand those who have not answered, and the list of whom to call."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.checkins.queries.duties import DutyRow, count_standing, list_people, list_standing
from app.dashboards.queries.today import NOT_ANSWERED, Figures
from app.dashboards.views.today import (
    Place,
    address_of,
    asked_unit,
    contacts_of,
    keep_view,
    look,
    told_of,
)
from app.extensions import db
from app.kernel.refusals import NotFound
from app.reminders.actions.nudging import Nudge, Nudged, nudge_chunk, take_nudge_back
from app.reminders.queries.nudging import (
    count_reach,
    find_last_nudge,
    find_nudges,
    told,
    unreachable,
)
from app.reminders.rules.nudging import NobodyToNudge, Slot
from app.settings import Settings
from app.web.access import access, current_actor
from app.web.pagination import PageRequest, page_from_args
from app.web.transaction import transact
from app.workforce.queries.units import Unit

calls_pages = Blueprint("calls", __name__)
STANDING, UNREACHABLE, TOLD = "standing", "unreachable", "told"


@calls_pages.get("/today/calls")
@access(Permission.ANSWER_FOR_OTHERS)
def show_calls() -> ResponseReturnValue:
    unit = asked_unit()
    place, figures, now = look((unit.path,) if unit else ())
    paths = (unit.path,) if unit else place.paths
    nudges = find_nudges(db.session(), place.company.id, figures.open_slots)
    reach = count_reach(db.session(), paths, nudges, now=now)
    counts = {
        STANDING: sum(count_standing(db.session(), paths).values()),
        UNREACHABLE: reach.without_app,
        TOLD: reach.told,
    }
    wanted = request.args.get("list", "")
    chosen = wanted if wanted in counts else next((name for name in counts if counts[name]), TOLD)
    asked = page_from_args(request.args).bounded(counts[chosen])
    rows = _rows(chosen, paths, figures, nudges, asked, now)
    page = render_template(
        "dashboards/show_calls.html",
        place_shown=place,
        unit=unit,
        figures=figures,
        reach=reach,
        last_nudge=find_last_nudge(db.session(), nudges),
        chosen=chosen,
        lists=_lists(place, figures, unit, counts, chosen),
        page=asked.page(rows, counts[chosen]),
        contacts=contacts_of(rows, now),
        own=address_of(place, figures),
        now=now,
        **told_of(place, rows if chosen == STANDING else []),
    )
    keep_view("calls", place, rows, now)
    return page


def _rows(
    chosen: str,
    paths: Sequence[str],
    figures: Figures,
    nudges: dict[Slot, str],
    asked: PageRequest,
    now: datetime,
) -> Sequence[DutyRow]:
    span = {"limit": asked.limit, "offset": asked.offset}
    if chosen == STANDING:
        return list_standing(db.session(), paths, **span)
    only = unreachable(nudges, now) if chosen == UNREACHABLE else told(nudges)
    return list_people(db.session(), paths, figures.open_slots, NOT_ANSWERED, only=only, **span)


def _lists(
    place: Place, figures: Figures, unit: Unit | None, counts: dict[str, int], chosen: str
) -> list[dict[str, Any]]:
    own = address_of(place, figures) | ({"unit": unit.id} if unit else {})
    words = {
        STANDING: _("Nguy cơ, Theo dõi"),
        UNREACHABLE: _("Tin nhắn không tới"),
        TOLD: _("Có lời nhắc, chưa khai báo"),
    }
    return [
        {
            "href": url_for("calls.show_calls", list=name, **own),
            "text": words[name],
            "count": count,
            "current": name == chosen,
        }
        for name, count in counts.items()
    ]


@calls_pages.post("/today/nudge")
@access(Permission.ANSWER_FOR_OTHERS)
def nudge_people() -> ResponseReturnValue:
    unit = asked_unit()
    place, figures, now = look((unit.path,) if unit else ())
    paths = (unit.path,) if unit else place.paths
    people: set[str] = set()
    messages = []
    for slot in figures.open_slots:
        nudge = Nudge(place.company.id, paths, slot)
        told_now, message_id = _nudge(nudge, now)
        people |= told_now
        messages += [message_id] if told_now else []
    if not people:
        raise NobodyToNudge
    own = address_of(place, figures)
    undo = url_for("calls.take_back_nudge", message=messages, at=now.isoformat(), **own)
    text = ngettext(
        "Sẽ nhắc %(num)d người sau ít giây.", "Sẽ nhắc %(num)d người sau ít giây.", len(people)
    )
    flash({"text": text, "undo_url": undo})  # type: ignore[arg-type]
    return redirect(_back_to(own, unit))


def _nudge(nudge: Nudge, now: datetime) -> tuple[set[str], str]:
    settings: Settings = current_app.config["SETTINGS"]
    actor, people = current_actor(), set[str]()
    cursor: str | None = None
    while True:

        def work(session: Session, after: str | None = cursor) -> Nudged:
            return nudge_chunk(session, nudge, after=after, settings=settings, actor=actor, now=now)

        chunk = transact(work)
        people |= chunk.people
        cursor = chunk.cursor
        if cursor is None:
            return people, chunk.message_id


def _back_to(own: dict[str, Any], unit: Unit | None) -> str:
    if unit is not None:
        return url_for("calls.show_calls", unit=unit.id, **own)
    return url_for("today.show_today", **own)


@calls_pages.post("/today/nudge/undo")
@access(Permission.ANSWER_FOR_OTHERS)
def take_back_nudge() -> ResponseReturnValue:
    place, figures, now = look()
    actor, messages, at = current_actor(), request.args.getlist("message")[:10], _moment_asked()

    def work(session: Session) -> tuple[int, int]:
        return take_nudge_back(session, messages, at, actor=actor, now=now)

    kept, sent = transact(work)
    if sent:
        flash(_("Đã dừng %(kept)s lời nhắc; %(sent)s lời nhắc đã gửi.", kept=kept, sent=sent))
    else:
        flash(_("Đã dừng. Không ai được nhắc."))
    return redirect(url_for("today.show_today", **address_of(place, figures)))


def _moment_asked() -> datetime:
    """When what is to be taken back was done."""
    try:
        at = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError:
        raise NotFound from None
    if at.tzinfo is None:
        raise NotFound
    return at
