"""Roll call: the sheet of a group as its page asks for it, and the groups to call today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.rules import Actor, Permission, branches_for, may
from app.audit.actions import record_health_view
from app.checkins.forms import parse_day, parse_shift
from app.checkins.queries.roll_calls import CalledGroup, find_called_group, last_roll_call
from app.checkins.queries.roll_sheets import (
    GroupSlots,
    SheetPerson,
    last_roll_calls,
    list_groups_to_call,
    list_sheet,
    list_slots,
)
from app.checkins.queries.rule_sets import get_rules, signs_told
from app.checkins.rules import DutyState, Level
from app.checkins.rules.roll_call import SheetSlot, is_called_now, slot_to_call
from app.extensions import db
from app.kernel.refusals import NotFound
from app.settings import Settings
from app.web.access import access, current_actor, public
from app.web.language import current_language
from app.web.present import today
from app.web.shells import shell
from app.web.transaction import transact
from app.web.words import SHIFTS
from app.workforce.rules.groups import UNIT_KINDS

if TYPE_CHECKING:
    from app.checkins.models import RollCall

roll_call_pages = Blueprint("roll_call", __name__)
roll_call_api = Blueprint("roll_call_api", __name__, url_prefix="/api/v1")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GroupToCall:
    """A group with the shift to call, how its people stand, and who called it last."""

    group: CalledGroup
    slot: SheetSlot
    waiting: int
    last: "RollCall | None"


@roll_call_pages.get("/groups/-/roll-call", defaults={"group_id": "-"})
@roll_call_pages.get("/groups/<group_id>/roll-call")
@public
def show_sheet(group_id: str) -> Response:
    return shell("checkins/show_roll_call.html")


@roll_call_pages.get("/roll-call/kept")
@public
def show_kept() -> Response:
    return shell("checkins/list_kept_roll_calls.html")


@roll_call_pages.get("/roll-call")
@access(Permission.ANSWER_FOR_OTHERS)
def list_groups() -> ResponseReturnValue:
    reach = branches_for(current_actor(), Permission.ANSWER_FOR_OTHERS)
    day, settings = today(), _settings()
    days = (day - DAY, day)
    found = list_groups_to_call(db.session(), reach, days, settings.timezone)
    last = last_roll_calls(db.session(), [group.id for group, _ in found], days)
    rows = [each for group, slots in found if (each := _to_call(group, slots, last))]
    rows.sort(key=lambda each: (each.group.kind not in UNIT_KINDS, each.group.kind))
    return render_template("checkins/list_roll_calls.html", rows=rows, now=_now(), today=day)


def _to_call(
    group: CalledGroup, slots: GroupSlots, last: dict[tuple[str, date, str], "RollCall"]
) -> GroupToCall | None:
    slot = slot_to_call([each for each, _ in slots], _now())
    if slot is None:
        return None
    states = dict(slots)[slot]
    waiting = states.get(DutyState.EXPECTED, 0) + states.get(DutyState.NOT_ASKED, 0)
    return GroupToCall(group, slot, waiting, last.get((group.id, slot.on, slot.shift)))


@roll_call_api.get("/groups/<group_id>/roll-call")
@access(Permission.ANSWER_FOR_OTHERS)
def show_roll_call(group_id: str) -> ResponseReturnValue:
    actor, settings, day = current_actor(), _settings(), today()
    group = find_called_group(db.session(), group_id)
    if group is None or not may(actor, Permission.ANSWER_FOR_OTHERS, group.path):
        raise NotFound
    asked_on = parse_day(request.args["on"], day, "/on") if "on" in request.args else None
    asked = parse_shift(request.args["shift"]) if "shift" in request.args else None
    days = (asked_on,) if asked_on else (day - DAY, day, day + DAY)
    slots = list_slots(db.session(), group, days, settings.timezone)
    slot = slot_to_call([each for each in slots if asked in {None, each.shift}], _now())
    people = list_sheet(db.session(), group, slot.on, slot.shift) if slot else []
    _keep_view(group, people, actor)
    return jsonify(
        group={"id": group.id, "kind": group.kind, "name": group.name},
        company={"code": group.company, "name": group.company_name},
        leader=actor.name,
        shift=_shift(slot) if slot else None,
        shifts=[_shift(each) for each in _beside(slots, slot)],
        members=[_person(person, actor) for person in people],
        last=_last(last_roll_call(db.session(), group.id, slot.on, slot.shift), actor)
        if slot
        else None,
        form=_form(group),
        server_time=_now().isoformat(),
    )


def _beside(slots: Sequence[SheetSlot], slot: SheetSlot | None) -> list[SheetSlot]:
    """The shifts to choose from: those of the same day, and whatever may be called now."""
    return [each for each in slots if slot and (each.on == slot.on or is_called_now(each, _now()))]


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _now() -> Any:
    return current_app.extensions["clock"].now()


def _shift(slot: SheetSlot) -> dict[str, Any]:
    zone = _settings().timezone
    return {
        "on": slot.on.isoformat(),
        "code": slot.shift,
        "text": str(SHIFTS[slot.shift]),
        "starts_at": slot.starts_at.astimezone(zone).isoformat(),
        "ends_at": slot.ends_at.astimezone(zone).isoformat(),
        "expected": slot.expected,
    }


def _person(person: SheetPerson, actor: Actor) -> dict[str, Any]:
    """Level, signs and temperature only where the leader may see them."""
    told: dict[str, Any] = {
        "badge": person.badge,
        "name": person.name,
        "state": person.state or "on_leave",
        "by": str(person.by),
        "reason": person.reason,
    }
    if may(actor, Permission.SEE_HEALTH, person.path):
        signs = signs_told(person.answers, current_language())
        told["level"] = person.level
        told["signs"] = [] if person.level == Level.GREEN else signs
        told["temperature_c"] = person.answers.get("temperature_c")
    return told


def _last(roll_call: "RollCall | None", actor: Actor) -> dict[str, Any] | None:
    if roll_call is None:
        return None
    return {
        "roll_call": roll_call.id,
        "called_by": roll_call.called_by,
        "made_at": roll_call.made_at.isoformat(),
        "received_at": roll_call.received_at.isoformat(),
        "clock_suspect": roll_call.clock_suspect,
        "mine": roll_call.account_id == actor.account_id,
        "undone_at": roll_call.undone_at.isoformat() if roll_call.undone_at else None,
        "undone_by": roll_call.undone_by,
    }


def _form(group: CalledGroup) -> dict[str, Any]:
    questions = get_rules(db.session(), group.company_id).rules.questions
    language = current_language()
    return {
        "symptoms": [
            {"id": each.id, "text": getattr(each, language), "free_text": each.free_text}
            for each in questions.symptoms.values()
        ],
        "fever_from_c": questions.fever_from_c,
        "plausible_c": list(questions.plausible_c),
    }


def _keep_view(group: CalledGroup, people: Sequence[SheetPerson], actor: Actor) -> None:
    """One row a view: whose health the sheet told."""
    ids = [person.worker_id for person in people if may(actor, Permission.SEE_HEALTH, person.path)]
    now = _now()
    if not ids:
        return

    def work(session: Session) -> None:
        record_health_view(
            session, "roll_call", ids, company_id=group.company_id, actor=actor, now=now
        )

    transact(work)
