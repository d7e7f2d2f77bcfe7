"""How far a notice came: figures for an open page, the people by name, and the same on paper."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.queries.branches import get_branch
from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.canonical import digest
from app.kernel.refusals import NotAllowed, NotFound
from app.notices.queries.audience import audience_of, list_people
from app.notices.queries.progress import count_progress, count_units, list_progress
from app.notices.queries.records import find_received
from app.notices.rules.progress import Progress, Reached, seconds_left
from app.notices.rules.states import NoticeState
from app.notices.rules.wording import Wording
from app.notices.views.frame import (
    Look,
    clock_now,
    companies_answered_for,
    look_at,
    notice_pages,
)
from app.notices.views.previews import previews_of
from app.web.access import access
from app.web.filters import clock, number
from app.web.language import current_language
from app.web.pagination import page_from_args
from app.web.present import today

if TYPE_CHECKING:
    from app.notices.models import Notice

# Everybody who looks at one notice shares what was counted a moment ago.
SHARED_FOR = timedelta(milliseconds=900)
MOST_KEPT = 50
ON_PAPER = 5000


@dataclass(frozen=True, slots=True)
class Counted:
    """Figures of a notice as they stood at a moment."""

    at: datetime
    touched: int
    progress: Progress


def told_progress(notice: "Notice", now: datetime) -> Progress:
    """The figures of a notice, counted at most about once a second."""
    kept: dict[str, Counted] = current_app.extensions.setdefault("notice_figures", {})
    found = kept.get(notice.id)
    fresh = found is not None and timedelta() < now - found.at < SHARED_FOR
    if found is not None and fresh and found.touched == notice.touched:
        return found.progress
    progress = count_progress(db.session(), notice)
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[notice.id] = Counted(now, notice.touched, progress)
    return progress


@notice_pages.get("/<notice_id>/live")
@access(Permission.SEND_NOTICES, of="notice_id")
def show_live(notice_id: str) -> Response:
    """State and figures as JSON; 304 where the page shows these already."""
    look, now = look_at(notice_id), clock_now()
    progress = told_progress(look.notice, now)
    figures = {**asdict(progress), "left": progress.left, "reached": progress.reached}
    mark = digest({"state": look.state, "touched": look.notice.touched, **figures})[:24]
    shown = request.if_none_match.contains_weak(mark)
    answer = make_response("", 304) if shown else jsonify(_told(look, figures, now))
    answer.set_etag(mark)
    return answer


def _told(look: Look, figures: dict[str, int], now: datetime) -> dict[str, Any]:
    language = current_language()
    sends_at = look.notice.sends_at
    return {
        "state": look.state,
        "touched": look.notice.touched,
        "figures": figures,
        "texts": {name: number(count, language) for name, count in figures.items()},
        "seconds": seconds_left(sends_at, now) if sends_at else 0,
        "as_of": clock(now, current_app.config["SETTINGS"].timezone),
    }


@notice_pages.get("/<notice_id>/people")
@access(Permission.SEND_NOTICES, of="notice_id")
def show_people(notice_id: str) -> ResponseReturnValue:
    """Who it is for, or how far it came to each: only for who may see the names."""
    look = look_at(notice_id)
    if not look.named:
        raise NotAllowed
    asked, wanted = page_from_args(request.args), _wanted()
    if look.notice.message_id is None:
        rows, total = list_people(
            db.session(),
            audience_of(db.session(), look.notice),
            today(),
            clock_now(),
            company_ids=look.named,
            limit=asked.limit,
            offset=asked.offset,
        )
        return render_template(
            "notices/list_people.html", look=look, page=asked.page(rows, total), sent=False
        )
    found, total = list_progress(
        db.session(),
        look.notice,
        wanted,
        company_ids=look.named,
        limit=asked.limit,
        offset=asked.offset,
    )
    return render_template(
        "notices/list_people.html",
        look=look,
        page=asked.page(found, total),
        sent=True,
        wanted=request.args.get("reached", ""),
        progress=told_progress(look.notice, clock_now()),
    )


def _wanted() -> tuple[Reached, ...]:
    asked = request.args.get("reached", "")
    if asked == "got":
        return (Reached.READ, Reached.DELIVERED, Reached.SENT)
    if asked == "unread":
        return tuple(each for each in Reached if each is not Reached.READ)
    return (Reached(asked),) if asked in set(Reached) else ()


@notice_pages.get("/<notice_id>/print")
@access(Permission.SEND_NOTICES, of="notice_id")
def print_notice(notice_id: str) -> ResponseReturnValue:
    """Who got it: by name where the visitor may see names, in figures by unit for all."""
    look = look_at(notice_id)
    notice, now = look.notice, clock_now()
    people: list[Any] = []
    total = 0
    if look.named and notice.message_id is not None:
        people, total = list_progress(
            db.session(),
            notice,
            (Reached.READ, Reached.DELIVERED, Reached.SENT),
            company_ids=look.named,
            limit=ON_PAPER,
            offset=0,
        )
    return render_template(
        "notices/print_notice.html",
        look=look,
        notice=notice,
        progress=told_progress(notice, now),
        previews=previews_of(Wording(notice.titles, notice.texts), look.owner, today()),
        units=count_units(db.session(), notice) if notice.message_id else [],
        people=people,
        total=total,
        now=now,
    )


@notice_pages.get("/received/<received_id>")
@access(Permission.SEND_NOTICES)
def show_received(received_id: str) -> ResponseReturnValue:
    """What the park sent to people of the visitor's own company: who of them has read it."""
    companies = companies_answered_for()
    notice = find_received(db.session(), received_id, companies)
    if notice is None or not companies:
        raise NotFound
    asked = page_from_args(request.args)
    rows, total = list_progress(
        db.session(),
        notice,
        _wanted(),
        company_ids=companies,
        limit=asked.limit,
        offset=asked.offset,
    )
    owner = get_branch(db.session(), notice.branch_id)
    return render_template(
        "notices/show_received.html",
        notice=notice,
        state=NoticeState(notice.state),
        units=count_units(db.session(), notice, companies),
        previews=previews_of(Wording(notice.titles, notice.texts), owner, today()),
        page=asked.page(rows, total),
        wanted=request.args.get("reached", ""),
    )
