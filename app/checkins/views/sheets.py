"""Check-in sheets: made for a line and a shift, filled in elsewhere, read back line by line."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

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
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.rules import Permission, branches_for
from app.audit.actions import record_health_view
from app.checkins.actions.sheets import keep_sheet, settle_lines, unpacked
from app.checkins.forms import parse_day, parse_shift
from app.checkins.gateways import SheetPerson, write_sheet
from app.checkins.queries.rule_sets import get_rules
from app.checkins.queries.sheets import (
    OnShift,
    find_on_shift,
    find_sheet,
    find_sheet_path,
    list_on_shift,
    list_sheets,
    names_on_sheet,
)
from app.checkins.queries.standing import rules_by_company
from app.checkins.rules.requests import Source, check_shift_day
from app.checkins.rules.sheets import (
    NotASheet,
    Outcome,
    SheetHead,
    SheetLine,
    observed_moment,
    outcome_of,
    read_head,
    read_lines,
    with_time_fault,
)
from app.checkins.rules.timeliness import paper_times
from app.checkins.views.sheet_words import (
    line_told,
    sheet_words,
    state_told,
    told_now,
    written_words,
)
from app.extensions import db
from app.kernel.refusals import BadFields, NotFound, Refusal
from app.web.access import access, current_actor, locates
from app.web.headers import XLSX
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact
from app.web.words import SHIFTS
from app.workforce.gateways import ReadLimits, read_workbook
from app.workforce.queries.units import Unit, find_unit, list_units
from app.workforce.rules.shifts import ShiftWindow, shift_window

if TYPE_CHECKING:
    from app.checkins.models import AnswerSheet

sheet_pages = Blueprint("sheets", __name__, url_prefix="/today/sheets")
locates("sheet_id")(find_sheet_path)
LIMITS = ReadLimits(file_bytes=5 * 2**20, unpacked_bytes=20 * 2**20, cells=200_000, seconds=15)


@dataclass(frozen=True, slots=True)
class ReviewedLine:
    """A line beside what is known of the person now."""

    line: SheetLine
    found: OnShift | None
    who: tuple[str, str] | None
    is_late: bool
    outcome: Outcome
    told: str
    told_now: str
    faults: tuple[str, ...]


@sheet_pages.get("")
@access(Permission.ANSWER_FOR_OTHERS)
def show_sheets() -> ResponseReturnValue:
    return _start_page()


def _start_page(error: str | None = None) -> str:
    reach = branches_for(current_actor(), Permission.ANSWER_FOR_OTHERS)
    return render_template(
        "checkins/show_sheets.html",
        units=[(unit.id, unit.name) for unit in list_units(db.session(), reach)],
        shifts=list(SHIFTS.items()),
        today=today(),
        error=error,
        earlier=list_sheets(db.session(), reach),
    )


@sheet_pages.get("/file")
@access(Permission.ANSWER_FOR_OTHERS)
def download_sheet() -> ResponseReturnValue:
    unit, day = unit_asked(request.args.get("unit", "")), today()
    on = parse_day(request.args.get("on", "today"), day, "/on")
    shift = parse_shift(request.args.get("shift"))
    check_shift_day(on, day)
    rules = get_rules(db.session(), unit.company_id).rules
    people = [_person(row) for row in list_on_shift(db.session(), unit.path, on, shift)]
    words = sheet_words(unit.name, on, shift, rules)
    content = write_sheet(SheetHead(unit.id, on, shift), people, words)
    name = f"{words.sheet} {unit.name.replace(' · ', ' ')} {on.isoformat()} {shift}.xlsx"
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name=name)


def unit_asked(asked: str) -> Unit:
    """A unit that the caller may answer for, or the refusal that there is none."""
    reach = branches_for(current_actor(), Permission.ANSWER_FOR_OTHERS)
    number = int(asked[:9]) if asked.isascii() and asked.isdecimal() else 0
    unit = find_unit(db.session(), reach, number)
    if unit is None:
        raise NotFound
    return unit


def window_of(unit: Unit, head: SheetHead) -> ShiftWindow:
    """When the shift of a sheet runs in the company of its unit."""
    shift = parse_shift(head.shift)
    hours = rules_by_company(db.session(), [unit.company_id])[unit.company_id].hours
    zone = current_app.config["SETTINGS"].timezone
    return shift_window(hours.at(shift, head.shift_on), head.shift_on, zone)


def _person(row: OnShift) -> SheetPerson:
    return SheetPerson(row.worker_id, row.badge, row.name, row.present, state_told(row))


@sheet_pages.post("")
@access(Permission.ANSWER_FOR_OTHERS)
def upload_sheet() -> ResponseReturnValue:
    file = request.files.get("file")
    if file is None or not file.filename:
        return _start_page(_("Chọn tệp phiếu đã điền.")), 422
    actor, now = current_actor(), current_app.extensions["clock"].now()
    try:
        with tempfile.TemporaryDirectory(dir=current_app.config["SETTINGS"].instance) as folder:
            path = Path(folder) / "sheet"
            file.save(path)
            read = read_workbook(path, LIMITS, file_name=file.filename)
        rows = next((sheet.rows for sheet in read.sheets if sheet.rows), ())
        head = read_head(rows)
        unit = unit_asked(str(head.branch_id))
        check_shift_day(head.shift_on, today())
        window = window_of(unit, head)
        rules = get_rules(db.session(), unit.company_id).rules
        zone = current_app.config["SETTINGS"].timezone
        lines = [
            with_time_fault(line, window, now, zone)
            for line in read_lines(rows, rules, written_words())
        ]
    except (NotFound, BadFields):
        return _start_page(sentence(NotASheet.code, {})), 422
    except Refusal as refusal:
        return _start_page(sentence(refusal.code, refusal.params)), 422

    def work(session: Session) -> str:
        return keep_sheet(session, head, lines, actor=actor, now=now)

    return redirect(url_for("sheets.review_sheet", sheet_id=transact(work)))


@sheet_pages.get("/<sheet_id>")
@access(Permission.ANSWER_FOR_OTHERS, of="sheet_id")
def review_sheet(sheet_id: str) -> ResponseReturnValue:
    sheet = find_sheet(db.session(), sheet_id)
    if sheet is None:
        raise NotFound
    unit = unit_asked(str(sheet.branch_id))
    lines = _reviewed(sheet, unit)
    page = render_template(
        "checkins/review_sheet.html",
        sheet=sheet,
        unit=unit,
        by_outcome={each: [line for line in lines if line.outcome is each] for each in Outcome},
        waiting=len(lines),
    )
    _keep_view(sheet.company_id, [line.found.worker_id for line in lines if line.found])
    return page


def _keep_view(company_id: int, shown: Sequence[str]) -> None:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    if not shown:
        return

    def work(session: Session) -> None:
        record_health_view(session, "sheet", shown, company_id=company_id, actor=actor, now=now)

    transact(work)


def _reviewed(sheet: "AnswerSheet", unit: Unit) -> list[ReviewedLine]:
    lines = unpacked(sheet.lines) if sheet.lines else ()
    ids = [line.worker_id for line in lines]
    found = find_on_shift(db.session(), unit.path, ids, sheet.shift_on, sheet.shift)
    names = names_on_sheet(db.session(), sheet.company_id, ids)
    starts_at = window_of(unit, SheetHead(unit.id, sheet.shift_on, sheet.shift)).starts_at
    zone = current_app.config["SETTINGS"].timezone
    reviewed = []
    for line in lines:
        who = found.get(line.worker_id)
        outcome = outcome_of(line, who.present if who else None)
        reviewed.append(
            ReviewedLine(
                line,
                who,
                names.get(line.worker_id),
                line.at is not None
                and paper_times(
                    Source.PAPER, observed_moment(line.at, starts_at, zone), sheet.read_at
                )
                is not None,
                outcome,
                line_told(line),
                told_now(who) if who else _("không có trong ca này ở đây"),
                tuple(sentence(fault, {}) for fault in line.faults),
            )
        )
    return reviewed


@sheet_pages.post("/<sheet_id>/settle")
@access(Permission.ANSWER_FOR_OTHERS, of="sheet_id")
def settle_sheet(sheet_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    settings = current_app.config["SETTINGS"]
    keep = request.form.get("do") == "keep"
    if not keep and request.form.get("do") != "discard":
        raise BadFields([("/do", "fields.missing")])
    lines = (each.partition(" ") for each in request.form.getlist("line"))
    wanted = {worker: mark for worker, _space, mark in lines}

    def work(session: Session) -> tuple[int, int, int]:
        done = settle_lines(
            session, sheet_id, wanted, keep=keep, settings=settings, actor=actor, now=now
        )
        return done.kept, done.discarded, done.changed

    kept, discarded, changed = transact(work)
    _tell(kept, discarded, changed)
    return redirect(url_for("sheets.review_sheet", sheet_id=sheet_id))


def _tell(kept: int, discarded: int, changed: int) -> None:
    told = []
    if kept:
        told.append(ngettext("Đã ghi %(num)d người.", "Đã ghi %(num)d người.", kept))
    if discarded:
        told.append(ngettext("Đã bỏ %(num)d dòng.", "Đã bỏ %(num)d dòng.", discarded))
    if changed:
        told.append(
            ngettext(
                "%(num)d người vừa khai báo thêm: hãy xem lại.",
                "%(num)d người vừa khai báo thêm: hãy xem lại.",
                changed,
            )
        )
    flash(" ".join(told) or _("Chưa chọn dòng nào."))
