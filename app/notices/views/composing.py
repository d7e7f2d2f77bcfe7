"""The list of notices, and writing one."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries.branches import list_branches, list_companies
from app.accounts.rules import BranchKind, Permission, branches_for
from app.delivery.registry import roads_of
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.notices.actions.drafting import Draft, change_notice, write_notice
from app.notices.forms import NoticeForm
from app.notices.queries.audience import Audience, count_by_line, targets_of
from app.notices.queries.records import count_groups, list_notices, list_received
from app.notices.queries.roads import Reach, count_reach
from app.notices.rules.states import NoticeAct, is_allowed
from app.notices.rules.wording import Severity, Wording, goes_in_parallel
from app.notices.views.frame import (
    Look,
    clock_now,
    companies_answered_for,
    look_at,
    notice_pages,
    owner_asked,
    owners,
)
from app.notices.views.previews import previews_of
from app.reminders.queries.groups import list_groups
from app.web.access import access, current_actor
from app.web.pagination import page_from_args
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact

if TYPE_CHECKING:
    from app.accounts.models import Branch

HOLDS_HOURS, MOST_RECEIVED = 12, 10
GROUPS = ("open", "sent", "over")


@notice_pages.get("")
@access(Permission.SEND_NOTICES)
def list_all() -> ResponseReturnValue:
    paths = branches_for(current_actor(), Permission.SEND_NOTICES)
    asked = page_from_args(request.args, size=25)
    wanted = request.args.get("show", "")
    companies = list_companies(db.session(), paths)
    company = next((c for c in companies if c.code == request.args.get("company")), None)
    only = company.id if company else None
    rows, total = list_notices(
        db.session(), paths, wanted, company_id=only, limit=asked.limit, offset=asked.offset
    )
    return render_template(
        "notices/list_notices.html",
        page=asked.page(rows, total),
        counts=count_groups(db.session(), paths, only),
        companies=companies,
        company=company,
        received=list_received(db.session(), companies_answered_for(), limit=MOST_RECEIVED),
        wanted=wanted if wanted in GROUPS else "",
    )


@dataclass(frozen=True, slots=True)
class Composing:
    """A notice on its way: the form, whose it is, and the notice that is changed, if any."""

    form: NoticeForm
    owner: "Branch"
    look: Look | None = None

    @property
    def is_park(self) -> bool:
        """Whether it is written in the park's name."""
        return self.owner.kind == BranchKind.PARK


@notice_pages.route("/new", methods=["GET", "POST"])
@access(Permission.SEND_NOTICES)
def compose() -> ResponseReturnValue:
    owner = owner_asked(request.values.get("of"))
    composing = Composing(_form_for(owner), owner)
    if request.method == "POST":
        return _take(composing)
    zone = current_app.config["SETTINGS"].timezone
    until = (clock_now() + timedelta(hours=HOLDS_HOURS)).astimezone(zone)
    composing.form.expires_at.data = until.replace(minute=0, second=0, tzinfo=None)
    composing.form.shift_on.data = today()
    return _page(composing)


@notice_pages.route("/<notice_id>/edit", methods=["GET", "POST"])
@access(Permission.SEND_NOTICES, of="notice_id")
def edit_notice(notice_id: str) -> ResponseReturnValue:
    look = look_at(notice_id)
    if not is_allowed(look.state, NoticeAct.EDIT):
        return redirect(url_for("notices.show_notice", notice_id=notice_id))
    composing = Composing(_form_for(look.owner), look.owner, look)
    if request.method == "POST":
        return _take(composing)
    draft = Draft(
        Wording(look.notice.titles, look.notice.texts),
        targets_of(db.session(), notice_id),
        Severity(look.notice.severity),
        look.notice.expires_at,
    )
    zone = current_app.config["SETTINGS"].timezone
    composing.form.shift_on.data = today()
    composing.form.fill(draft, look.owner.id, zone, look.notice.touched)
    return _page(composing)


def _form_for(owner: "Branch") -> NoticeForm:
    form = NoticeForm()
    is_park = owner.kind == BranchKind.PARK
    companies = {each.id: each.name for each in list_companies(db.session(), [owner.path])}
    lines: dict[str, list[tuple[int, str]]] = {}
    for branch in list_branches(db.session(), [owner.path]):
        if branch.company_id in companies and branch.id != branch.company_id:
            lines.setdefault(companies[branch.company_id], []).append((branch.id, branch.name))
    groups = [] if is_park else list_groups(db.session(), owner.id)
    form.offer(
        list(companies.items()) if is_park else [],
        lines,
        [(each.id, each.kind, each.name) for each in groups],
    )
    return form


def _page(
    composing: Composing, draft: Draft | None = None, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    given: dict[str, Any] = {}
    if draft is not None:
        audience, on = _audience(composing, draft), today()
        lines = count_by_line(db.session(), audience, on)
        example = (lines[0].company, lines[0].unit) if lines else None
        given = {
            "lines": lines,
            "reach": reach_of(audience, on, in_parallel=_in_parallel(composing, draft)),
            "previews": previews_of(draft.wording, composing.owner, on, example),
        }
    return render_template(
        "notices/edit_notice.html",
        form=composing.form,
        owner=composing.owner,
        owners=owners(),
        is_park=composing.is_park,
        look=composing.look,
        problem=problem,
        **given,
    ), status


def reach_of(audience: Audience, on: date, *, in_parallel: bool) -> Reach:
    """How many of an audience each road reaches first."""
    roads = roads_of(current_app.config["SETTINGS"])
    now = clock_now()
    return count_reach(db.session(), audience, roads, on, now, in_parallel=in_parallel)


def _in_parallel(composing: Composing, draft: Draft) -> bool:
    urgency = composing.look.notice.urgency if composing.look else "Immediate"
    return goes_in_parallel(draft.severity, urgency)


def _audience(composing: Composing, draft: Draft) -> Audience:
    notice = composing.look.notice if composing.look else None
    if notice is None or notice.corrects_id is None:
        return Audience(draft.targets)
    return Audience(draft.targets, notice.root_id, notice.version)


def _take(composing: Composing) -> ResponseReturnValue:
    """Keep what was typed, or only show whom it would reach and how it reads."""
    form, owner = composing.form, composing.owner
    if not form.validate():
        return _page(composing, status=422)
    zone = current_app.config["SETTINGS"].timezone
    try:
        draft = form.draft(owner.id, is_park=composing.is_park, zone=zone, today=today())
        if request.form.get("do") == "preview":
            return _page(composing, draft)
        notice_id = _keep(composing, draft)
    except NotFound:
        raise
    except Refusal as refusal:
        why = sentence(refusal.code, refusal.params)
        fresh = composing.look and look_at(composing.look.notice.id)
        return _page(Composing(form, owner, fresh), problem=why, status=refusal.status)
    flash(_("Đã lưu bản nháp. Chưa gửi cho ai."))
    return redirect(url_for("notices.show_notice", notice_id=notice_id))


def _keep(composing: Composing, draft: Draft) -> str:
    actor, now, owner_id = current_actor(), clock_now(), composing.owner.id
    if composing.look is None:

        def write(session: Session) -> str:
            return write_notice(session, owner_id, draft, actor=actor, now=now)

        return transact(write)
    notice_id = composing.look.notice.id
    told = composing.form.seen.data or ""
    seen = int(told) if told.isdecimal() and len(told) < 9 else -1

    def change(session: Session) -> None:
        change_notice(session, notice_id, draft, seen=seen, actor=actor, now=now)

    transact(change)
    return notice_id
