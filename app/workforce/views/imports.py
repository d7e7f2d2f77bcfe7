"""Pages on which a staff list is handed in, and the one page of a list, whatever its state."""

from pathlib import PureWindowsPath

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.refusals import NotFound
from app.kernel.text import squeeze
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.actions.importing.headings import forget_heading, remember_headings
from app.workforce.actions.importing.staging import begin_import
from app.workforce.forms.imports import FIELDS, progress_text, write_sample
from app.workforce.queries.headings import list_remembered
from app.workforce.queries.imports import ImportShown, get_import, list_imports
from app.workforce.rules.importing import ImportState
from app.workforce.views.import_place import (
    as_workbook,
    chosen_company,
    companies_kept,
    imports_pages,
    now_here,
    to_list,
)
from app.workforce.views.import_review import review_page
from app.workforce.views.import_undoing import done_page
from app.workforce.views.import_work import check_size, keep_upload, largest_file, read_beside

EARLIER_SHOWN = 8
WORKING = (ImportState.READING, ImportState.APPLYING, ImportState.UNDOING)


@imports_pages.get("")
@access(Permission.MANAGE_WORKERS)
def start_import() -> ResponseReturnValue:
    return _start_page()


def _start_page(
    error: str | None = None, shown: ImportShown | None = None, status: int = 200
) -> ResponseReturnValue:
    companies = companies_kept()
    company_id = shown.company_id if shown else chosen_company(companies).id
    page = render_template(
        "workforce/import_start.html",
        companies=[(company.id, company.name) for company in companies],
        company_id=company_id,
        earlier=list_imports(db.session(), company_id, EARLIER_SHOWN),
        error=error,
        refused=shown if shown and shown.state is ImportState.REFUSED else None,
        refused_text=sentence(shown.code, shown.params) if shown and shown.code else "",
        megabytes=largest_file() // 2**20,
    )
    return page, status


@imports_pages.post("")
@access(Permission.MANAGE_WORKERS)
def upload_list() -> ResponseReturnValue:
    company = chosen_company(companies_kept())
    file = request.files.get("file")
    if file is None or not file.filename:
        return _start_page(error=_("Chọn một tệp trước."), status=422)
    check_size(file)
    actor, now, company_id = current_actor(), now_here(), company.id
    # Some browsers of Windows send the whole path.
    file_name = squeeze(PureWindowsPath(file.filename).name)

    def work(session: Session) -> str:
        return begin_import(session, company_id, file_name, actor=actor, now=now)

    import_id = transact(work)
    read_beside(import_id, keep_upload(file, import_id), file_name)
    return to_list(import_id)


@imports_pages.get("/sample.xlsx")
@access(Permission.MANAGE_WORKERS)
def download_sample() -> ResponseReturnValue:
    return as_workbook(_("danh-sach-mau.xlsx"), write_sample)


@imports_pages.get("/headings")
@access(Permission.MANAGE_WORKERS)
def list_headings() -> ResponseReturnValue:
    companies = companies_kept()
    company = chosen_company(companies)
    return render_template(
        "workforce/import_headings.html",
        companies=[(each.id, each.name) for each in companies],
        company_id=company.id,
        headings=list_remembered(db.session(), company.id),
        fields=FIELDS,
    )


@imports_pages.post("/headings")
@access(Permission.MANAGE_WORKERS)
def change_heading() -> ResponseReturnValue:
    company_id, now = chosen_company(companies_kept()).id, now_here()
    heading, field = request.form.get("heading", ""), request.form.get("field", "")
    if heading not in {one.heading for one in list_remembered(db.session(), company_id)}:
        raise NotFound
    if request.form.get("forget") == "1":
        transact(lambda session: forget_heading(session, company_id, heading))
        flash(_("Đã quên cột “%(heading)s”", heading=heading))
    else:
        choices = {heading: field if field in FIELDS else None}
        transact(lambda session: remember_headings(session, company_id, choices, now=now))
        flash(_("Đã ghi nhớ cột “%(heading)s”", heading=heading))
    return redirect(url_for("imports.list_headings", company=company_id), 303)


@imports_pages.get("/<import_id>")
@access(Permission.MANAGE_WORKERS, of="import_id")
def show_import(import_id: str) -> ResponseReturnValue:
    shown = get_import(db.session(), import_id)
    if shown.state in WORKING:
        text = progress_text(shown)
        return render_template("workforce/import_progress.html", shown=shown, text=text)
    if shown.state is ImportState.REFUSED:
        return _start_page(shown=shown)
    if shown.state is ImportState.STAGED:
        return review_page(shown)
    return done_page(shown)


@imports_pages.get("/<import_id>/progress")
@access(Permission.MANAGE_WORKERS, of="import_id")
def show_progress(import_id: str) -> ResponseReturnValue:
    shown = get_import(db.session(), import_id)
    return jsonify(
        state=shown.state, done=shown.done, total=shown.total, text=str(progress_text(shown))
    )
