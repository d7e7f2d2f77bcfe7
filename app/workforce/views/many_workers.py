"""Many people at once move or leave, on one day: chosen in the list, each a change of their own."""

from datetime import timedelta
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.queries.branches import get_branch
from app.accounts.rules import Permission, branches_for
from app.extensions import db
from app.kernel.refusals import Refusal
from app.web.access import access, current_actor
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.actions.planned import change_work
from app.workforce.forms.workers import EndWorkForm, MoveForm, choose_units
from app.workforce.queries.units import list_units
from app.workforce.queries.workers import WorkerRow, list_chosen_workers
from app.workforce.rules.planned import ChangeKind
from app.workforce.views.workers import workers_pages

MOST_CHOSEN = 200


@workers_pages.get("/change")
@access(Permission.MANAGE_WORKERS)
def choose_change() -> ResponseReturnValue:
    return _page(_chosen(request.args.getlist("worker")))


@workers_pages.post("/change")
@access(Permission.MANAGE_WORKERS)
def change_many() -> ResponseReturnValue:
    people = _chosen(request.form.getlist("worker"))
    kind = ChangeKind.LEAVE if request.form.get("kind") == ChangeKind.LEAVE else ChangeKind.MOVE
    form: Any = EndWorkForm(prefix="end-") if kind is ChangeKind.LEAVE else MoveForm(prefix="move-")
    _offer(form, people)
    name = "end" if kind is ChangeKind.LEAVE else "move"
    if not people or not form.validate():
        return _page(people, {name: form}, 422)
    leaving = kind is ChangeKind.LEAVE
    from_on = form.last_on.data + timedelta(days=1) if leaving else form.on.data
    refused = _change(people, kind, from_on, None if leaving else form.unit.data)
    done = len(people) - len(refused)
    said = ngettext("Đã ghi cho %(num)s người", "Đã ghi cho %(num)s người", done)
    if refused:
        left = [row for row in people if row.worker.id in refused]
        return _page(left, {name: form}, 409, refused=refused, said=said if done else "")
    flash(said)
    coming = (from_on - timedelta(days=1) if leaving else from_on) > today()
    return redirect(url_for("workers.list_planned" if coming else "workers.list_people"))


def _change(
    people: list[WorkerRow], kind: ChangeKind, from_on: Any, unit_id: int | None
) -> dict[str, str]:
    """Change each in a transaction of its own; who was refused, and why."""
    actor, clock = current_actor(), current_app.extensions["clock"]
    refused = {}
    for worker_id in [row.worker.id for row in people]:

        def work(session: Session, worker_id: str = worker_id) -> bool:
            now = clock.now()
            return change_work(session, worker_id, kind, from_on, unit_id, actor=actor, now=now)

        try:
            transact(work)
        except Refusal as refusal:
            refused[worker_id] = sentence(refusal.code, refusal.params)
    return refused


def _chosen(ids: list[str]) -> list[WorkerRow]:
    reach = branches_for(current_actor(), Permission.MANAGE_WORKERS)
    return list_chosen_workers(db.session(), reach, list(dict.fromkeys(ids))[:MOST_CHOSEN])


def _offer(form: Any, people: list[WorkerRow]) -> None:
    form.today = today()
    if isinstance(form, MoveForm):
        reach = branches_for(current_actor(), Permission.MANAGE_WORKERS)
        units = list_units(db.session(), reach) if people else []
        company_id = get_branch(db.session(), people[0].worker.company_id).id if people else 0
        choose_units(form.unit, [unit for unit in units if unit.company_id == company_id])


def _page(
    people: list[WorkerRow],
    forms: dict[str, Any] | None = None,
    status: int = 200,
    *,
    refused: dict[str, str] | None = None,
    said: str = "",
) -> ResponseReturnValue:
    offered: dict[str, Any] = {
        "move": MoveForm(formdata=None, prefix="move-", on=today()),
        "end": EndWorkForm(formdata=None, prefix="end-", last_on=today()),
    }
    for form in offered.values():
        _offer(form, people)
    page = render_template(
        "workforce/change_many.html",
        people=people,
        forms=offered | (forms or {}),
        refused=refused or {},
        said=said,
    )
    return page, status
