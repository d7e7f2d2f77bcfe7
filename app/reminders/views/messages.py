"""/messages/<id>: how far one message came, each delivery of it, and what is unclear."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.rules import Permission, branches_for
from app.audit.actions import record_act
from app.delivery.actions.unclear import send_unclear_again, take_as_arrived
from app.delivery.registry import roads_of
from app.delivery.rules import Status
from app.delivery.rules.answers import masked_phone
from app.delivery.rules.messages import MessageKind, in_language
from app.extensions import db
from app.kernel.refusals import NotFound
from app.reminders.queries.ran import find_run_of
from app.reminders.queries.receivers import (
    MessageShown,
    find_delivery,
    get_message,
    list_receiver_rows,
    list_unclear,
)
from app.reminders.views.steps import steps_of
from app.reminders.views.words import CHANNELS, REASONS, STATUSES
from app.web.access import access, current_actor
from app.web.faults import fault_of_delivery
from app.web.language import current_language
from app.web.pagination import page_from_args
from app.web.transaction import transact

message_pages = Blueprint("messages", __name__, url_prefix="/messages")
CHUNK = 200
ANSWERED = "answered"
Decide = Callable[[Session, str, Sequence[str]], int]


@message_pages.get("/<message_id>")
@access(Permission.MANAGE_REMINDERS)
def show_message(message_id: str) -> ResponseReturnValue:
    paths = _reach()
    message = message_of(message_id, paths)
    wanted = request.args.get("status", "")
    asked = page_from_args(request.args)
    rows, total = list_receiver_rows(
        db.session(),
        message_id,
        paths,
        _statuses(wanted),
        limit=asked.limit,
        offset=asked.offset,
        answered=wanted == ANSWERED,
    )
    return render_template(
        "reminders/show_message.html",
        message=message,
        title=in_language(message.titles, current_language()),
        text=in_language(message.texts, current_language()),
        run=find_run_of(db.session(), message_id),
        page=asked.page(rows, total),
        wanted=wanted if _statuses(wanted) or wanted == ANSWERED else "",
        counts=_counted(message.counts),
        answered=ANSWERED,
        roads={name: dict(_counted(counts)) for name, counts in message.roads.items()},
        road_statuses=[each for each, _ in _counted(_together(message.roads.values()))],
        holds=message.holds(clock_now()),
        can_stop=message.is_own and message.kind == MessageKind.REMINDER and message.waiting > 0,
        statuses=STATUSES,
        channels=CHANNELS,
        reasons=REASONS,
    )


def clock_now() -> datetime:
    """The moment of this request."""
    now: datetime = current_app.extensions["clock"].now()
    return now


def _reach() -> Sequence[str]:
    """The branches whose people the visitor writes to; only these are named and counted."""
    return branches_for(current_actor(), Permission.MANAGE_REMINDERS)


def message_of(message_id: str, paths: Sequence[str] | None = None) -> MessageShown:
    """A message that the visitor may see, with its figures about their own people."""
    paths = _reach() if paths is None else paths
    message = get_message(db.session(), message_id, paths)
    if message is None:
        raise NotFound
    return message


def _together(roads: Iterable[Mapping[Status, int]]) -> Mapping[Status, int]:
    return {status: 1 for counts in roads for status in counts}


def _counted(counts: Mapping[Status, int]) -> list[tuple[Status, int]]:
    """Figures in the order of the words; what waits to be sent is one figure."""
    found = dict(counts)
    found[Status.QUEUED] = found.pop(Status.CREATED, 0) + found.get(Status.QUEUED, 0)
    return [(status, found[status]) for status in STATUSES if found.get(status)]


def _statuses(wanted: str) -> tuple[Status, ...]:
    if wanted == Status.QUEUED:
        return (Status.CREATED, Status.QUEUED)
    return (Status(wanted),) if wanted in set(Status) else ()


@message_pages.get("/<message_id>/deliveries/<delivery_id>")
@access(Permission.MANAGE_REMINDERS)
def show_delivery(message_id: str, delivery_id: str) -> ResponseReturnValue:
    paths = _reach()
    message = message_of(message_id, paths)
    roads = roads_of(current_app.config["SETTINGS"])
    shown = find_delivery(db.session(), message_id, delivery_id, paths, roads)
    if shown is None:
        raise NotFound
    return render_template(
        "reminders/show_delivery.html",
        message=message,
        title=in_language(message.titles, current_language()),
        delivery=shown,
        fault=fault_of_delivery(
            shown.leg.channel, shown.leg.status, shown.leg.error_class, shown.leg.error_code
        ),
        steps=steps_of(shown),
        address=masked_phone(shown.address) if shown.address else "",
        holds=message.holds(clock_now()),
        statuses=STATUSES,
        channels=CHANNELS,
    )


@message_pages.post("/<message_id>/send-again")
@access(Permission.MANAGE_REMINDERS)
def send_again(message_id: str) -> ResponseReturnValue:
    """What is unclear goes once more, of everybody or of one."""
    now = clock_now()

    def decide(session: Session, message_id: str, ids: Sequence[str]) -> int:
        return send_unclear_again(session, message_id, ids, now=now)

    done = _decide(message_id, "delivery.sent_again", decide)
    flash(ngettext("Đang gửi lại cho %(num)d người", "Đang gửi lại cho %(num)d người", done))
    return redirect(_back(message_id))


@message_pages.post("/<message_id>/take-as-arrived")
@access(Permission.MANAGE_REMINDERS)
def take_unclear_as_arrived(message_id: str) -> ResponseReturnValue:
    """What is unclear is not sent again, of everybody or of one."""
    now = clock_now()

    def decide(session: Session, message_id: str, ids: Sequence[str]) -> int:
        return take_as_arrived(session, message_id, ids, now=now)

    done = _decide(message_id, "delivery.taken_as_arrived", decide)
    flash(ngettext("Coi như đã tới: %(num)d người", "Coi như đã tới: %(num)d người", done))
    return redirect(_back(message_id))


def _decide(message_id: str, act: str, decide: Decide) -> int:
    """Decide what is unclear chunk by chunk; only of the visitor's own people."""
    paths = _reach()
    message = message_of(message_id, paths)
    actor, now, one = current_actor(), clock_now(), request.form.get("delivery")
    done, after = 0, ""
    while ids := list_unclear(db.session(), message_id, paths, limit=CHUNK, after=after):
        after = ids[-1]
        chosen = [each for each in ids if one in (None, each)]

        def work(session: Session, chosen: Sequence[str] = chosen) -> int:
            decided = decide(session, message.id, chosen)
            for each in chosen if decided else ():
                record_act(session, act, actor=actor, now=now, subject_id=each)
            return decided

        if chosen:
            done += transact(work)
    return done


def _back(message_id: str) -> str:
    one = request.form.get("delivery")
    if one:
        return url_for("messages.show_delivery", message_id=message_id, delivery_id=one)
    return url_for("messages.show_message", message_id=message_id)
