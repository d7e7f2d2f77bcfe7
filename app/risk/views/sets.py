"""The index sets: what each says, where it comes from, and the park's own."""

import tempfile
from pathlib import Path

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_park
from app.accounts.rules import Permission, may
from app.extensions import db
from app.kernel.refusals import NotAllowed, Refusal
from app.risk.actions.sets import add_own_set, withdraw_set
from app.risk.gateways.set_workbook import read_set_workbook, write_set_workbook
from app.risk.queries.data_files import list_built_in_sets
from app.risk.queries.sets import find_own_set_path, list_sets
from app.risk.rules.index_sets import IndexSet
from app.risk.rules.own_sets import own_set_row
from app.risk.views.frame import now_here, risk_pages, title_of
from app.web.access import access, current_actor, locates
from app.web.headers import XLSX
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact

locates("set_id")(find_own_set_path)
FILE_NAME = "bo-chi-so.xlsx"


@risk_pages.get("/sets")
@access(Permission.ASSESS_RISK)
def show_sets() -> ResponseReturnValue:
    return _sets_page()


def _sets_page(error: str = "", status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "risk/show_sets.html",
        sets=list_sets(db.session()),
        today=today(),
        keeps=_keeps(),
        error=error,
    )
    return page, status


def _keeps() -> bool:
    """Whether the visitor keeps the sets of the whole park."""
    park = find_park(db.session())
    return park is not None and may(current_actor(), Permission.KEEP_RISK_SETS, park.path)


@risk_pages.get("/sets/template.xlsx")
@access(Permission.KEEP_RISK_SETS)
def download_set() -> ResponseReturnValue:
    """The national set as far as it is known, to be completed from the signed annex."""
    content = write_set_workbook(list_built_in_sets()[0])
    page = Response(content, mimetype=XLSX)
    page.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return page


@risk_pages.post("/sets")
@access(Permission.KEEP_RISK_SETS)
def upload_set() -> ResponseReturnValue:
    if not _keeps():
        raise NotAllowed
    file = request.files.get("file")
    if file is None or not file.filename:
        return _sets_page(_("Chọn tệp Excel của bộ chỉ số."), 422)
    actor, now = current_actor(), now_here()
    try:
        with tempfile.TemporaryDirectory(dir=current_app.config["SETTINGS"].instance) as folder:
            path = Path(folder) / "set"
            file.save(path)
            row = own_set_row(read_set_workbook(path, file.filename))

        def work(session: Session) -> IndexSet:
            return add_own_set(session, row, actor=actor, now=now)

        made = transact(work)
    except Refusal as refusal:
        return _sets_page(sentence(refusal.code, refusal.params), refusal.status)
    flash(_("Đã nhập %(title)s, bản %(version)s", title=title_of(made), version=made.version))
    return redirect(url_for("risk.show_sets", _anchor=f"set-{made.id}-{made.version}"))


@risk_pages.post("/sets/<set_id>/withdraw")
@access(Permission.KEEP_RISK_SETS, of="set_id")
def withdraw_one(set_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), now_here()

    def work(session: Session) -> IndexSet:
        return withdraw_set(session, set_id, actor=actor, now=now)

    made = transact(work)
    flash(_("Đã thôi dùng %(title)s, bản %(version)s", title=title_of(made), version=made.version))
    return redirect(url_for("risk.show_sets"))
