"""/province/bulletins: the list, the editor, and what a bulletin looks like to each channel."""

import csv
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
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

from app.accounts.rules import Permission
from app.bulletins.actions.drafting import change_draft, write_draft
from app.bulletins.forms import CHANNELS, MEASURES, BulletinForm, ReasonForm
from app.bulletins.queries.board import find_link, list_makers, list_versions
from app.bulletins.queries.desk import (
    DeskRow,
    find_bulletin_path,
    find_desk,
    find_newest,
    list_desk,
    list_park_states,
)
from app.bulletins.rules.bulletins import Channel, Content, check_content
from app.bulletins.rules.case_lists import (
    SAMPLE_HEADINGS,
    CaseRow,
    Column,
    Found,
    Sex,
    spoken_cells,
)
from app.bulletins.rules.refusals import CaseListRefused
from app.bulletins.views.words import COLUMNS, problem_lines
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.kernel.text import plain_cell
from app.web.access import access, current_actor, locates
from app.web.pagination import page_from_args
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.gateways import ReadLimits, read_workbook
from app.workforce.rules.cells import text_of

desk_pages = Blueprint("bulletins", __name__, url_prefix="/province/bulletins")
locates("bulletin_id")(find_bulletin_path)
PUBLISH = Permission.PUBLISH_BULLETINS
LIMITS = ReadLimits(file_bytes=2 * 2**20, cells=40_000, area=400_000)


@desk_pages.get("")
@access(PUBLISH)
def list_bulletins() -> ResponseReturnValue:
    return desk_page()


def desk_page(link: str = "", status: int = 200) -> ResponseReturnValue:
    """The list; `link` is the new address of the closed channel, shown this once."""
    asked = page_from_args(request.args, size=25)
    rows, total = list_desk(db.session(), limit=asked.limit, offset=asked.offset)
    page = render_template(
        "bulletins/list_bulletins.html",
        page=asked.page(rows, total),
        link=link,
        kept=find_link(db.session(), Channel.PUBLIC_SERVICE),
    )
    return page, status


@desk_pages.route("/new", methods=["GET", "POST"])
@access(PUBLISH)
def write_one() -> ResponseReturnValue:
    form = BulletinForm()
    if request.method == "GET":
        form.on.data, form.number.data = today(), _next_number()
        form.channels.data = [str(each) for each in Channel]
        return _editor(form, None)
    return _save(form, None)


def _next_number() -> str:
    """The number after the newest one, where that is a number of this year."""
    newest = find_newest(db.session())
    if newest is None or newest.on.year != today().year:
        return "1"
    plain = newest.number.isascii() and newest.number.isdecimal()
    return str(int(newest.number) + 1) if plain else ""


@desk_pages.route("/<bulletin_id>/edit", methods=["GET", "POST"])
@access(PUBLISH, of="bulletin_id")
def edit_one(bulletin_id: str) -> ResponseReturnValue:
    row = row_of(bulletin_id)
    form = BulletinForm()
    if request.method == "GET":
        form.fill(row.content, row.touched)
        return _editor(form, row)
    return _save(form, row)


def row_of(bulletin_id: str) -> DeskRow:
    """The bulletin that an address names."""
    row = find_desk(db.session(), bulletin_id)
    if row is None:
        raise NotFound
    return row


def _save(form: BulletinForm, row: DeskRow | None) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _editor(form, row, status=422)
    try:
        content = form.content(_uploaded(form))
        check_content(content)
        bulletin_id = _write(content, form.version, row)
    except CaseListRefused as refusal:
        lines = problem_lines(refusal.params["problems"])
        return _editor(form, row, problems=lines, status=refusal.status)
    except Refusal as refusal:
        told = sentence(refusal.code, refusal.params)
        return _editor(form, row, problems=[told], status=refusal.status)
    flash(_("Đã lưu bản nháp. Chưa ai ngoài trang này thấy."))
    return redirect(url_for("bulletins.show_bulletin", bulletin_id=bulletin_id))


def _write(content: Content, seen: int, row: DeskRow | None) -> str:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> str:
        if row is None:
            return write_draft(session, content, actor=actor, now=now)
        change_draft(session, row.id, content, seen=seen, actor=actor, now=now)
        return row.id

    return transact(work)


def _uploaded(form: BulletinForm) -> Sequence[Sequence[str]] | None:
    """The rows of the first sheet of an uploaded file; None without one."""
    file: Any = form.file.data
    if not file or not file.filename:
        return None
    with tempfile.TemporaryDirectory(dir=current_app.config["SETTINGS"].instance) as folder:
        path = Path(folder) / "cases"
        file.save(path)
        book = read_workbook(path, LIMITS, file_name=file.filename)
    return [[text_of(cell) for cell in row] for row in book.sheets[0].rows] if book.sheets else []


def _editor(
    form: BulletinForm,
    row: DeskRow | None,
    *,
    problems: Sequence[str] = (),
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "bulletins/edit_bulletin.html",
        form=form,
        row=row,
        problems=problems,
        channels=CHANNELS,
        measures=MEASURES,
        columns=[COLUMNS[each] for each in Column],
    )
    return page, status


@desk_pages.get("/case-list.csv")
@access(PUBLISH)
def download_case_list() -> ResponseReturnValue:
    """An empty list with the right columns and two cases to see how they look."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(SAMPLE_HEADINGS)
    first = CaseRow("BN1001", today(), Sex.FEMALE, "18-29", "KCN Vân Trung", Found.QUARANTINE)
    second = CaseRow("BN1002", today(), None, "", "xã Quang Châu", Found.COMMUNITY)
    writer.writerows(map(plain_cell, spoken_cells(each)) for each in (first, second))
    page = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    page.headers["Content-Disposition"] = 'attachment; filename="danh-sach-ca.csv"'
    return page


@desk_pages.get("/<bulletin_id>")
@access(PUBLISH, of="bulletin_id")
def show_bulletin(bulletin_id: str) -> ResponseReturnValue:
    return bulletin_page(bulletin_id)


def bulletin_page(
    bulletin_id: str,
    *,
    form: ReasonForm | None = None,
    problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """A bulletin as each channel reads it, what may be done, and how far the parks are."""
    row = row_of(bulletin_id)
    asked = request.args.get("channel", "")
    shown = next((each for each in row.channels if each == asked), row.channels[0])
    form = form or ReasonForm()
    for_workers = Channel.WORKERS in row.channels and row.version > 0
    page = render_template(
        "bulletins/show_bulletin.html",
        row=row,
        shown=shown,
        content=row.content.for_channel(shown),
        versions=list_versions(db.session(), bulletin_id),
        makers=list_makers(db.session(), bulletin_id),
        parks=list_park_states(db.session(), bulletin_id, row.version) if for_workers else None,
        form=form,
        problem=problem,
    )
    return page, status


@desk_pages.get("/<bulletin_id>/print")
@access(PUBLISH, of="bulletin_id")
def print_bulletin(bulletin_id: str) -> ResponseReturnValue:
    row = row_of(bulletin_id)
    asked = request.args.get("channel", "")
    shown = next((each for each in row.channels if each == asked), row.channels[0])
    return render_template(
        "bulletins/print_bulletin.html",
        row=row,
        shown=shown,
        content=row.content.for_channel(shown),
        now=current_app.extensions["clock"].now(),
    )
