"""A worker's own record: what is kept, who looked, what was asked; for phone and paper."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from app.accounts.queries.consent import find_consent
from app.audit.queries import list_health_views
from app.audit.rules import ID_NUMBER_SHOWN
from app.checkins.queries.answers import list_check_ins
from app.checkins.queries.records import paper_times_of
from app.checkins.queries.rule_sets import signs_told
from app.extensions import db
from app.kernel.clock import local_day
from app.outbox.views.stored import stored_told
from app.settings import Settings
from app.web.language import current_language
from app.web.notice import NOTICE_VERSION
from app.web.present import today
from app.web.words import PAGES_VIEWED, ROLES, SHIFTS
from app.workforce.queries.data_requests import RequestRow, get_request_rule, list_requests_of
from app.workforce.queries.workers import WorkerRecord, find_record

READS_SHOWN = timedelta(days=90)
READS_ASKED, READS_TOLD = 600, 100


def park_time(at: datetime) -> str:
    """A moment as ISO text with the park's own offset, so that any phone shows the park's clock."""
    settings: Settings = current_app.config["SETTINGS"]
    return at.astimezone(settings.timezone).isoformat()


def own_record(worker_id: str, now: datetime) -> dict[str, Any]:
    """Everything the record says of a worker, in words of the reader's language."""
    record = find_record(db.session(), worker_id)
    if record is None:
        raise LookupError(worker_id)
    return {
        "server_time": park_time(now),
        "person": {
            "name": record.worker.name,
            "badge": record.worker.badge,
            "company": record.company,
        },
        "stored": stored_told(record),
        "answers": [_answer(each) for each in list_check_ins(db.session(), worker_id)],
        "reads": _reads(record, now),
        "consent": _consent_given(worker_id),
        "requests": [_request(each) for each in list_requests_of(db.session(), worker_id)],
        "request_rule": _rule_told(),
    }


def reasons_told(check_in: Any, language: str) -> list[dict[str, str]]:
    """What an answer reports, in words, the temperature last."""
    told = [{"code": "sign", "text": text} for text in signs_told(check_in.answers, language)]
    degrees = check_in.answers.get("temperature_c")
    if degrees is not None:
        figure = f"{degrees:.1f}".replace(".", "," if language == "vi" else ".")
        told.append({"code": "temperature", "text": f"{figure} °C"})
    return told


def _answer(check_in: Any) -> dict[str, Any]:
    told = [each["text"] for each in reasons_told(check_in, current_language())]
    return {
        "shift_on": check_in.shift_on.isoformat(),
        "shift_text": str(SHIFTS[check_in.shift]),
        "answers_text": ", ".join(told),
        "level": check_in.level,
        "made_at": park_time(check_in.made_at),
        "received_at": park_time(check_in.received_at),
        "entered_late": paper_times_of(check_in) is not None,
        "version": check_in.version,
    }


def _reads(record: WorkerRecord, now: datetime) -> list[dict[str, Any]]:
    """Who looked, newest first; the same page again on the same day is told once, with a count."""
    worker, zone = record.worker, current_app.config["SETTINGS"].timezone
    since, also = now - READS_SHOWN, (ID_NUMBER_SHOWN,)
    views = list_health_views(
        db.session(), worker.id, worker.company_id, since, also=also, most=READS_ASKED
    )
    told: dict[tuple[Any, ...], dict[str, Any]] = {}
    for view in views:
        if view.actor_id == worker.id:
            continue
        seen = _what_was_seen(view)
        alike = (view.actor_id, view.actor_name, seen, local_day(view.at, zone))
        first = told.setdefault(alike, {**_read(view), "what": seen, "times": 0})
        first["times"] += 1
    return list(told.values())[:READS_TOLD]


def _read(view: Any) -> dict[str, Any]:
    roles = [str(ROLES[role]) for role in view.actor_roles.split() if role in ROLES]
    return {"at": park_time(view.at), "who": view.actor_name, "role": ", ".join(roles)}


def _what_was_seen(view: Any) -> str:
    if view.act == ID_NUMBER_SHOWN:
        return str(_("Số giấy tờ"))
    return str(PAGES_VIEWED.get(view.details.get("page", "")) or _("Trang khác"))


def _consent_given(worker_id: str) -> dict[str, Any]:
    said = find_consent(db.session(), worker_id)
    return {"version": NOTICE_VERSION, "agreed": said is not None and said.agreed}


def _request(row: RequestRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": str(row.kind),
        "text": row.text,
        "made_at": park_time(row.made_at),
        "received_at": park_time(row.received_at),
        "due_on": row.due_on.isoformat(),
        "late": row.state == "open" and today() > row.due_on,
        "state": str(row.answers[-1].decision) if row.answers else "open",
        "noted_by": row.noted_by,
        "answers": [
            {
                "decision": str(each.decision),
                "text": each.text,
                "at": park_time(each.at),
                "by": each.answered_by,
            }
            for each in row.answers
        ],
    }


def _rule_told() -> dict[str, Any]:
    rule, language = get_request_rule(), current_language()
    return {
        "text": rule.said("text", language),
        "source": rule.said("source", language),
        "from_on": rule.from_on.isoformat(),
        "reading": rule.said("reading", language),
    }
