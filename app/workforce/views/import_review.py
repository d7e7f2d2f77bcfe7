"""Pages on which a staged list is looked through and put right; every decision reads it anew."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.web.access import access
from app.web.pagination import page_from_args
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.actions.importing import deciding
from app.workforce.actions.importing.understood import can_be_accepted
from app.workforce.forms.imports import (
    FIELDS,
    read_cell,
    read_columns,
    read_sexes,
    read_sheets,
    reason,
    row_text,
)
from app.workforce.queries.imports import (
    ImportShown,
    ProblemKind,
    count_leaving_missing,
    get_import,
    list_problem_rows,
)
from app.workforce.rules import Problem, ProblemCode, Severity
from app.workforce.rules.importing import ImportNotOpen, ImportState
from app.workforce.rules.sheet_merging import NoSheetChosen, SheetsToChoose
from app.workforce.views.import_place import imports_pages, now_here, to_list
from app.workforce.views.import_work import read_again_beside

MOST_ROWS = 2_000_000
FONTS_SHOWN = 6


def review_page(shown: ImportShown) -> ResponseReturnValue:
    """The page of a staged list: its sheets while nobody chose, else its problems."""
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
        return to_list(import_id)
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


def _decide(import_id: str, decide: Callable[[Session, datetime], Any]) -> ResponseReturnValue:
    """Keep a decision and read the list anew; a second press while it is read changes nothing."""
    now = now_here()
    try:
        transact(lambda session: decide(session, now))
    except ImportNotOpen:
        return to_list(import_id)
    read_again_beside(import_id)
    return to_list(import_id, _view_kept())


def _view_kept() -> dict[str, str]:
    return {
        name: value
        for name in ("level", "kind", "page")
        if (value := request.form.get(f"back-{name}", ""))
    }
