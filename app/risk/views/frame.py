"""What the pages of the risk index share: their address, and numbers and marks in words."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from flask import Blueprint, current_app
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import lazy_gettext as _
from flask_babel import ngettext

from app.accounts.queries.branches import list_branches
from app.accounts.rules import BranchKind, Permission, branches_for
from app.extensions import db
from app.risk.rules.index_sets import Component, Evidence, IndexSet, Measure, Option, Span
from app.web.access import current_actor
from app.web.filters import NO_BREAK, number
from app.web.language import current_language
from app.workforce.queries.units import list_units

risk_pages = Blueprint("risk", __name__, url_prefix="/risk")
EVIDENCE = {
    Evidence.FOUND: _("có trong văn bản công khai"),
    Evidence.PARTIAL: _("mới đọc được một phần"),
    Evidence.MEMORY: _("chưa kiểm chứng"),
    Evidence.ENTERED: _("khu nhập từ văn bản"),
}
EFFORT = {None: _("không đổi được"), 1: _("dễ"), 2: _("vừa"), 3: _("khó")}
FINEST = Decimal("0.01")
COLOURS = 5
LEVELS = (_("Rất thấp"), _("Thấp"), _("Trung bình"), _("Cao"), _("Rất cao"))


def now_here() -> datetime:
    """The moment by the node's clock."""
    moment: datetime = current_app.extensions["clock"].now()
    return moment


def points_told(value: Fraction | None) -> str:
    """Points as the reader writes them: 4, 4,5; more than two digits are rounded half up."""
    if value is None:
        return "–"
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    rounded = exact.quantize(FINEST, ROUND_HALF_UP).normalize()
    digits = max(0, -int(rounded.as_tuple().exponent))
    return number(rounded, current_language(), digits=digits)


def percent_told(value: Fraction | None) -> str:
    """A percent out of a hundred: 49 %."""
    if value is None:
        return "–"
    mark = "%" if current_language() == "en" else f"{NO_BREAK}%"
    return points_told(value) + mark


def evidence_told(evidence: Evidence) -> str:
    """How far something was checked, in words."""
    return str(EVIDENCE[evidence])


def band_colour(rank: int, count: int) -> int:
    """Which of the five colours of bands stands for a place among `count` bands."""
    return 1 if count < 2 else 1 + (rank * (COLOURS - 1) + (count - 1) // 2) // (count - 1)


def option_told(component: Component, option: Option) -> str:
    """An option in words: its own, or the stretch that it stands for."""
    text = option.en if current_language() == "en" else option.vi
    if text or option.span is None or component.measure is None:
        return text
    return _span_told(component.measure, option.span)


def _span_told(measure: Measure, span: Span) -> str:
    low, high = points_told(span.low), points_told(span.high)
    if measure is Measure.WORKERS:
        if span.low is None:
            return str(_("Đến %(high)s người", high=high))
        if span.high is None:
            return str(_("Từ %(low)s người", low=low))
        return str(_("%(low)s–%(high)s người", low=low, high=high))
    if span.low is None:
        text = _("Đến %(high)s", high=high) if span.high_in else _("Dưới %(high)s", high=high)
    elif span.high is None:
        text = _("Từ %(low)s", low=low) if span.low_in else _("Trên %(low)s", low=low)
    elif span.high_in:
        text = _("Từ %(low)s đến %(high)s", low=low, high=high)
    else:
        text = _("Từ %(low)s đến dưới %(high)s", low=low, high=high)
    unit = _("m²/người") if measure is Measure.AREA else "%"
    return f"{text}{NO_BREAK}{unit}"


def title_of(thing: Any) -> str:
    """The name of a set, component or band in the reader's language."""
    return str(thing.en if current_language() == "en" else thing.vi)


def short_of(index_set: IndexSet) -> str:
    """The short name of a set in the reader's language."""
    return index_set.short_en if current_language() == "en" else index_set.short_vi


def level_of(index_set: IndexSet, band: Any) -> str:
    """The short word of a band, where its set has the usual five; else its name."""
    if len(index_set.bands) != len(LEVELS):
        return title_of(band)
    return str(LEVELS[index_set.rank(band)])


def order_of(band: Any) -> str:
    """What a band orders, in the reader's language."""
    return str(band.order_en if current_language() == "en" else band.order_vi)


def people_told(count: int) -> str:
    """A number of people."""
    shown = number(count, current_language())
    return str(ngettext("%(people)s người", "%(people)s người", count, people=shown))


def effort_told(effort: int | None) -> str:
    """The effort of a change in words."""
    return str(EFFORT.get(effort, effort))


def place_choices() -> list[tuple[int, str]]:
    """The places within reach, companies and their units top down: id and name."""
    reach = branches_for(current_actor(), Permission.ASSESS_RISK)
    units = list_units(db.session(), reach)
    companies = {unit.id: unit.name for unit in units if unit.depth == 0}
    names = [
        (each.id, str(_("Cả khu: %(name)s", name=each.name)))
        for each in list_branches(db.session(), reach)
        if each.kind == BranchKind.PARK
    ]
    for unit in units:
        inside = unit.depth and len(companies) > 1
        above = f"{companies.get(unit.company_id, '')} · " if inside else ""
        names.append((unit.id, above + unit.name))
    return names


@risk_pages.record_once
def know_words(state: BlueprintSetupState) -> None:
    """Let templates and their macros say these."""
    state.app.jinja_env.globals["risk_words"] = {
        "points": points_told,
        "percent": percent_told,
        "evidence": evidence_told,
        "colour": band_colour,
        "option": option_told,
        "title": title_of,
        "level": level_of,
        "short": short_of,
        "order": order_of,
        "people": people_told,
        "effort": effort_told,
    }
