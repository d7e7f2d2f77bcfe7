"""Pages on which a list is previewed and confirmed or dropped, and who is not in it decided on."""

from pathlib import Path

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.web.access import access
from app.web.pagination import page_from_args
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.actions.importing import deciding
from app.workforce.actions.importing.applying import sweep
from app.workforce.forms.imports import CHANGES, FACTS, read_last_day, row_text, write_left_out
from app.workforce.queries.imports import (
    CHANGING,
    ImportShown,
    count_leaving_missing,
    get_import,
    list_changing_rows,
    list_left_out,
    list_missing_workers,
)
from app.workforce.rules.importing import ImportNotOpen, ImportOutdated, ImportState, RowOutcome
from app.workforce.views.import_place import as_workbook, imports_pages, now_here, to_list
from app.workforce.views.import_work import make_desk, save_beside

CHANGES_SHOWN = 20
OUTCOMES_SHOWN = {
    "created": (RowOutcome.CREATED,),
    "updated": (RowOutcome.UPDATED,),
    "leaving": (RowOutcome.LEAVING,),
}


@imports_pages.get("/<import_id>/confirm")
@access(Permission.MANAGE_WORKERS, of="import_id")
def preview_import(import_id: str) -> ResponseReturnValue:
    shown = get_import(db.session(), import_id)
    if shown.state is not ImportState.STAGED or shown.code:
        return to_list(import_id)
    return _confirm_page(shown)


def _confirm_page(shown: ImportShown, refusal: Refusal | None = None) -> ResponseReturnValue:
    asked = page_from_args(request.args, size=CHANGES_SHOWN)
    only, field = request.args.get("only", ""), request.args.get("field", "")
    field = field if field in shown.fields else ""
    rows, total = list_changing_rows(
        db.session(),
        shown.id,
        OUTCOMES_SHOWN.get(only, CHANGING),
        field=field,
        limit=asked.limit,
        offset=asked.offset,
    )
    page = render_template(
        "workforce/import_confirm.html",
        shown=shown,
        page=asked.page(rows, total),
        only=only if only in OUTCOMES_SHOWN else "",
        field=field,
        changed=[
            (name, text, shown.fields[name])
            for name, text in CHANGES.items()
            if name in shown.fields
        ],
        facts=FACTS,
        missing_leaving=count_leaving_missing(db.session(), shown.id),
        row_text=row_text,
        refusal=sentence(refusal.code, refusal.params) if refusal else "",
        outdated=isinstance(refusal, ImportOutdated),
    )
    return page, refusal.status if refusal else 200


@imports_pages.post("/<import_id>/confirm")
@access(Permission.MANAGE_WORKERS, of="import_id")
def confirm_import(import_id: str) -> ResponseReturnValue:
    now, ends_work = now_here(), request.form.get("end_work") == "1"
    try:
        mark = deciding.check_still_true(db.session(), import_id, today())

        def work(session: Session) -> None:
            deciding.start_saving(
                session, import_id, ends_work=ends_work, roster_mark=mark, now=now
            )

        transact(work)
    except ImportNotOpen:
        return to_list(import_id)
    except Refusal as refusal:
        return _confirm_page(get_import(db.session(), import_id), refusal)
    save_beside(import_id)
    return to_list(import_id)


@imports_pages.post("/<import_id>/cancel")
@access(Permission.MANAGE_WORKERS, of="import_id")
def cancel_import(import_id: str) -> ResponseReturnValue:
    now = now_here()
    try:
        transact(lambda session: deciding.cancel_import(session, import_id, now=now))
    except ImportNotOpen:
        return to_list(import_id)
    sweep(make_desk(), import_id)
    flash(_("Đã bỏ tệp, chưa lưu gì"))
    return redirect(url_for("imports.start_import"))


@imports_pages.get("/<import_id>/missing")
@access(Permission.MANAGE_WORKERS, of="import_id")
def list_missing(import_id: str) -> ResponseReturnValue:
    asked = page_from_args(request.args)
    rows, total = list_missing_workers(
        db.session(), import_id, limit=asked.limit, offset=asked.offset
    )
    return render_template(
        "workforce/import_missing.html",
        shown=get_import(db.session(), import_id),
        page=asked.page(rows, total),
        leaving=count_leaving_missing(db.session(), import_id),
        today=today(),
    )


@imports_pages.post("/<import_id>/missing")
@access(Permission.MANAGE_WORKERS, of="import_id")
def end_missing(import_id: str) -> ResponseReturnValue:
    worker_id, now = request.form.get("worker", ""), now_here()
    last_on = read_last_day(request.form, today())
    worker_ids = [worker_id] if worker_id else None

    def work(session: Session) -> None:
        deciding.end_missing(session, import_id, worker_ids, last_on=last_on, now=now)

    try:
        transact(work)
    except ImportNotOpen:
        return to_list(import_id)
    page = request.form.get("back-page", "1")
    return redirect(url_for("imports.list_missing", import_id=import_id, page=page), 303)


@imports_pages.get("/<import_id>/problems.xlsx")
@access(Permission.MANAGE_WORKERS, of="import_id")
def download_problems(import_id: str) -> ResponseReturnValue:
    shown = get_import(db.session(), import_id)
    rows = list_left_out(db.session(), import_id)
    if not rows:
        raise NotFound
    header = [(column.index, column.heading) for column in shown.columns]

    def write(path: Path) -> None:
        write_left_out(path, header, rows, shown.row_place)

    return as_workbook(_("dong-bi-bo-lai.xlsx"), write)
