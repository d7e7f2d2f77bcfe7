"""Groups built from a column of the staff list: one for each value that is ticked."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.refusals import NotFound
from app.kernel.text import fold
from app.web.access import access, current_actor
from app.web.present import today
from app.web.transaction import transact
from app.workforce.actions import groups
from app.workforce.actions.groups import Placed
from app.workforce.queries.group_sources import Source, list_ids_by_value, list_source_values
from app.workforce.queries.groups import list_groups
from app.workforce.rules.groups import FREE_KINDS, GroupKind, NobodyChosen
from app.workforce.views.company_asked import company_asked
from app.workforce.views.group_place import (
    frame_of,
    groups_pages,
    in_steps,
    kind_asked,
    moment_of_act,
    tell,
)


def _source() -> Source:
    wanted = request.values.get("source", "")
    return Source(wanted) if wanted in set(Source) else Source.POSITION


@groups_pages.get("/from-column")
@access(Permission.MANAGE_WORKERS)
def choose_values() -> ResponseReturnValue:
    company, source = company_asked(), _source()
    kind = kind_asked() or GroupKind.AD_HOC
    if kind not in FREE_KINDS:
        kind = GroupKind.AD_HOC
    standing = list_groups(db.session(), company.id, today(), kind=kind)
    return render_template(
        "workforce/choose_group_values.html",
        **frame_of(company),
        kind=kind,
        source=source,
        values=list_source_values(db.session(), company.id, source, today()),
        standing={fold(row.name) for row in standing},
        fold=fold,
    )


@groups_pages.post("/from-column")
@access(Permission.MANAGE_WORKERS)
def build_groups() -> ResponseReturnValue:
    company, source, kind = company_asked(), _source(), kind_asked()
    if kind not in FREE_KINDS or kind is None:
        raise NotFound
    values = list(dict.fromkeys(request.form.getlist("value")))
    found = list_ids_by_value(db.session(), company.id, source, values, today())
    chosen = {value: people for value, people in found.items() if people}
    if not chosen:
        raise NobodyChosen
    actor, (now, on, act_id) = current_actor(), moment_of_act()
    open_groups = list_groups(db.session(), company.id, on, kind=kind)
    standing = {fold(row.name): row.id for row in open_groups}
    moves = request.form.get("moves") == "1"
    done = Placed()
    for value, people in chosen.items():
        group_id = standing.get(fold(value))
        if group_id is None:

            def make(session: Session, name: str = value) -> str:
                return groups.add_group(
                    session, company.id, kind, name, on=on, act_id=act_id, actor=actor, now=now
                )

            group_id = standing[fold(value)] = transact(make)

        def step(session: Session, chunk: list[str], group_id: str = group_id) -> Placed:
            return groups.place_in_group(
                session, group_id, chunk, moves=moves, on=on, act_id=act_id, actor=actor, now=now
            )

        done = sum(in_steps(people, step), done)
    said = ngettext(
        "%(num)d nhóm theo cột, đã thêm %(people)s người.",
        "%(num)d nhóm theo cột, đã thêm %(people)s người.",
        len(chosen),
        people=done.joined + done.moved,
    )
    if done.elsewhere:
        said += " " + _("%(count)s người đang ở nhóm khác nên giữ nguyên.", count=done.elsewhere)
    tell(said, act_id)
    return redirect(url_for("groups.list_company_groups", kind=kind, company=company.id))
