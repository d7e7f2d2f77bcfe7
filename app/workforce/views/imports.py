"""Pages on which a staff list is handed in, looked through, saved or dropped."""

import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries.branches import list_companies
from app.accounts.rules import Permission, branches_for, may
from app.extensions import db
from app.kernel.refusals import NotAllowed, NotFound, Refusal
from app.kernel.text import squeeze
from app.web.access import access, current_actor, locates
from app.web.headers import XLSX
from app.web.pagination import page_from_args
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.actions.importing import deciding
from app.workforce.actions.importing.applying import sweep
from app.workforce.actions.importing.headings import forget_heading, remember_headings
from app.workforce.actions.importing.staging import begin_import, can_be_accepted
from app.workforce.actions.importing.undoing import start_undoing
from app.workforce.forms.imports import (
    CHANGES,
    FACTS,
    FIELDS,
    progress_text,
    read_cell,
    read_columns,
    read_last_day,
    read_sexes,
    read_sheets,
    reason,
    row_text,
    write_left_out,
    write_sample,
)
from app.workforce.queries.headings import list_remembered
from app.workforce.queries.imports import (
    CHANGING,
    ImportShown,
    ProblemKind,
    count_leaving_missing,
    find_import_path,
    get_import,
    list_changing_rows,
    list_imports,
    list_left_out,
    list_missing_workers,
    list_problem_rows,
)
from app.workforce.queries.undoing import (
    count_changes,
    count_undone,
    find_undo_end,
    list_not_restored,
)
from app.workforce.rules import Problem, ProblemCode, Severity
from app.workforce.rules.importing import (
    ImportNotOpen,
    ImportOutdated,
    ImportState,
    RowOutcome,
)
from app.workforce.rules.sheet_merging import NoSheetChosen, SheetsToChoose
from app.workforce.rules.undoing import UndoOutcome
from app.workforce.views.import_work import (
    check_size,
    keep_upload,
    largest_file,
    make_desk,
    read_again_beside,
    read_beside,
    save_beside,
    undo_beside,
)

if TYPE_CHECKING:
    from app.accounts.models import Branch

imports_pages = Blueprint("imports", __name__, url_prefix="/workers/import")
locates("import_id")(find_import_path)
EARLIER_SHOWN = 8
CHANGES_SHOWN = 20
MOST_ROWS = 2_000_000
FONTS_SHOWN = 6
WORKING = (ImportState.READING, ImportState.APPLYING, ImportState.UNDOING)
OUTCOMES_SHOWN = {
    "created": (RowOutcome.CREATED,),
    "updated": (RowOutcome.UPDATED,),
    "leaving": (RowOutcome.LEAVING,),
}


@imports_pages.get("")
@access(Permission.MANAGE_WORKERS)
def start_import() -> ResponseReturnValue:
    return _start_page()


def _start_page(
    error: str | None = None, shown: ImportShown | None = None, status: int = 200
) -> ResponseReturnValue:
    companies = _companies()
    company_id = shown.company_id if shown else _asked_company(companies).id
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


def _companies() -> "Sequence[Branch]":
    actor = current_actor()
    reach = branches_for(actor, Permission.MANAGE_WORKERS)
    found = [
        company
        for company in list_companies(db.session(), reach)
        if may(actor, Permission.MANAGE_WORKERS, company.path)
    ]
    if not found:
        raise NotAllowed
    return found


def _asked_company(companies: "Sequence[Branch]") -> "Branch":
    asked = request.values.get("company", type=int) or companies[0].id
    found = next((company for company in companies if company.id == asked), None)
    if found is None:
        raise NotFound
    return found


@imports_pages.post("")
@access(Permission.MANAGE_WORKERS)
def upload_list() -> ResponseReturnValue:
    company = _asked_company(_companies())
    file = request.files.get("file")
    if file is None or not file.filename:
        return _start_page(error=_("Chọn một tệp trước."), status=422)
    check_size(file)
    actor, now, company_id = current_actor(), _now(), company.id
    # Some browsers of Windows send the whole path.
    file_name = squeeze(PureWindowsPath(file.filename).name)

    def work(session: Session) -> str:
        return begin_import(session, company_id, file_name, actor=actor, now=now)

    import_id = transact(work)
    read_beside(import_id, keep_upload(file, import_id), file_name)
    return _to_list(import_id)


@imports_pages.get("/sample.xlsx")
@access(Permission.MANAGE_WORKERS)
def download_sample() -> ResponseReturnValue:
    return _workbook(_("danh-sach-mau.xlsx"), write_sample)


@imports_pages.get("/headings")
@access(Permission.MANAGE_WORKERS)
def list_headings() -> ResponseReturnValue:
    companies = _companies()
    company = _asked_company(companies)
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
    company_id, now = _asked_company(_companies()).id, _now()
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
        return _review_page(shown)
    return _done_page(shown)


def _done_page(shown: ImportShown, refusal: Refusal | None = None) -> ResponseReturnValue:
    session = db.session()
    if shown.state is ImportState.UNDONE:
        asked = page_from_args(request.args)
        rows, total = list_not_restored(session, shown.id, limit=asked.limit, offset=asked.offset)
        counts = count_undone(session, shown.id)
        undone = {each.value: counts.get(each, 0) for each in UndoOutcome}
        return render_template(
            "workforce/import_undone.html", shown=shown, undone=undone, page=asked.page(rows, total)
        )
    page = render_template(
        "workforce/import_done.html",
        shown=shown,
        undo_ends_at=find_undo_end(session, shown.id, _now()),
        changed=count_changes(session, shown.id),
        refusal=sentence(refusal.code, refusal.params) if refusal else "",
    )
    return page, refusal.status if refusal else 200


@imports_pages.post("/<import_id>/undo")
@access(Permission.MANAGE_WORKERS, of="import_id")
def undo_import(import_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), _now()
    try:
        transact(lambda session: start_undoing(session, import_id, actor=actor, now=now))
    except ImportNotOpen:
        return _to_list(import_id)
    except Refusal as refusal:
        return _done_page(get_import(db.session(), import_id), refusal)
    undo_beside(import_id)
    return _to_list(import_id)


@imports_pages.get("/<import_id>/progress")
@access(Permission.MANAGE_WORKERS, of="import_id")
def show_progress(import_id: str) -> ResponseReturnValue:
    shown = get_import(db.session(), import_id)
    return jsonify(
        state=shown.state, done=shown.done, total=shown.total, text=str(progress_text(shown))
    )


def _review_page(shown: ImportShown) -> ResponseReturnValue:
    if shown.code == SheetsToChoose.code:
        return _sheets_page(shown)
    asked = page_from_args(request.args)
    level, kind = request.args.get("level", ""), request.args.get("kind", "")
    level = level if level in set(Severity) else ""
    kind = kind if kind in {one.code for one in shown.kinds} else ""
    rows, total = list_problem_rows(
        db.session(), shown.id, severity=level, code=kind, limit=asked.limit, offset=asked.offset
    )
    lines = [(row, one) for row in rows for one in row.problems if _is_asked(one, level, kind)]
    return render_template(
        "workforce/import_review.html",
        shown=shown,
        fields=FIELDS,
        missing_leaving=count_leaving_missing(db.session(), shown.id),
        open_columns=[column for column in shown.columns if column.is_open],
        row_text=row_text,
        fonts=_decoded_samples(shown),
        page=asked.page(rows, total),
        lines=[(one, reason(one, shown.row_place), can_be_accepted(one)) for _row, one in lines],
        level=level,
        kind=kind,
        kinds=[(one, _kind_text(one.code)) for one in shown.kinds],
        accepted=_accepted(shown, level, kind),
        editing=request.args.get("edit", ""),
        code_sex=ProblemCode.SEX_AMBIGUOUS,
        code_skipped=ProblemCode.ROW_SKIPPED,
    )


def _decoded_samples(shown: ImportShown) -> list[Problem]:
    """Some cells of old fonts before and after, while nobody said that they read right."""
    if not shown.asks_fonts:
        return []
    code = ProblemCode.LEGACY_FONT
    rows, _total = list_problem_rows(db.session(), shown.id, code=code, limit=4 * FONTS_SHOWN)
    found = {one.value: one for row in rows for one in row.problems if one.code is code}
    return list(found.values())[:FONTS_SHOWN]


def _is_asked(problem: Problem, level: str, kind: str) -> bool:
    if kind:
        return problem.code == kind
    if level:
        return problem.severity == level
    return problem.severity is not Severity.FIXED


def _kind_text(code: str) -> str:
    """The sentence of a kind of problem, with dots where a row's own values stand."""
    return sentence(code, {"value": "…", "suggestion": "…", "other_row": "…"})


def _accepted(shown: ImportShown, level: str, kind: str) -> int:
    """How many suggestions one press on this view would accept."""
    return sum(one.suggested for one in _kinds_on_view(shown, level, kind))


def _kinds_on_view(shown: ImportShown, level: str, kind: str) -> list[ProblemKind]:
    return [
        one
        for one in shown.kinds
        if (not kind or one.code == kind) and (not level or one.severity == level)
    ]


def _sheets_page(shown: ImportShown, refusal: Refusal | None = None) -> ResponseReturnValue:
    chosen = {place for place, sheet in enumerate(shown.sheets) if sheet.is_chosen}
    page = render_template(
        "workforce/import_sheets.html",
        shown=shown,
        ticked=chosen or shown.params.get("suggested", ()),
        error=sentence(refusal.code, refusal.params) if refusal else "",
    )
    return page, refusal.status if refusal else 200


@imports_pages.get("/<import_id>/sheets")
@access(Permission.MANAGE_WORKERS, of="import_id")
def show_sheets(import_id: str) -> ResponseReturnValue:
    shown = get_import(db.session(), import_id)
    if shown.state is not ImportState.STAGED or len(shown.sheets) < 2:
        return _to_list(import_id)
    return _sheets_page(shown)


@imports_pages.post("/<import_id>/sheets")
@access(Permission.MANAGE_WORKERS, of="import_id")
def choose_sheets(import_id: str) -> ResponseReturnValue:
    places = read_sheets(request.form)
    try:
        return _decide(
            import_id, lambda s, now: deciding.choose_sheets(s, import_id, places, now=now)
        )
    except NoSheetChosen as refusal:
        return _sheets_page(get_import(db.session(), import_id), refusal)


@imports_pages.post("/<import_id>/columns")
@access(Permission.MANAGE_WORKERS, of="import_id")
def choose_columns(import_id: str) -> ResponseReturnValue:
    fields = read_columns(request.form)
    known = {column.letter: column for column in get_import(db.session(), import_id).columns}
    # Only what differs is a choice; the rest stays open to better reading.
    chosen = {
        letter: field
        for letter, field in fields.items()
        if letter in known
        and ((known[letter].field if known[letter].field in FIELDS else None) != field)
        | known[letter].is_open
    }
    return _decide(import_id, lambda s, now: deciding.choose_columns(s, import_id, chosen, now=now))


@imports_pages.post("/<import_id>/cells")
@access(Permission.MANAGE_WORKERS, of="import_id")
def correct_cell(import_id: str) -> ResponseReturnValue:
    cell = read_cell(request.form)
    if cell is None:
        raise NotFound
    row, letter, text = cell
    cells = {(row, letter): text}
    return _decide(import_id, lambda s, now: deciding.correct_cells(s, import_id, cells, now=now))


@imports_pages.post("/<import_id>/suggestions")
@access(Permission.MANAGE_WORKERS, of="import_id")
def accept_suggestions(import_id: str) -> ResponseReturnValue:
    shown = get_import(db.session(), import_id)
    kind, level = request.form.get("kind", ""), request.form.get("level", "")
    codes = [one.code for one in _kinds_on_view(shown, level, kind)]
    return _decide(
        import_id, lambda s, now: deciding.accept_suggestions(s, import_id, codes, now=now)
    )


@imports_pages.post("/<import_id>/rows")
@access(Permission.MANAGE_WORKERS, of="import_id")
def leave_out_row(import_id: str) -> ResponseReturnValue:
    row = request.form.get("row", type=int) or 0
    if not 0 < row < MOST_ROWS:
        raise NotFound
    if request.form.get("back") == "1":
        return _decide(
            import_id, lambda s, now: deciding.take_back_rows(s, import_id, [row], now=now)
        )
    return _decide(import_id, lambda s, now: deciding.leave_out_rows(s, import_id, [row], now=now))


@imports_pages.post("/<import_id>/kinds")
@access(Permission.MANAGE_WORKERS, of="import_id")
def leave_out_kind(import_id: str) -> ResponseReturnValue:
    kind = request.form.get("kind", "")
    if kind not in {one.code for one in get_import(db.session(), import_id).kinds}:
        raise NotFound
    return _decide(import_id, lambda s, now: deciding.leave_out_kind(s, import_id, kind, now=now))


@imports_pages.post("/<import_id>/sexes")
@access(Permission.MANAGE_WORKERS, of="import_id")
def choose_sexes(import_id: str) -> ResponseReturnValue:
    sexes = read_sexes(request.form)
    return _decide(import_id, lambda s, now: deciding.choose_sexes(s, import_id, sexes, now=now))


@imports_pages.post("/<import_id>/fonts")
@access(Permission.MANAGE_WORKERS, of="import_id")
def choose_fonts(import_id: str) -> ResponseReturnValue:
    decodes = request.form.get("decode") == "1"
    return _decide(
        import_id, lambda s, now: deciding.choose_fonts(s, import_id, decodes=decodes, now=now)
    )


@imports_pages.post("/<import_id>/again")
@access(Permission.MANAGE_WORKERS, of="import_id")
def compare_again(import_id: str) -> ResponseReturnValue:
    return _decide(import_id, lambda s, now: deciding.reread(s, import_id, now=now))


def _decide(import_id: str, decide: Callable[[Session, Any], Any]) -> ResponseReturnValue:
    """Keep a decision and read the list anew; a second press while it is read changes nothing."""
    now = _now()
    try:
        transact(lambda session: decide(session, now))
    except ImportNotOpen:
        return _to_list(import_id)
    read_again_beside(import_id)
    return _to_list(import_id, _view_kept())


def _view_kept() -> dict[str, str]:
    return {
        name: value
        for name in ("level", "kind", "page")
        if (value := request.form.get(f"back-{name}", ""))
    }


@imports_pages.get("/<import_id>/confirm")
@access(Permission.MANAGE_WORKERS, of="import_id")
def preview_import(import_id: str) -> ResponseReturnValue:
    shown = get_import(db.session(), import_id)
    if shown.state is not ImportState.STAGED or shown.code:
        return _to_list(import_id)
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
    now, ends_work = _now(), request.form.get("end_work") == "1"
    try:
        mark = deciding.check_still_true(db.session(), import_id, today())

        def work(session: Session) -> None:
            deciding.start_saving(
                session, import_id, ends_work=ends_work, roster_mark=mark, now=now
            )

        transact(work)
    except ImportNotOpen:
        return _to_list(import_id)
    except Refusal as refusal:
        return _confirm_page(get_import(db.session(), import_id), refusal)
    save_beside(import_id)
    return _to_list(import_id)


@imports_pages.post("/<import_id>/cancel")
@access(Permission.MANAGE_WORKERS, of="import_id")
def cancel_import(import_id: str) -> ResponseReturnValue:
    now = _now()
    try:
        transact(lambda session: deciding.cancel_import(session, import_id, now=now))
    except ImportNotOpen:
        return _to_list(import_id)
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
    worker_id, now = request.form.get("worker", ""), _now()
    last_on = read_last_day(request.form, today())
    worker_ids = [worker_id] if worker_id else None

    def work(session: Session) -> None:
        deciding.end_missing(session, import_id, worker_ids, last_on=last_on, now=now)

    try:
        transact(work)
    except ImportNotOpen:
        return _to_list(import_id)
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

    return _workbook(_("dong-bi-bo-lai.xlsx"), write)


def _workbook(name: str, write: Callable[[Path], None]) -> ResponseReturnValue:
    # Names stay inside the instance folder, also for this moment.
    with tempfile.TemporaryDirectory(dir=current_app.config["SETTINGS"].instance) as folder:
        path = Path(folder) / "list.xlsx"
        write(path)
        content = io.BytesIO(path.read_bytes())
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name=name, max_age=0)


def _to_list(import_id: str, view: Mapping[str, Any] | None = None) -> ResponseReturnValue:
    return redirect(url_for("imports.show_import", import_id=import_id, **(view or {})), 303)


def _now() -> Any:
    return current_app.extensions["clock"].now()
