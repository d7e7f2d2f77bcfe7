"""Records that may be one person: the list, two of them side by side, and what is decided."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission, PinState, branches_for, may
from app.audit.actions import record_health_view
from app.checkins.queries.answers import find_standing
from app.checkins.queries.records import last_answers
from app.extensions import db
from app.kernel.clock import local_day
from app.kernel.refusals import NotFound, Refusal
from app.web.access import access, current_actor
from app.web.pagination import page_from_args
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.actions import merging
from app.workforce.queries.duplicates import (
    find_merge,
    holders_of_roles,
    list_candidates,
    records_mark,
    workers_by_id,
)
from app.workforce.queries.timetables import find_pattern_of
from app.workforce.queries.workers import WorkerRecord, find_record, list_groups_of
from app.workforce.rules.duplicates import KeptNotChosen, MergedAway

duplicates_pages = Blueprint("duplicates", __name__, url_prefix="/workers/duplicates")
CHOSEN = (*merging.FIELDS, merging.PATTERN)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records as the page shows it; `level` is empty where nothing stands."""

    record: WorkerRecord
    values: dict[str, Any]
    groups: Any
    last_at: datetime | None
    level: str
    holds_roles: bool


@duplicates_pages.get("")
@access(Permission.MANAGE_WORKERS)
def list_duplicates() -> ResponseReturnValue:
    reach = branches_for(current_actor(), Permission.MANAGE_WORKERS)
    pairs = list_candidates(db.session(), reach)
    asked = page_from_args(request.args).bounded(len(pairs))
    shown = pairs[asked.offset : asked.offset + asked.limit]
    ids = {each for pair in shown for each in (pair.first_id, pair.second_id)}
    return render_template(
        "checkins/list_duplicates.html",
        page=asked.page(shown, len(pairs)),
        workers=workers_by_id(db.session(), ids),
    )


@duplicates_pages.get("/<worker_id>/<other_id>")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def compare_workers(worker_id: str, other_id: str) -> ResponseReturnValue:
    records = _records(worker_id, other_id)
    if worker_id == other_id:
        raise NotFound
    merged = [each for each in records if each.worker.merged_into_id]
    if merged:
        return redirect(url_for("workers.show_worker", worker_id=merged[0].worker.id))
    return _comparison(records, None, 200)


def _records(worker_id: str, other_id: str) -> tuple[WorkerRecord, WorkerRecord]:
    """Both records, of one company within the visitor's reach."""
    one, other = find_record(db.session(), worker_id), find_record(db.session(), other_id)
    if one is None or other is None or one.worker.company_id != other.worker.company_id:
        raise NotFound
    if not may(current_actor(), Permission.MANAGE_WORKERS, other.unit_path):
        raise NotFound
    return one, other


def _comparison(
    records: tuple[WorkerRecord, WorkerRecord], refusal: Refusal | None, status: int
) -> ResponseReturnValue:
    """Both records side by side; that their levels were read is kept."""
    actor, now = current_actor(), current_app.extensions["clock"].now()
    ids = [each.worker.id for each in records]
    last = last_answers(db.session(), ids)
    sees_health = all(may(actor, Permission.SEE_HEALTH, each.unit_path) for each in records)
    holders = holders_of_roles(db.session(), ids)
    sides = [_side(each, last, holders, now, sees_health=sees_health) for each in records]
    kept = min(sides, key=_fitness)
    page = render_template(
        "checkins/compare_workers.html",
        sides=sides,
        keep=request.form.get("keep", kept.record.worker.id),
        fields=CHOSEN,
        taken_from={field: _taken_from(field, sides, kept) for field in CHOSEN},
        seen=records_mark(db.session(), ids),
        sees_health=sees_health,
        refusal=sentence(refusal.code, refusal.params) if refusal else "",
        now=now,
    )
    if sees_health:
        company_id = records[0].worker.company_id

        def work(session: Session) -> None:
            record_health_view(
                session, "duplicates", ids, company_id=company_id, actor=actor, now=now
            )

        transact(work)
    return page, status


def _side(
    record: WorkerRecord,
    last: dict[str, datetime],
    holders: set[str],
    now: datetime,
    *,
    sees_health: bool,
) -> Side:
    worker, on = record.worker, local_day(now, current_app.config["SETTINGS"].timezone)
    pattern = find_pattern_of(db.session(), worker.id, on)
    values = {
        "name": worker.name,
        "born": worker.born_on or worker.birth_year,
        "sex": worker.sex,
        "phone": worker.phone,
        "id_number": worker.id_number,
        "position": worker.position,
        "joined_on": worker.joined_on,
        "unit": record.unit,
        "pattern": pattern.name if pattern else None,
    }
    standing = find_standing(db.session(), worker.id) if sees_health else None
    groups = list_groups_of(db.session(), worker.id, on)
    level = standing.level if standing else ""
    return Side(record, values, groups, last.get(worker.id), level, worker.id in holders)


def _fitness(side: Side) -> tuple[bool, bool, bool, float, str]:
    """The record to keep comes first: of somebody who works here, has duties and signs in."""
    worker = side.record.worker
    at = side.last_at.timestamp() if side.last_at else 0.0
    no_pin = side.record.pin is not PinState.OWN
    return worker.left_on is not None, not side.holds_roles, no_pin, -at, worker.id


def _taken_from(field: str, sides: list[Side], kept: Side) -> str:
    """Whose value is chosen beforehand: the kept record's, where it has one."""
    posted = request.form.get(f"take-{field}")
    other = next(side for side in sides if side is not kept)
    chosen = kept if kept.values[field] or not other.values[field] else other
    return posted or chosen.record.worker.id


@duplicates_pages.post("/<worker_id>/<other_id>/merge")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def merge_workers(worker_id: str, other_id: str) -> ResponseReturnValue:
    records = _records(worker_id, other_id)
    kept_id = request.form.get("keep", "")
    if kept_id not in (worker_id, other_id):
        return _comparison(records, KeptNotChosen(), 422)
    gone_id = other_id if kept_id == worker_id else worker_id
    taken = {field for field in CHOSEN if request.form.get(f"take-{field}") == gone_id}
    seen = request.form.get("seen", "")
    actor, now = current_actor(), current_app.extensions["clock"].now()
    on = local_day(now, current_app.config["SETTINGS"].timezone)

    def work(session: Session) -> int:
        return merging.merge_workers(
            session, kept_id, gone_id, taken, seen=seen, on=on, actor=actor, now=now
        )

    try:
        merge_id = transact(work)
    except Refusal as refusal:
        if worker_id == other_id or refusal.code == MergedAway.code:
            raise
        return _comparison(_records(worker_id, other_id), refusal, refusal.status)
    undo = url_for("duplicates.unmerge_workers", worker_id=kept_id, merge_id=merge_id)
    flash({"text": _("Đã gộp hai hồ sơ"), "undo_url": undo})  # type: ignore[arg-type]
    return redirect(url_for("workers.show_worker", worker_id=kept_id))


@duplicates_pages.post("/<worker_id>/<other_id>/two-people")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def tell_apart(worker_id: str, other_id: str) -> ResponseReturnValue:
    _decide(worker_id, other_id, merging.tell_apart)
    undo = url_for("duplicates.doubt_again", worker_id=worker_id, other_id=other_id)
    flash({"text": _("Đã ghi là hai người"), "undo_url": undo})  # type: ignore[arg-type]
    return redirect(url_for("duplicates.list_duplicates"))


@duplicates_pages.post("/<worker_id>/<other_id>/two-people/undo")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def doubt_again(worker_id: str, other_id: str) -> ResponseReturnValue:
    _decide(worker_id, other_id, merging.doubt_again)
    flash(_("Đã bỏ ghi chú hai người"))
    return redirect(url_for("duplicates.list_duplicates"))


def _decide(worker_id: str, other_id: str, decide: Callable[..., None]) -> None:
    _records(worker_id, other_id)
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        decide(session, worker_id, other_id, actor=actor, now=now)

    transact(work)


@duplicates_pages.post("/<worker_id>/merges/<int:merge_id>/undo")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def unmerge_workers(worker_id: str, merge_id: int) -> ResponseReturnValue:
    if find_merge(db.session(), merge_id, worker_id) is None:
        raise NotFound
    actor, now = current_actor(), current_app.extensions["clock"].now()
    on = local_day(now, current_app.config["SETTINGS"].timezone)

    def work(session: Session) -> tuple[str, str]:
        return merging.unmerge_workers(session, merge_id, on=on, actor=actor, now=now)

    transact(work)
    flash(_("Đã tách thành hai hồ sơ như trước"))
    return redirect(url_for("workers.show_worker", worker_id=worker_id))
