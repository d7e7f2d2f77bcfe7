"""Groups of a company: the list, one group with its people, name, closing, paper, undoing."""

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.forms import typed
from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.refusals import Refusal
from app.web.access import access, current_actor
from app.web.pagination import page_from_args
from app.web.present import today
from app.web.sentences import sentence
from app.web.tables import table_from_args
from app.web.transaction import transact
from app.web.words import GROUP_KINDS
from app.workforce.actions import group_undoing, groups
from app.workforce.forms.groups import DeparturesForm, GroupForm, GroupNameForm
from app.workforce.queries.group_people import (
    PeopleWanted,
    list_past_members,
    list_people,
    list_people_ids,
)
from app.workforce.queries.groups import GroupRow, count_kinds, list_act_steps, list_groups
from app.workforce.rules.groups import GroupFollowsUnit, GroupKind, GroupNameTaken, TooLateToUndo
from app.workforce.views.company_asked import company_asked
from app.workforce.views.group_place import (
    company_of,
    frame_of,
    get_group,
    groups_pages,
    in_steps,
    kind_asked,
    moment_of_act,
    tell,
)


@groups_pages.get("")
@access(Permission.MANAGE_WORKERS)
def list_company_groups() -> ResponseReturnValue:
    company = company_asked()
    table = table_from_args(
        request.args,
        sortable=("name",),
        default="name",
        filters={"q": None, "kind": set(GroupKind), "closed": {"1"}},
        keeps=("company",),
    )
    kind = GroupKind(table.value("kind")) if table.value("kind") else None
    asked = page_from_args(request.args)
    rows = list_groups(
        db.session(),
        company.id,
        today(),
        kind=kind,
        text=table.value("q"),
        closed=bool(table.value("closed")),
    )
    asked = asked.bounded(len(rows))
    return render_template(
        "workforce/list_groups.html",
        **frame_of(company),
        table=table,
        kind=kind,
        kind_options=[(each, GROUP_KINDS[each]) for each in GroupKind],
        kinds=count_kinds(db.session(), company.id, today()),
        page=asked.page(rows[asked.offset : asked.offset + asked.limit], len(rows)),
    )


@groups_pages.route("/new", methods=["GET", "POST"])
@access(Permission.MANAGE_WORKERS)
def create_group() -> ResponseReturnValue:
    company = company_asked()
    form = GroupForm(kind=kind_asked() or GroupKind.DORM_ROOM)
    if not form.validate_on_submit():
        return _new_page(form, 422 if request.method == "POST" else 200)
    actor, (now, on, act_id) = current_actor(), moment_of_act()
    kind, name = GroupKind(form.kind.data), typed(form.name)

    def work(session: Session) -> str:
        return groups.add_group(
            session, company.id, kind, name, on=on, act_id=act_id, actor=actor, now=now
        )

    try:
        group_id = transact(work)
    except GroupNameTaken as refusal:
        form.name.errors = [sentence(refusal.code, refusal.params)]
        return _new_page(form, refusal.status)
    tell(_("Đã lập nhóm %(name)s.", name=name), act_id)
    return redirect(url_for("groups.choose_people", group_id=group_id))


def _new_page(form: GroupForm, status: int) -> ResponseReturnValue:
    return render_template(
        "workforce/edit_group.html", **frame_of(company_asked()), form=form
    ), status


@groups_pages.get("/<group_id>")
@access(Permission.MANAGE_WORKERS, of="group_id")
def show_group(group_id: str) -> ResponseReturnValue:
    return group_page(get_group(group_id))


def group_page(
    group: GroupRow,
    form: GroupNameForm | None = None,
    status: int = 200,
    departures: DeparturesForm | None = None,
) -> ResponseReturnValue:
    """A group with its people, page by page."""
    table = table_from_args(request.args, sortable=("name",), default="name", filters={"q": None})
    wanted = PeopleWanted(text=table.value("q"), member_of=group.id)
    asked = page_from_args(request.args)
    rows, total = list_people(
        db.session(), group.company_id, wanted, today(), limit=asked.limit, offset=asked.offset
    )
    siblings = list_groups(db.session(), group.company_id, today(), kind=group.kind)
    return render_template(
        "workforce/show_group.html",
        **frame_of(company_of(group)),
        group=group,
        table=table,
        page=asked.page(rows, total),
        others=[row for row in siblings if row.id != group.id],
        past=list_past_members(db.session(), group.id, today()),
        form=form or GroupNameForm(formdata=None, name=group.name),
        departures=departures
        or DeparturesForm(formdata=None, departures=", ".join(group.departures)),
    ), status


@groups_pages.post("/<group_id>/rename")
@access(Permission.MANAGE_WORKERS, of="group_id")
def rename_group(group_id: str) -> ResponseReturnValue:
    group, form = get_group(group_id), GroupNameForm()
    if not form.validate_on_submit():
        return group_page(group, form, 422)
    actor, (now, on, act_id) = current_actor(), moment_of_act()
    name = typed(form.name)

    def work(session: Session) -> None:
        groups.rename_group(session, group_id, name, on=on, act_id=act_id, actor=actor, now=now)

    try:
        transact(work)
    except GroupNameTaken as refusal:
        form.name.errors = [sentence(refusal.code, refusal.params)]
        return group_page(group, form, refusal.status)
    tell(_("Đã đổi tên thành %(name)s.", name=name), act_id if name != group.name else None)
    return redirect(url_for("groups.show_group", group_id=group_id))


@groups_pages.post("/<group_id>/departures")
@access(Permission.MANAGE_WORKERS, of="group_id")
def set_departures(group_id: str) -> ResponseReturnValue:
    group, form = get_group(group_id), DeparturesForm()
    times = form.read()
    if times is None:
        return group_page(group, status=422, departures=form)
    actor, (now, *_on) = current_actor(), moment_of_act()

    def work(session: Session) -> None:
        groups.set_departures(session, group_id, times, actor=actor, now=now)

    transact(work)
    tell(_("Đã lưu giờ xe chạy.") if times else _("Đã bỏ giờ xe chạy."), None)
    return redirect(url_for("groups.show_group", group_id=group_id))


@groups_pages.post("/<group_id>/close")
@access(Permission.MANAGE_WORKERS, of="group_id")
def close_group(group_id: str) -> ResponseReturnValue:
    group = get_group(group_id)
    if group.follows_unit:
        raise GroupFollowsUnit
    actor, (now, on, act_id) = current_actor(), moment_of_act()
    wanted = PeopleWanted(member_of=group_id)
    people = list_people_ids(db.session(), group.company_id, wanted, on)

    def empty(session: Session, chunk: list[str]) -> int:
        return groups.take_out_of_group(
            session, group_id, chunk, on=on, act_id=act_id, actor=actor, now=now
        )

    def close(session: Session) -> None:
        # Somebody may have joined while the others were taken out.
        late = list_people_ids(session, group.company_id, wanted, on)
        groups.take_out_of_group(
            session, group_id, late, on=on, act_id=act_id, actor=actor, now=now
        )
        groups.close_group(session, group_id, on=on, act_id=act_id, actor=actor, now=now)

    in_steps(people, empty)
    transact(close)
    tell(_("Đã đóng nhóm %(name)s.", name=group.name), act_id)
    return redirect(url_for("groups.list_company_groups", kind=group.kind))


@groups_pages.get("/<group_id>/print")
@access(Permission.MANAGE_WORKERS, of="group_id")
def print_group(group_id: str) -> ResponseReturnValue:
    group = get_group(group_id)
    wanted = PeopleWanted(member_of=group_id)
    rows, _total = list_people(db.session(), group.company_id, wanted, today())
    return render_template(
        "workforce/print_group.html",
        group=group,
        company=company_of(group),
        rows=rows,
        now=current_app.extensions["clock"].now(),
    )


@groups_pages.post("/changes/<act_id>/undo")
@access(Permission.MANAGE_WORKERS, of="act_id")
def undo_change(act_id: str) -> ResponseReturnValue:
    actor, (now, on, _act) = current_actor(), moment_of_act()
    steps = list_act_steps(db.session(), act_id)
    if not steps:
        raise TooLateToUndo
    kept = 0
    for step in steps:

        def work(session: Session, step: str = step) -> group_undoing.Undone:
            return group_undoing.undo_step(session, step, today=on, actor=actor, now=now)

        kept = max(kept, transact(work).kept)
    said = _("Đã hoàn tác.")
    if kept:
        said += " " + ngettext(
            "%(num)d người đã đổi nhóm sau đó nên giữ nguyên.",
            "%(num)d người đã đổi nhóm sau đó nên giữ nguyên.",
            kept,
        )
    tell(said)
    back = request.referrer or ""
    return redirect(_still_there(back) or url_for("groups.list_company_groups"))


def _still_there(back: str) -> str | None:
    """The page the button stood on, if it is a page of groups that the undoing left there."""
    root = request.url_root.rstrip("/")
    path = back.removeprefix(root).partition("?")[0] if back.startswith(f"{root}/groups/") else ""
    parts = path.split("/")
    if len(parts) < 3 or parts[2] in {"new", "none", "from-column"}:
        return None
    try:
        get_group(parts[2])
    except Refusal:
        return None
    return url_for("groups.show_group", group_id=parts[2])
