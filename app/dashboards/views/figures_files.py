"""Large files of figures: asked for, how far one is, and taken by whoever asked."""

import threading
from typing import Any

from flask import (
    current_app,
    jsonify,
    redirect,
    render_template,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.dashboards.actions.files import FileDesk, ask_file, write_or_give_up
from app.dashboards.gateways.figures_files import figures_path
from app.dashboards.queries.files import FileRow, count_unit_shifts, find_file, list_files
from app.dashboards.rules.files import WAITS_FOR, FileState, NothingToWrite
from app.dashboards.views.compliance import compliance_pages
from app.dashboards.views.compliance_files import report_head
from app.dashboards.views.look import Look, look_at
from app.extensions import db
from app.kernel.refusals import NotFound
from app.settings import Settings
from app.web.access import access, current_actor
from app.web.filters import number
from app.web.headers import XLSX
from app.web.language import current_language
from app.web.tables import query_with
from app.web.transaction import transact
from app.web.words import SHIFTS

PATIENCE_SECONDS = 1.0


@compliance_pages.get("/files")
@access(Permission.SEE_COMPLIANCE)
def show_files() -> ResponseReturnValue:
    look = look_at()
    files = list_files(db.session(), current_actor().account_id or "")
    return render_template(
        "dashboards/show_figures_files.html",
        look=look,
        total=_count(look),
        files=files,
        texts={file.id: _progress_text(file) for file in files},
        days_kept=WAITS_FOR.days,
        small_cell=current_app.config["SETTINGS"].small_cell,
    )


@compliance_pages.post("/files")
@access(Permission.SEE_COMPLIANCE)
def write_figures_file() -> ResponseReturnValue:
    look, actor = look_at(), current_actor()
    total = _count(look)
    if total == 0:
        raise NothingToWrite
    wanted = _wanted(look)

    def work(session: Session) -> str:
        return ask_file(session, wanted, total, actor=actor, now=look.now)

    _beside(transact(work))
    return redirect(url_for("compliance.show_files") + query_with(look.address.items()))


@compliance_pages.get("/files/<file_id>")
@access(Permission.SEE_COMPLIANCE)
def download_figures_file(file_id: str) -> ResponseReturnValue:
    file = _own(file_id)
    settings: Settings = current_app.config["SETTINGS"]
    path = figures_path(settings.instance, file.id)
    if file.state is not FileState.WRITTEN or not path.exists():
        raise NotFound
    return send_file(path, XLSX, as_attachment=True, download_name=file.wanted["name"])


@compliance_pages.get("/files/<file_id>/progress")
@access(Permission.SEE_COMPLIANCE)
def show_file_progress(file_id: str) -> ResponseReturnValue:
    file = _own(file_id)
    return jsonify(
        state=file.state.value, done=file.done, total=file.total, text=_progress_text(file)
    )


def _own(file_id: str) -> FileRow:
    file = find_file(db.session(), file_id)
    if file is None or file.account_id != current_actor().account_id:
        raise NotFound
    return file


def _count(look: Look) -> int:
    ids = [company.id for company in look.companies]
    return count_unit_shifts(db.session(), ids, look.period.from_on, look.period.to_on, look.shift)


def _progress_text(file: FileRow) -> str:
    if file.state is not FileState.ASKED:
        return ""
    return str(
        _(
            "Đã ghi %(done)s trên khoảng %(total)s dòng. Bạn có thể rời trang này.",
            done=number(file.done, current_language()),
            total=number(file.total, current_language()),
        )
    )


def _wanted(look: Look) -> dict[str, Any]:
    """The order, with every word in the language of whoever asks."""
    return {
        "from": look.period.from_on.isoformat(),
        "to": look.period.to_on.isoformat(),
        "shift": look.shift,
        "outside": look.for_park,
        "name": f"tuan-thu-theo-chuyen-{look.period.from_on}-{look.period.to_on}.xlsx",
        "companies": [
            {"id": company.id, "code": company.code, "name": company.name}
            for company in look.companies
        ],
        "words": {
            **{code: str(word) for code, word in SHIFTS.items()},
            "direct": str(_("Chưa xếp chuyền")),
            "joined": str(_("{count} chuyền ít người, tính chung")),
        },
        "order": {
            "sheet": str(_("Theo chuyền")),
            "above": [*report_head(look)[:2], report_head(look)[-1]],
            "headings": [str(each) for each in _headings()],
            "days": [3],
            "shares": [11],
        },
    }


def _headings() -> list[Any]:
    return [
        _("Doanh nghiệp"),
        _("Chuyền, tổ"),
        _("Mã"),
        _("Ngày"),
        _("Ca"),
        _("Phải khai báo"),
        _("Đã khai báo"),
        _("Đúng giờ"),
        _("Vắng"),
        _("Chưa hỏi"),
        _("Chưa khai báo"),
        _("Tỷ lệ trên người đi làm"),
        _("Lời nhắc cần gửi, cả ca"),
        _("Lời nhắc đã đến, cả ca"),
        _("Lời nhắc đã đọc, cả ca"),
    ]


def _beside(file_id: str) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def run() -> None:
        with app.app_context():
            desk = FileDesk(transact, db.session, app.extensions["clock"], app.config["SETTINGS"])
            write_or_give_up(desk, file_id)

    thread = threading.Thread(target=run, name=f"file {file_id}", daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
