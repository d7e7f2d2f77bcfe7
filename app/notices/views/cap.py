"""CAP files: brought in as drafts by a person who then looks and sends, and handed out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_branch_at
from app.accounts.rules import Permission, branches_for
from app.extensions import db
from app.kernel.refusals import Refusal
from app.notices.actions.cap import Imported, import_alert
from app.notices.queries.cap import get_told, park_code
from app.notices.rules.cap import read_alert, write_alert
from app.notices.rules.cap.exporting import alert_of, sender_of
from app.notices.rules.cap.importing import CapPlan, CapStep, plan_import
from app.notices.rules.cap.reading import LARGEST_BYTES
from app.notices.views.words import STANDINGS
from app.web.access import access, current_actor
from app.web.filters import moment
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact

cap_pages = Blueprint("cap", __name__, url_prefix="/notices")
CAP_TYPE = "application/cap+xml"


@cap_pages.get("/cap")
@access(Permission.SEND_NOTICES)
def choose_cap() -> ResponseReturnValue:
    return _page()


def _page(error: str = "", shown: CapPlan | None = None) -> str:
    return render_template(
        "notices/import_cap.html",
        places=_places(),
        error=error,
        shown=shown,
        standings=STANDINGS,
        kilobytes=LARGEST_BYTES // 1024,
    )


def _places() -> list[tuple[int, str]]:
    """Whose notice a file may become: the visitor's own companies, or the park."""
    reach = branches_for(current_actor(), Permission.SEND_NOTICES)
    found = [find_branch_at(db.session(), path) for path in reach]
    return [(each.id, each.name) for each in found if each is not None]


@cap_pages.post("/cap")
@access(Permission.SEND_NOTICES)
def import_cap() -> ResponseReturnValue:
    own = [str(branch_id) for branch_id, _name in _places()]
    asked = request.form.get("place", own[0] if own else "")
    if asked not in own:
        abort(404)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(_("Chọn một tệp CAP.")), 422
    actor, now = current_actor(), current_app.extensions["clock"].now()
    try:
        plan = plan_import(read_alert(file.stream.read(LARGEST_BYTES + 1)), now)
        if plan.step is CapStep.SHOW:
            return _page(shown=plan)
        reason = plan.note or _("Bên gửi đã sửa thông báo này.")

        def work(session: Session) -> Imported:
            return import_alert(session, int(asked), plan, reason=reason, actor=actor, now=now)

        done = transact(work)
    except Refusal as refused:
        return _page(sentence(refused.code, _worded(refused.params))), refused.status
    flash(_told(done, plan))
    return redirect(url_for("notices.show_notice", notice_id=done.notice_id))


def _worded(params: Mapping[str, Any]) -> dict[str, Any]:
    zone = current_app.config["SETTINGS"].timezone
    return {
        name: moment(value, zone, today=today()) if isinstance(value, datetime) else value
        for name, value in params.items()
    }


def _told(done: Imported, plan: CapPlan) -> str:
    """What became of the file, and what a person does next."""
    if done.step is CapStep.CANCEL:
        said = [_("Bên gửi đã huỷ thông báo này. Chưa có gì thay đổi: hãy xem rồi tự bấm huỷ.")]
    elif done.known:
        said = [_("Tệp này đã nhập từ trước, không tạo thêm gì.")]
    else:
        said = [*_kept(done), *_to_look_at(plan)]
    return " ".join(said)


def _kept(done: Imported) -> list[str]:
    if done.step is CapStep.CORRECT:
        return [_("Đã thành bản sửa, chưa gửi cho ai. Xem lại rồi gửi.")]
    return [_("Đã thành bản nháp, chưa gửi cho ai. Xem lại người nhận rồi gửi.")]


def _to_look_at(plan: CapPlan) -> list[str]:
    areas = [_("Nơi ghi trong tệp: %(areas)s.", areas="; ".join(plan.areas))] if plan.areas else []
    ends = [_("Tệp không ghi giờ hết hạn dùng được, hãy xem lại.")] if plan.ends_set else []
    return areas + ends


@cap_pages.get("/<notice_id>/cap")
@access(Permission.SEND_NOTICES, of="notice_id")
def export_cap(notice_id: str) -> ResponseReturnValue:
    session, zone = db.session(), current_app.config["SETTINGS"].timezone
    told = get_told(session, notice_id)
    file = Response(
        write_alert(alert_of(told, sender_of(park_code(session)), zone)), mimetype=CAP_TYPE
    )
    file.headers["Content-Disposition"] = f'attachment; filename="cap-{notice_id[-12:]}.xml"'
    return file
