"""GET /api/v1/groups: the groups within the caller's reach, and how their members stand."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.rules import Actor, Permission, branches_for, may
from app.audit.actions import record_health_view
from app.checkins.forms import parse_day, parse_shift
from app.checkins.rules import Counts
from app.dashboards.queries.groups import (
    GroupRow,
    MemberDuty,
    counts_of,
    find_group,
    list_groups,
    list_member_duties,
)
from app.extensions import db
from app.kernel.refusals import NotAllowed, NotFound
from app.web.access import current_actor, signed_in
from app.web.present import today
from app.web.transaction import transact

groups_api = Blueprint("groups_api", __name__, url_prefix="/api/v1")
WORK = ("expected", "answered", "on_time", "absent", "not_asked", "not_answered")
LEVELS = ("green", "amber", "red")


@groups_api.get("/groups")
@signed_in
def show_groups() -> ResponseReturnValue:
    groups = list_groups(db.session(), _reach(current_actor()), today())
    return jsonify([_told(group) for group in groups])


@groups_api.get("/groups/<group_id>/status")
@signed_in
def show_status(group_id: str) -> ResponseReturnValue:
    actor, day = current_actor(), today()
    reach = _reach(actor)
    on = parse_day(request.args.get("on", "today"), day, "/on")
    asked = request.args.get("shift")
    shift = parse_shift(asked) if asked else None
    group = find_group(db.session(), group_id, on)
    if group is None or not any(group.path.startswith(path) for path in reach):
        raise NotFound
    duties = list_member_duties(db.session(), group.id, on, shift)
    named = may(actor, Permission.SEE_HEALTH, group.path)
    told: dict[str, Any] = {
        "group": _told(group),
        "on": on.isoformat(),
        "shift": shift,
        "counts": _counts(counts_of(duties), named=named),
    }
    if named:
        shown = [duty for duty in duties if may(actor, Permission.SEE_HEALTH, duty.path)]
        told["members"] = [_member(duty) for duty in shown]
        _keep_view(group, shown, actor)
    return jsonify(told)


def _reach(actor: Actor) -> Sequence[str]:
    """Branches whose groups the caller may count, or know by name."""
    seen = branches_for(actor, Permission.SEE_HEALTH)
    reach = (*seen, *branches_for(actor, Permission.SEE_COMPLIANCE))
    if not reach:
        raise NotAllowed
    return reach


def _told(group: GroupRow) -> dict[str, Any]:
    return {
        "id": group.id,
        "kind": group.kind,
        "name": group.name,
        "company": group.company,
        "members": group.members,
    }


def _counts(counts: Counts, *, named: bool) -> dict[str, Any]:
    """Who may not see names gets no levels: groups overlap, so that any of them tells on others."""
    levels = {level: getattr(counts, level) if named else None for level in LEVELS}
    return {**{name: getattr(counts, name) for name in WORK}, **levels, "hidden": not named}


def _member(duty: MemberDuty) -> dict[str, Any]:
    return {
        "worker": duty.worker_id,
        "badge": duty.badge,
        "name": duty.name,
        "shift": duty.shift,
        "state": duty.state,
        "level": duty.level,
        "on_time": duty.on_time if duty.answered_at else None,
        "answered_at": duty.answered_at.isoformat() if duty.answered_at else None,
    }


def _keep_view(group: GroupRow, shown: Sequence[MemberDuty], actor: Actor) -> None:
    """One row a view: whose health the answer told."""
    ids = list(dict.fromkeys(duty.worker_id for duty in shown))
    now = current_app.extensions["clock"].now()
    if not ids:
        return

    def work(session: Session) -> None:
        record_health_view(session, "group", ids, company_id=group.company_id, actor=actor, now=now)

    transact(work)
