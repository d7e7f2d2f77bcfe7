"""/sync: how the exchange between this node and the other side stands."""

import tempfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from app.accounts.rules import Permission
from app.checkins.forms import parse_day
from app.extensions import db
from app.kernel.clock import local_day
from app.kernel.refusals import Refusal
from app.settings import NodeRole
from app.sync.actions.bundles import Imported, export_bundle, import_bundle
from app.sync.forms import BundleForm, EnrolForm, InviteForm
from app.sync.queries.logs import list_entries, list_waiting
from app.sync.queries.parks import Look, choose_nodes, list_invitations, list_nodes
from app.sync.queries.states import NodeStatus, Problem, get_status
from app.sync.rules import Direction, DiskFull, UpKind
from app.web.access import access
from app.web.pagination import page_from_args
from app.web.sentences import sentence
from app.web.tables import table_from_args
from app.web.transaction import transact
from app.web.words import SHIFTS

sync_pages = Blueprint("sync", __name__)
ENTRY_KINDS = {
    "summary": _("Báo cáo ngày"),
    "escalation": _("Ca chuyển tỉnh"),
    "feedback": _("Phản ánh"),
    "receipt": _("Biên nhận"),
    "keys": _("Đổi khoá"),
    "notice": _("Thông báo khẩn"),
    "cancel": _("Lệnh huỷ thông báo"),
    "notice_state": _("Số người đã đọc thông báo"),
    "bulletin": _("Bản tin"),
    "answer": _("Trả lời của tỉnh"),
    "task": _("Việc tỉnh giao"),
    "rules": _("Bộ quy tắc"),
    "zalo_out": _("Tin Zalo nhờ tỉnh gửi"),
    "zalo_state": _("Kết quả gửi tin Zalo"),
}
LOOKS = {
    Look.SILENT: _("Quá một ngày không liên lạc"),
    Look.WAITING: _("Chưa nhận hết mục của tỉnh"),
    Look.REVOKED: _("Khoá đã thu hồi"),
}
MOST_SHOWN = 50  # parks at once; the others are found by name
NEWEST = 20  # entries of the other direction that the page shows


@sync_pages.get("/sync")
@access(Permission.MANAGE_NODE)
def show_sync() -> ResponseReturnValue:
    return render_page()


@sync_pages.post("/sync/export")
@access(Permission.MANAGE_NODE)
def download_bundle() -> ResponseReturnValue:
    settings, clock = current_app.config["SETTINGS"], current_app.extensions["clock"]
    park = request.form.get("park") or None
    try:
        with tempfile.TemporaryDirectory(dir=settings.instance) as folder:
            path = Path(folder) / "bundle.zip"
            export_bundle(transact, clock, settings, path, park=park)
            content = BytesIO(path.read_bytes())
    except Refusal as refusal:
        return render_page(problem=refusal), refusal.status
    at = clock.now().astimezone(settings.timezone)
    name = f"anca-{settings.role}-{at:%Y%m%d-%H%M}.zip"
    return send_file(content, "application/zip", as_attachment=True, download_name=name)


@sync_pages.post("/sync/import")
@access(Permission.MANAGE_NODE)
def upload_bundle() -> ResponseReturnValue:
    form = BundleForm()
    file = request.files.get("file")
    form.validate()
    if file is None or not file.filename:
        form.file.errors = [str(_("Chọn một tệp"))]
        return render_page(bundle_form=form), 422
    settings, clock = current_app.config["SETTINGS"], current_app.extensions["clock"]
    try:
        with tempfile.TemporaryDirectory(dir=settings.instance) as folder:
            path = Path(folder) / "bundle.zip"
            file.save(path)
            found = import_bundle(transact, clock, settings, path)
    except OSError:
        form.file.errors = [sentence(DiskFull.code, {})]
        return render_page(bundle_form=form), DiskFull.status
    except Refusal as refusal:
        form.file.errors = [sentence(refusal.code, refusal.params)]
        return render_page(bundle_form=form), refusal.status
    flash(_told(found))
    return redirect(url_for("sync.show_sync"))


def _told(found: Imported) -> str:
    n = found.accepted
    told = ngettext("Đã nhận %(num)d mục mới", "Đã nhận %(num)d mục mới", n)
    if found.waiting:
        n = found.waiting
        told += ngettext(
            "; %(num)d mục chờ các mục trước nó", "; %(num)d mục chờ các mục trước nó", n
        )
    elif not found.accepted:
        told = gettext("Gói này đã nhận trước đây, không có gì thay đổi")
    return str(told)


def render_page(
    enrol_form: EnrolForm | None = None,
    invite_form: InviteForm | None = None,
    bundle_form: BundleForm | None = None,
    problem: Refusal | None = None,
) -> str:
    """The page with the forms of this node's role, which may hold errors."""
    settings = current_app.config["SETTINGS"]
    now = current_app.extensions["clock"].now()
    status = get_status(db.session(), settings)
    at_park = settings.role is NodeRole.PARK
    asked = page_from_args(request.args)
    rows, total = list_entries(
        db.session(),
        accepted_through=status.accepted_through if at_park else None,
        limit=asked.limit,
        offset=asked.offset,
    )
    down, _total = list_entries(
        db.session(), accepted_through=None, limit=NEWEST, offset=0, direction=Direction.DOWN
    )
    waiting = (
        list_waiting(db.session(), status.node, status.accepted_through) if status.node else []
    )
    problems = [(each, sentence(each.code, each.params)) for each in status.problems]
    if problem is not None:
        problems.insert(0, (Problem(problem.code), sentence(problem.code, problem.params)))
    return render_template(
        "sync/show_park.html" if at_park else "sync/show_province.html",
        status=status,
        pending=sum(status.pending.values()),
        problems=problems,
        page=asked.page(rows, total),
        down=[(row, sentence(row.unapplied, {}) if row.unapplied else "") for row in down],
        waiting=[(each, why_waiting(status, each.kind)) for each in waiting],
        **({} if at_park else _register(now)),
        invitations=() if at_park else list_invitations(db.session(), now),
        kinds=ENTRY_KINDS,
        shifts=SHIFTS,
        settings=settings,
        enrol_form=enrol_form or EnrolForm(formdata=None),
        invite_form=invite_form or InviteForm(formdata=None),
        bundle_form=bundle_form or BundleForm(formdata=None),
    )


def why_waiting(status: NodeStatus, kind: str) -> str:
    """Why entries of a kind are still here."""
    if not status.enrolled:
        return str(gettext("Khu chưa nối với kênh tỉnh"))
    if not status.upstream_url:
        return str(gettext("Chờ mang gói USB tới tỉnh, rồi nhận gói biên nhận mang về"))
    if status.next_push_at is not None:
        return str(gettext("Lần gửi vừa rồi chưa được, máy tự gửi lại"))
    if kind == UpKind.RECEIPT:
        return str(gettext("Gửi kèm lần tới, tỉnh không cần trả lời"))
    return str(gettext("Vừa ghi, máy tự gửi trong vòng một phút"))


def _register(now: datetime) -> dict[str, Any]:
    """The parks of a province, as far as they were looked for."""
    table = table_from_args(
        request.args,
        sortable=("name",),
        default="name",
        filters={"q": None, "show": set(Look)},
    )
    known = list_nodes(db.session())
    found = choose_nodes(known, text=table.value("q"), look=table.value("show"), now=now)
    return {
        "table": table,
        "known": len(known),
        "found": len(found),
        "parks": found[:MOST_SHOWN],
        "looks": list(LOOKS.items()),
    }


def asked_day() -> date:
    """The day an address asks for by `on`, "YYYY-MM-DD" or "today"."""
    settings, now = current_app.config["SETTINGS"], current_app.extensions["clock"].now()
    return parse_day(request.args.get("on", "today"), local_day(now, settings.timezone), "/on")
