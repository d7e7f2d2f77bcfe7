"""The health part of a worker's record; every look at it is kept and the worker sees it."""

from datetime import timedelta

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.audit.actions import record_health_view
from app.audit.queries import list_health_views
from app.checkins.queries.answers import find_standing, list_clearances
from app.checkins.queries.records import list_shift_answers
from app.checkins.queries.rule_sets import advice_text, get_rules, signs_told
from app.extensions import db
from app.kernel.clock import local_day
from app.kernel.refusals import NotFound
from app.web.access import access, current_actor
from app.web.language import current_language
from app.web.transaction import transact
from app.workforce.queries.workers import find_record

worker_health_pages = Blueprint("worker_health", __name__, url_prefix="/workers")
DAYS_SHOWN = 14
VIEWS_SHOWN = timedelta(days=90)
MOST_VIEWS = 50


@worker_health_pages.get("/<worker_id>/health")
@access(Permission.SEE_HEALTH, of="worker_id")
def show_worker_health(worker_id: str) -> ResponseReturnValue:
    record = find_record(db.session(), worker_id)
    if record is None:
        raise NotFound
    actor, now = current_actor(), current_app.extensions["clock"].now()
    company_id, language = record.worker.company_id, current_language()
    today = local_day(now, current_app.config["SETTINGS"].timezone)
    answers = list_shift_answers(
        db.session(), worker_id, today - timedelta(days=DAYS_SHOWN - 1), today
    )
    standing = find_standing(db.session(), worker_id)
    page = render_template(
        "checkins/show_worker_health.html",
        record=record,
        worker=record.worker,
        standing=standing,
        advice=advice_text(standing.advice, language) if standing else "",
        in_force=get_rules(db.session(), company_id),
        language=language,
        settings=current_app.config["SETTINGS"],
        answers=[(each, signs_told(each.answers, language)) for each in answers],
        clearances=list_clearances(db.session(), worker_id),
        views=list_health_views(
            db.session(), worker_id, company_id, now - VIEWS_SHOWN, most=MOST_VIEWS
        ),
        now=now,
    )

    def work(session: Session) -> None:
        record_health_view(
            session, "worker", [worker_id], company_id=company_id, actor=actor, now=now
        )

    transact(work)
    return page
