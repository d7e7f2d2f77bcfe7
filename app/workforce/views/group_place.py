"""What the pages of groups share: the company, the day, one act cut into short works."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from flask import Blueprint, current_app, flash, request, url_for
from sqlalchemy.orm import Session

from app.accounts.rules import Permission, branches_for
from app.extensions import db
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.web.access import current_actor, locates
from app.web.present import today
from app.web.transaction import transact
from app.workforce.actions.groups import CHUNK
from app.workforce.queries.groups import GroupRow, find_act_path, find_group, find_group_path
from app.workforce.queries.timetables import PatternRow, list_patterns
from app.workforce.queries.units import Unit, find_unit, list_units
from app.workforce.rules.groups import FREE_KINDS, GroupKind
from app.workforce.views.company_asked import frame_of as company_frame

groups_pages = Blueprint("groups", __name__, url_prefix="/groups")
locates("group_id")(find_group_path)
locates("act_id")(find_act_path)
Told = TypeVar("Told")
Step = Callable[[Session, list[str]], Told]


def company_of(group: GroupRow) -> Unit:
    """The company of a group that the guard let the visitor reach."""
    reach = branches_for(current_actor(), Permission.MANAGE_WORKERS)
    found = find_unit(db.session(), reach, group.company_id)
    if found is None:
        raise NotFound
    return found


def frame_of(company: Unit) -> dict[str, Any]:
    """What every page of groups shows around itself."""
    return company_frame(company) | {"free_kinds": FREE_KINDS}


def get_group(group_id: str) -> GroupRow:
    """A group that the guard let the visitor reach."""
    group = find_group(db.session(), group_id, today())
    if group is None:
        raise NotFound
    return group


def filters_of(company: Unit) -> tuple[list[Unit], list[PatternRow]]:
    """Units and patterns by which a company's people are chosen."""
    units = [unit for unit in list_units(db.session(), [company.path]) if unit.depth]
    return units, list_patterns(db.session(), company.id, today())


def kind_asked(name: str = "kind") -> GroupKind | None:
    """The kind of group that the address or form names."""
    wanted = request.values.get(name, "")
    return GroupKind(wanted) if wanted in set(GroupKind) else None


def moment_of_act() -> tuple[datetime, date, str]:
    """Now, the day in the park, and the id of what is about to be done."""
    now = current_app.extensions["clock"].now()
    return now, today(), new_id(now)


def in_steps(worker_ids: Sequence[str], step: Step[Told]) -> list[Told]:
    """Do something to many people in works so short that no check-in waits long behind them."""
    told = []
    for start in range(0, len(worker_ids), CHUNK):
        chunk = list(worker_ids[start : start + CHUNK])

        def work(session: Session, chunk: list[str] = chunk) -> Told:
            return step(session, chunk)

        told.append(transact(work))
    return told


def tell(text: str, act_id: str | None = None) -> None:
    """Say what was done, with a button that undoes it."""
    if act_id is None:
        flash(text)
        return
    undo = url_for("groups.undo_change", act_id=act_id)
    flash({"text": text, "undo_url": undo})  # type: ignore[arg-type]
