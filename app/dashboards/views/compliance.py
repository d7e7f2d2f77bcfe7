"""Compliance of companies by day: heat map, numbers, ranking, two periods, and one company."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_company
from app.accounts.rules import Permission
from app.dashboards.queries.compliance import Compliance, list_not_begun, list_shift_figures
from app.dashboards.queries.digests import find_unread_digest
from app.dashboards.queries.lines import list_lines
from app.dashboards.queries.tallies import list_shift_records
from app.dashboards.rules.compliance import (
    CompanyDays,
    Day,
    Figures,
    company_days,
    reached,
    tally_of,
    together,
    worst_first,
)
from app.dashboards.rules.lines import told_outside
from app.dashboards.rules.measures import OF_ANSWERS, Measure, Tally
from app.dashboards.rules.periods import LONGEST_DAYS, USUAL_DAYS
from app.dashboards.rules.ranking import Ranked, weekly_rhythm
from app.dashboards.rules.risk_bands import count_bands
from app.dashboards.views.compliance_words import (
    MEASURES,
    reason_href,
    reason_text,
    weekday_letters,
)
from app.dashboards.views.look import Look, found_by, look_at, measure_words, ranked_by
from app.extensions import db
from app.kernel.text import fold
from app.risk.queries.assessments import list_scores
from app.web.access import access, current_actor, locates
from app.web.filters import address_with, percent
from app.web.language import current_language
from app.web.tables import TableState, table_from_args
from app.web.words import SHIFTS

compliance_pages = Blueprint("compliance", __name__, url_prefix="/compliance")
SPANS = (7, 30, 90)
VIEWS = ("heat", "table", "rank", "compare")


@locates("company_code")
def find_company_path(session: Session, code: str) -> str | None:
    """The branch path of a company."""
    company = find_company(session, code)
    return None if company is None else company.path


@compliance_pages.get("")
@access(Permission.SEE_COMPLIANCE)
def show_compliance() -> ResponseReturnValue:
    look = look_at()
    found = found_by(look)
    table = _table()
    view = request.args.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    kept = {each.id for each in _named(found.companies, table.value("q"))}
    scores = list_scores(db.session(), [each.id for each in found.companies])
    rows: dict[str, Any] = {}
    if view in {"rank", "compare"}:
        ranking = ranked_by(look, found)
        rows = {
            "ranking": [row for row in ranking if row.company.id in kept],
            "sums": _sums(found, ranking),
        }
    return render_template(
        "dashboards/show_compliance.html",
        table=table,
        view=view,
        views=_view_choices(view),
        companies=_sorted([each for each in found.companies if each.id in kept], table),
        reached=reached(found.companies, look.target),
        workers=sum(each.workers for each in found.companies),
        reason_text=reason_text,
        reason_href=reason_href,
        scores=scores,
        risk_bands=count_bands(
            [(each.index_set, each.band) for each in scores.values() if each.band],
            len(found.companies),
        ),
        settings=current_app.config["SETTINGS"],
        digest=find_unread_digest(db.session(), current_actor().account_id or "")
        if look.for_park
        else None,
        **rows,
        **_frame(look, found),
    )


@compliance_pages.get("/companies/<company_code>")
@access(Permission.SEE_COMPLIANCE, of="company_code")
def show_company(company_code: str) -> ResponseReturnValue:
    look = look_at(company_code)
    found = found_by(look)
    company = look.companies[0]
    besides = list_not_begun(
        db.session(), [company.id], look.today, current_app.config["SETTINGS"], look.now
    )
    lines = list_lines(db.session(), company.id, look.span, look.shift, besides)
    if look.for_park:
        lines = told_outside(lines, current_app.config["SETTINGS"].small_cell)
    measure = look.measure if look.measure in OF_ANSWERS else Measure.ANSWERED
    (whole,) = found.companies
    rows = [
        CompanyDays(
            "",
            _line_name(line.name, direct=line.direct, lines=line.lines),
            line.people,
            company_days(
                look.span,
                {on: tally_of(each, measure) for on, each in line.figures_by_day.items()},
                # A line that nobody is planned on that day has nothing to tell.
                dict.fromkeys(look.span, False),
                line.ahead,
            ),
            whole.heard_at,
        )
        for line in lines
    ]
    ranking = ranked_by(look, found)
    return render_template(
        "dashboards/show_company_compliance.html",
        company=whole,
        table=_table(),
        lines=worst_first(rows),
        line_measure=MEASURES[measure],
        shift_rows=_shift_rows(look, besides),
        records=list_shift_records(
            db.session(), company.id, look.span[0], look.span[-1], now=look.now
        ),
        row=ranking[0],
        reason_text=reason_text,
        reason_href=reason_href,
        tells_health=not look.for_park
        or whole.workers >= current_app.config["SETTINGS"].small_cell,
        **_frame(look, found),
    )


def _table() -> TableState:
    return table_from_args(
        request.args,
        sortable=("worst", "name", "share", "change"),
        default="worst",
        filters={"q": None, "shift": SHIFTS, "measure": set(MEASURES)},
        keeps=("days", "view", "than"),
    )


def _frame(look: Look, found: Compliance) -> dict[str, Any]:
    """What the page of all companies and that of one have in common."""
    whole = together(look.span, found.companies)
    rhythm = weekly_rhythm([(day.on, day.figures) for day in whole])
    return {
        "look": look,
        "small_cell": current_app.config["SETTINGS"].small_cell,
        "measure_word": MEASURES[look.measure],
        "measure_note": measure_words(look),
        "measures": list(MEASURES.items()),
        "shift_words": list(SHIFTS.items()),
        "longest": LONGEST_DAYS,
        "whole": whole,
        "trend": [_point(day) for day in whole],
        "rhythm": _columns(rhythm),
        "shifts": _by_shift(found),
        "day_choices": _day_choices(look),
        "week_starts": _axis(look.span),
    }


def _line_name(name: str, *, direct: bool, lines: int) -> str:
    if direct:
        return str(_("Chưa xếp chuyền"))
    if lines > 1:
        return str(
            ngettext(
                "%(num)d chuyền ít người, tính chung",
                "%(num)d chuyền ít người, tính chung",
                lines,
            )
        )
    return name


def _shift_rows(look: Look, besides: frozenset[Any]) -> list[Any]:
    rows = list_shift_figures(
        db.session(), [each.id for each in look.companies], look.span[0], look.span[-1]
    )
    return [
        each
        for each in reversed(rows)
        if look.shift in {None, each.shift.value} and (each.on, each.shift.value) not in besides
    ]


def _sums(found: Compliance, ranking: Sequence[Ranked]) -> dict[str, Tally]:
    """Everybody together, in both periods."""
    days = (day.figures for each in found.companies for day in each.days if day.figures.is_heard)
    return {
        "now": sum(days, Tally()),
        "before": sum((row.was for row in ranking), Tally()),
    }


def _named(companies: Sequence[CompanyDays], wanted: str) -> list[CompanyDays]:
    """Companies whose name or code holds these words, accents and order aside."""
    words = fold(wanted).split()
    return [
        each
        for each in companies
        if all(word in fold(f"{each.name} {each.code}") for word in words)
    ]


def _sorted(companies: Sequence[CompanyDays], table: TableState) -> list[CompanyDays]:
    rows = worst_first(companies)
    if table.sort == "worst":
        return rows[::-1] if table.descending else rows
    keys: dict[str, Any] = {
        "name": lambda each: each.name,
        "share": lambda each: each.last_share,
        "change": lambda each: each.change,
    }
    key = keys[table.sort]
    known = sorted(
        (each for each in rows if key(each) is not None), key=key, reverse=table.descending
    )
    return [*(each for each in rows if key(each) is None), *known]


def _day_choices(look: Look) -> list[dict[str, object]]:
    return [
        {
            "href": address_with(**{"days": days if days != USUAL_DAYS else None, "from": None}),
            "text": ngettext("%(num)d ngày", "%(num)d ngày", days),
            "current": days == len(look.span),
        }
        for days in SPANS
    ]


def _view_choices(view: str) -> list[dict[str, object]]:
    texts = (_("Bản đồ màu"), _("Bảng số"), _("Xếp hạng"), _("So hai kỳ"))
    return [
        {
            "href": address_with(view=name if name != VIEWS[0] else None),
            "text": text,
            "current": name == view,
        }
        for name, text in zip(VIEWS, texts, strict=True)
    ]


def _point(day: Day) -> float | str | None:
    return round(day.share * 100, 2) if day.share is not None else day.point


def _columns(rhythm: Sequence[Tally]) -> list[tuple[str, float | None, str]]:
    return [
        (
            letter,
            None if each.share is None else round(each.share * 100, 2),
            percent(each.share, current_language(), digits=0),
        )
        for letter, each in zip(weekday_letters(), rhythm, strict=True)
    ]


def _by_shift(found: Compliance) -> list[tuple[str, Figures]]:
    sums: dict[str, Figures] = {}
    for each in found.last_shifts:
        if each.figures.is_heard:
            sums[each.shift] = sums.get(each.shift, Figures()) + each.figures
    return [(shift, sums[shift]) for shift in SHIFTS if shift in sums]


def _axis(span: Sequence[Any]) -> list[tuple[int, str]]:
    """Mondays and the last day, by place: the month stands where it changes."""
    last = len(span) - 1
    places = [place for place, on in enumerate(span) if on.weekday() == 0 and place < last - 1]
    labels, month = [], None
    for place in [*places, last]:
        on = span[place]
        labels.append((place, f"{on.day}/{on.month}" if on.month != month else str(on.day)))
        month = on.month
    return labels
