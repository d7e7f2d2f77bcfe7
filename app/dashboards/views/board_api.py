"""GET /api/v1/today: the board as its page shows it, for the copy that an office machine keeps."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.rules import Permission
from app.checkins.queries.duties import DutyRow, UnitCounts, count_absent_unexplained
from app.checkins.queries.rule_sets import signs_told
from app.checkins.rules import DutyState
from app.dashboards.queries.today import Figures, get_people
from app.dashboards.rules import NOW, WHOLE_DAY
from app.dashboards.views.today import Place, keep_view, look
from app.extensions import db
from app.settings import Settings
from app.web.access import access
from app.web.filters import percent, temperature
from app.web.language import current_language
from app.web.words import SHIFTS

board_api = Blueprint("board_api", __name__, url_prefix="/api/v1")


@board_api.get("/today")
@access(Permission.SEE_HEALTH)
def show_board() -> ResponseReturnValue:
    """Names as few as the page has; the look that the page has just kept is the same look."""
    place, figures, now = look()
    people = get_people(db.session(), place.paths, figures.part)
    settings: Settings = current_app.config["SETTINGS"]
    keep_view("today", place, [*people.standing, *people.missing], now, again=True)
    return jsonify(
        company={"code": place.company.code, "name": place.company.name},
        on=figures.on.isoformat(),
        part=_part(figures),
        as_of=now.astimezone(settings.timezone).isoformat(),
        figures=_figures(figures, place),
        units=[_unit(each) for each in figures.units],
        standing_total=people.standing_total,
        standing=_standing(people.standing, settings),
        missing_total=figures.silent,
        missing=[_missing(each) for each in people.missing],
    )


def _part(figures: Figures) -> str:
    words = {NOW: _("Đang trong ca"), WHOLE_DAY: _("Cả ngày")}
    return str(words.get(figures.part.key) or SHIFTS[figures.part.key])


def _figures(figures: Figures, place: Place) -> dict[str, Any]:
    counts = figures.counts
    return {
        "planned": figures.is_planned,
        "share": percent(figures.share, current_language()),
        "answered": counts.answered,
        "at_work": figures.at_work,
        "expected": counts.expected,
        "red": counts.red,
        "amber": counts.amber,
        "green": counts.green,
        "silent": figures.silent,
        "absent": counts.absent,
        "absent_unexplained": count_absent_unexplained(
            db.session(), place.paths, figures.part.slots
        ),
    }


def _unit(unit: UnitCounts) -> dict[str, Any]:
    counts = unit.counts
    return {
        "name": _("Chưa xếp chuyền") if unit.direct else unit.name,
        "answered": counts.answered,
        "at_work": counts.expected - counts.absent,
        "red": counts.red,
        "amber": counts.amber,
        "silent": counts.not_answered + counts.not_asked,
        "absent": counts.absent,
    }


def _person(row: DutyRow) -> dict[str, Any]:
    return {"badge": row.badge, "name": row.name, "unit": row.unit, "phone": row.phone}


def _standing(rows: Sequence[DutyRow], settings: Settings) -> list[dict[str, Any]]:
    language = current_language()
    told = []
    for row in rows:
        degrees = row.answers.get("temperature_c")
        measured = [temperature(degrees, language)] if degrees else []
        at = row.answered_at
        told.append(
            _person(row)
            | {
                "level": row.level,
                "told": ", ".join([*measured, *signs_told(row.answers, language)]),
                "at": at.astimezone(settings.timezone).isoformat() if at else None,
            }
        )
    return told


def _missing(row: DutyRow) -> dict[str, Any]:
    return _person(row) | {
        "shift": str(SHIFTS[row.shift]) if row.shift else "",
        "not_asked": row.state == DutyState.NOT_ASKED,
    }
