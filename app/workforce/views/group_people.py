"""Who is in a group: chosen by a filter, pasted from a sheet, moved, taken out; who is in none."""

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.rules import Permission, branches_for
from app.extensions import db
from app.kernel.refusals import NotFound
from app.kernel.text import squeeze
from app.web.access import access, current_actor
from app.web.filters import number
from app.web.language import current_language
from app.web.pagination import page_from_args
from app.web.present import today
from app.web.tables import LONGEST_VALUE, TableState, table_from_args
from app.workforce.actions import group_undoing, groups
from app.workforce.actions.groups import Placed
from app.workforce.forms.groups import PasteForm, chose_everybody, chosen_workers
from app.workforce.queries.group_people import PeopleWanted, list_people, list_people_ids
from app.workforce.queries.group_sources import known_badges
from app.workforce.queries.groups import GroupRow, list_groups
from app.workforce.queries.timetables import PatternRow
from app.workforce.queries.units import Unit
from app.workforce.rules.groups import (
    FREE_KINDS,
    GroupFollowsUnit,
    GroupIsClosed,
    GroupKind,
    NobodyChosen,
    OtherKindOfGroup,
)
from app.workforce.rules.pasting import PasteState, SortedPaste, read_badges, sort_badges
from app.workforce.views.company_asked import company_asked
from app.workforce.views.group_place import (
    company_of,
    filters_of,
    frame_of,
    get_group,
    groups_pages,
    in_steps,
    kind_asked,
    moment_of_act,
    tell,
)


@groups_pages.get("/<group_id>/people")
@access(Permission.MANAGE_WORKERS, of="group_id")
def choose_people(group_id: str) -> ResponseReturnValue:
    return _choosing_page(_open_group(group_id), PasteForm(formdata=None))


def _open_group(group_id: str) -> GroupRow:
    group = get_group(group_id)
    if group.follows_unit:
        raise GroupFollowsUnit
    if group.closed_on is not None:
        raise GroupIsClosed(name=group.name)
    return group


def _choosing_page(
    group: GroupRow, form: PasteForm, sorted_paste: SortedPaste | None = None, status: int = 200
) -> ResponseReturnValue:
    company = company_of(group)
    units, patterns = filters_of(company)
    table = _table(units, patterns)
    wanted = _wanted(table, units, group.kind, not_in=group.id)
    asked = page_from_args(request.args)
    rows, total = list_people(
        db.session(), company.id, wanted, today(), limit=asked.limit, offset=asked.offset
    )
    return render_template(
        "workforce/choose_group_people.html",
        **frame_of(company),
        group=group,
        table=table,
        page=asked.page(rows, total),
        unit_options=[(unit.id, unit.name) for unit in units],
        pattern_options=[(row.id, row.name) for row in patterns],
        form=form,
        paste=sorted_paste,
        states=PasteState,
    ), status


def _table(units: list[Unit], patterns: list[PatternRow]) -> TableState:
    return table_from_args(
        request.values,  # the form of a list sends its filter along
        sortable=("name",),
        default="name",
        filters={
            "q": None,
            "unit": {str(unit.id) for unit in units},
            "pattern": {row.id for row in patterns},
            "none": {"1"},
        },
        keeps=("company", "kind"),
    )


def _wanted(
    table: TableState, units: list[Unit], kind: GroupKind, *, not_in: str = ""
) -> PeopleWanted:
    path = next((unit.path for unit in units if str(unit.id) == table.value("unit")), "")
    return PeopleWanted(
        text=table.value("q"),
        unit_path=path,
        pattern_id=table.value("pattern"),
        none_of=kind if table.value("none") else None,
        not_in=not_in,
    )


@groups_pages.post("/<group_id>/people")
@access(Permission.MANAGE_WORKERS, of="group_id")
def add_people(group_id: str) -> ResponseReturnValue:
    group = _open_group(group_id)
    company = company_of(group)
    units, patterns = filters_of(company)
    wanted = _wanted(_table(units, patterns), units, group.kind, not_in=group.id)
    people = _meant(company, wanted)
    return _placed(group, people, moves=request.form.get("moves") == "1")


def _meant(company: Unit, wanted: PeopleWanted) -> list[str]:
    """Those ticked, or everybody whom the filter finds."""
    if chose_everybody(request.form):
        people = list_people_ids(db.session(), company.id, wanted, today())
    else:
        people = chosen_workers(request.form)
    if not people:
        raise NobodyChosen
    return people


def _placed(group: GroupRow, people: list[str], *, moves: bool) -> ResponseReturnValue:
    actor, (now, on, act_id) = current_actor(), moment_of_act()

    def step(session: Session, chunk: list[str]) -> Placed:
        group_undoing.forget_changes(session, before=on)
        return groups.place_in_group(
            session, group.id, chunk, moves=moves, on=on, act_id=act_id, actor=actor, now=now
        )

    done = sum(in_steps(people, step), Placed())
    changed = done.joined + done.moved
    tell(_placed_words(done, group.name), act_id if changed else None)
    return redirect(url_for("groups.show_group", group_id=group.id))


def _placed_words(done: Placed, name: str) -> str:
    count = done.joined + done.moved
    shown = number(count, current_language())
    said = [
        ngettext(
            "Đã thêm %(shown)s người vào %(name)s.",
            "Đã thêm %(shown)s người vào %(name)s.",
            count,
            shown=shown,
            name=name,
        )
    ]
    if done.moved:
        said.append(
            ngettext(
                "%(num)d người chuyển từ nhóm khác.",
                "%(num)d người chuyển từ nhóm khác.",
                done.moved,
            )
        )
    if done.elsewhere:
        said.append(
            ngettext(
                "%(num)d người đang ở nhóm khác nên giữ nguyên.",
                "%(num)d người đang ở nhóm khác nên giữ nguyên.",
                done.elsewhere,
            )
        )
    return " ".join(said)


@groups_pages.post("/<group_id>/badges")
@access(Permission.MANAGE_WORKERS, of="group_id")
def paste_badges(group_id: str) -> ResponseReturnValue:
    group, form = _open_group(group_id), PasteForm()
    if not form.validate_on_submit():
        return _choosing_page(group, form, None, 422)
    pasted = read_badges(form.badges.data or "")
    reach = branches_for(current_actor(), Permission.MANAGE_WORKERS)
    known = known_badges(db.session(), group, [each.key for each in pasted], reach, today())
    found = sort_badges(pasted, known)
    moves = bool(form.moves.data)
    states = (PasteState.READY, PasteState.ELSEWHERE) if moves else (PasteState.READY,)
    people = found.ids(*states)
    if form.confirmed.data != "1" or not people:
        return _choosing_page(group, form, found)
    return _placed(group, people, moves=moves)


@groups_pages.post("/<group_id>/take-out")
@access(Permission.MANAGE_WORKERS, of="group_id")
def take_out_people(group_id: str) -> ResponseReturnValue:
    group = get_group(group_id)
    if group.follows_unit:
        raise GroupFollowsUnit
    people = _members_meant(group)
    actor, (now, on, act_id) = current_actor(), moment_of_act()

    def step(session: Session, chunk: list[str]) -> int:
        group_undoing.forget_changes(session, before=on)
        return groups.take_out_of_group(
            session, group_id, chunk, on=on, act_id=act_id, actor=actor, now=now
        )

    count = sum(in_steps(people, step))
    said = ngettext(
        "Đã đưa %(num)d người ra khỏi %(name)s.",
        "Đã đưa %(num)d người ra khỏi %(name)s.",
        count,
        name=group.name,
    )
    tell(said, act_id if count else None)
    return redirect(url_for("groups.show_group", group_id=group_id))


@groups_pages.post("/<group_id>/move")
@access(Permission.MANAGE_WORKERS, of="group_id")
def move_people(group_id: str) -> ResponseReturnValue:
    group = get_group(group_id)
    if group.follows_unit:
        raise GroupFollowsUnit
    target = _sibling(group, request.form.get("to", ""))
    people = _members_meant(group)
    actor, (now, on, act_id) = current_actor(), moment_of_act()

    def step(session: Session, chunk: list[str]) -> int:
        group_undoing.forget_changes(session, before=on)
        return groups.move_to_group(
            session, group_id, target.id, chunk, on=on, act_id=act_id, actor=actor, now=now
        )

    count = sum(in_steps(people, step))
    said = ngettext(
        "Đã chuyển %(num)d người sang %(name)s.",
        "Đã chuyển %(num)d người sang %(name)s.",
        count,
        name=target.name,
    )
    tell(said, act_id if count else None)
    return redirect(url_for("groups.show_group", group_id=group_id))


def _sibling(group: GroupRow, wanted: str) -> GroupRow:
    rows = list_groups(db.session(), group.company_id, today(), kind=group.kind)
    found = next((row for row in rows if row.id == wanted and row.id != group.id), None)
    if found is None:
        raise OtherKindOfGroup
    return found


def _members_meant(group: GroupRow) -> list[str]:
    text = squeeze(request.form.get("q", ""))[:LONGEST_VALUE]
    return _meant(company_of(group), PeopleWanted(text=text, member_of=group.id))


@groups_pages.get("/none")
@access(Permission.MANAGE_WORKERS)
def list_ungrouped() -> ResponseReturnValue:
    company = company_asked()
    kind = kind_asked() or GroupKind.DORM_ROOM
    units, patterns = filters_of(company)
    table = _table(units, patterns)
    wanted = replace(_wanted(table, units, kind), none_of=kind)
    asked = page_from_args(request.args)
    rows, total = list_people(
        db.session(), company.id, wanted, today(), limit=asked.limit, offset=asked.offset
    )
    return render_template(
        "workforce/list_ungrouped.html",
        **frame_of(company),
        kind=kind,
        table=table,
        page=asked.page(rows, total),
        unit_options=[(unit.id, unit.name) for unit in units],
        pattern_options=[(row.id, row.name) for row in patterns],
        groups=list_groups(db.session(), company.id, today(), kind=kind)
        if kind in FREE_KINDS
        else [],
    )


@groups_pages.post("/none")
@access(Permission.MANAGE_WORKERS)
def place_ungrouped() -> ResponseReturnValue:
    company, kind = company_asked(), kind_asked()
    if kind is None:
        raise NotFound
    rows = list_groups(db.session(), company.id, today(), kind=kind)
    group = next((row for row in rows if row.id == request.form.get("group", "")), None)
    if group is None:
        raise OtherKindOfGroup
    units, patterns = filters_of(company)
    wanted = replace(_wanted(_table(units, patterns), units, kind), none_of=kind)
    return _placed(group, _meant(company, wanted), moves=False)
