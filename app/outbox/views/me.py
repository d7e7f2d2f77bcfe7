"""GET /api/v1/me and /my-record: what a worker's phone shows, in the worker's language."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.queries.branches import get_branch
from app.accounts.queries.consent import find_consent
from app.accounts.queries.tokens import list_tokens
from app.accounts.rules import Actor, Permission
from app.cases.queries.asking import find_day_to_answer
from app.checkins.queries.answers import (
    find_check_in,
    find_duty,
    find_standing,
    get_check_in,
    list_answered_shifts,
)
from app.checkins.queries.records import paper_times_of
from app.checkins.queries.rule_sets import RulesInForce, advice_text, find_known_set, get_rules
from app.checkins.rules import DutyState, RuleSet
from app.delivery.queries.inbox import count_unread, list_pressing
from app.extensions import db
from app.gate.queries.passes import find_passes
from app.kernel.clock import local_day
from app.outbox.views.own_record import own_record, park_time, reasons_told
from app.settings import Settings
from app.web.access import access, current_actor, signed_in
from app.web.language import current_language
from app.web.notice import NOTICE_PARAGRAPHS, NOTICE_TITLE, NOTICE_VERSION
from app.web.words import SHIFTS, call_name
from app.workforce.queries.schedules import facts_by_worker
from app.workforce.queries.workers import get_worker, safety_phone
from app.workforce.rules.shifts import (
    DutyShift,
    ShiftCode,
    WorkFacts,
    duty_shifts,
    next_shift,
)

if TYPE_CHECKING:
    from app.workforce.models import Worker

me_api = Blueprint("me_api", __name__, url_prefix="/api/v1")
HORIZON = timedelta(days=36)
DAYS_KEPT = 5


@me_api.get("/me")
@signed_in
def show_me() -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    told: dict[str, Any] = {
        "account": {
            "id": actor.account_id,
            "name": actor.name,
            "call_name": call_name(actor.name),
            "locale": actor.locale,
            "roles": list(actor.roles),
        },
        "worker": None,
        "shift": None,
        "check_in": None,
        "inbox": _inbox(str(actor.worker_id), now),
        "server_time": park_time(now),
    }
    if actor.worker_id is not None:
        told |= _of_worker(get_worker(db.session(), actor.worker_id), now)
    return jsonify(told)


def _inbox(person_id: str, now: datetime) -> dict[str, Any]:
    unread = count_unread(db.session(), person_id, now)
    urgent = list_pressing(db.session(), person_id, current_language(), now) if unread else ()
    return {
        "unread": unread,
        "urgent": [
            {"id": each.id, "title": each.title, "expires_at": park_time(each.expires_at)}
            for each in urgent
        ],
    }


def _of_worker(worker: "Worker", now: datetime) -> dict[str, Any]:
    settings: Settings = current_app.config["SETTINGS"]
    in_force = get_rules(db.session(), worker.company_id)
    facts = _work_facts(worker, settings, now)
    shift = _next_shift(worker, facts, settings, now)
    coming = duty_shifts(facts, local_day(now, settings.timezone), DAYS_KEPT, settings.timezone)
    return {
        "worker": _worker(worker),
        "shift": _shift(shift, settings, now) if shift else None,
        "next_shifts": [_shift(each, settings, now) for each in coming if each.ends_at > now],
        "check_in": _check_in(worker.id, shift) if shift else None,
        "follow_up": _follow_up(worker.id, settings, now),
        "form": form_told(in_force),
        "consent": _consent(worker.id),
    }


def _follow_up(worker_id: str, settings: Settings, now: datetime) -> dict[str, str] | None:
    """The day that somebody in follow-up is asked about today, if no shift asks already."""
    asked = find_day_to_answer(db.session(), worker_id, local_day(now, settings.timezone))
    return {"case": asked.case_id, "on": asked.on.isoformat()} if asked else None


def _worker(worker: "Worker") -> dict[str, Any]:
    company = get_branch(db.session(), worker.company_id)
    return {
        "id": worker.id,
        "badge": worker.badge,
        "name": worker.name,
        "call_name": call_name(worker.name),
        "company": {"code": company.code, "name": company.name},
        "place": get_branch(db.session(), worker.branch_id).name,
        "safety_phone": safety_phone(db.session(), worker.branch_id),
    }


def _work_facts(worker: "Worker", settings: Settings, now: datetime) -> WorkFacts:
    today = local_day(now, settings.timezone)
    return facts_by_worker(
        db.session(), worker.company_id, [worker.id], today - timedelta(days=1), today + HORIZON
    )[worker.id]


def _next_shift(
    worker: "Worker", facts: WorkFacts, settings: Settings, now: datetime
) -> DutyShift | None:
    today = local_day(now, settings.timezone)
    done = list_answered_shifts(db.session(), worker.id, today - timedelta(days=1))
    answered = {(on, ShiftCode(shift)) for on, shift in done}
    return next_shift(now, facts, settings.timezone, answered)


def _shift(shift: DutyShift, settings: Settings, now: datetime) -> dict[str, Any]:
    days = (shift.on - local_day(now, settings.timezone)).days
    return {
        "on": shift.on.isoformat(),
        "code": shift.shift,
        "text": str(SHIFTS[shift.shift]),
        "when": {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, "later"),
        "starts_at": shift.starts_at.astimezone(settings.timezone).isoformat(),
        "ends_at": shift.ends_at.astimezone(settings.timezone).isoformat(),
    }


def _check_in(worker_id: str, shift: DutyShift) -> dict[str, Any] | None:
    found = find_check_in(db.session(), worker_id, shift.on, shift.shift)
    duty = find_duty(db.session(), worker_id, shift.on, shift.shift)
    if found is None or duty is None or duty.state != DutyState.ANSWERED:
        return None
    standing = find_standing(db.session(), worker_id)
    advice, deciding = found.advice, found
    if standing is not None:
        advice = standing.advice
        deciding = get_check_in(db.session(), standing.check_in_id)
    green = duty.level == "green"
    key = (worker_id, shift.on, str(shift.shift))
    language = current_language()
    return {
        "id": found.id,
        "version": found.version,
        "level": duty.level,
        "made_at": park_time(found.made_at),
        "received_at": park_time(found.received_at),
        "entered_late": paper_times_of(found) is not None,
        "clock_suspect": found.clock_suspect,
        "advice": "" if green else advice_text(advice, language),
        "advice_code": None if green else advice,
        "reasons": [] if green else reasons_told(deciding, language),
        "basis": None if green else _basis(deciding.rules),
        "pass": find_passes(db.session(), [key]).get(key),
    }


def _basis(version: str) -> str | None:
    """The text that a rule set goes back to, with its day."""
    rules = find_known_set(db.session(), version)
    return rules.basis if rules else None


def form_told(in_force: RulesInForce) -> dict[str, Any]:
    """The questions of a rule set in the words of the request's language; nobody's answers."""
    rules, language = in_force.rules, current_language()
    questions = rules.questions
    return {
        "rules": rules.version,
        "proposed": in_force.proposed,
        "fever_from_c": questions.fever_from_c,
        "plausible_c": list(questions.plausible_c),
        "lookback_days": questions.lookback_days,
        "symptoms": [
            {
                "id": each.id,
                "text": getattr(each, language),
                "picture": f"pic-{each.id}",
                "free_text": each.free_text,
            }
            for each in questions.symptoms.values()
        ],
        "exposures": [
            {"id": each.id, "text": getattr(each, language)}
            for each in questions.exposures.values()
        ],
        "well_means": _well_means(rules, language),
    }


def _well_means(rules: RuleSet, language: str) -> dict[str, Any]:
    names = [getattr(rules.questions.symptoms[each], language) for each in rules.well.symptoms]
    signs = ", ".join(name[0].lower() + name[1:] for name in names)
    return {
        "text": _(
            "Nghĩa là: không %(signs)s; %(days)s ngày qua không tiếp xúc F0, F1.",
            signs=signs,
            days=rules.questions.lookback_days,
        ),
        "symptoms": list(rules.well.symptoms),
        "exposures": list(rules.well.exposures),
    }


def _consent(worker_id: str) -> dict[str, Any]:
    said = find_consent(db.session(), worker_id)
    current = said is not None and said.version == NOTICE_VERSION
    return {
        "needed": not (current and said is not None and said.agreed),
        "refused": bool(current and said is not None and not said.agreed),
        "version": NOTICE_VERSION,
        "title": str(NOTICE_TITLE),
        "paragraphs": [str(paragraph) for paragraph in NOTICE_PARAGRAPHS],
    }


@me_api.get("/my-record")
@access(Permission.ANSWER)
def show_my_record() -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    return jsonify(**own_record(str(actor.worker_id), now), devices=_devices(actor))


def _devices(actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "id": token.id,
            "label": token.label,
            "last_used_at": park_time(token.last_used_at),
            "current": token.id == actor.token_id,
        }
        for token in list_tokens(db.session(), str(actor.account_id))
    ]
