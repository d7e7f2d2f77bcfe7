"""The board of today."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries.branches import list_companies
from app.accounts.rules import Permission, branches_for
from app.audit.actions import record_health_view
from app.audit.queries import was_shown
from app.cases.queries.standing import Followed, list_followed
from app.checkins.forms import parse_day
from app.checkins.queries.duties import (
    DutyRow,
    UnitCounts,
    count_absent_unexplained,
)
from app.checkins.queries.rule_sets import get_rules, signs_told
from app.checkins.rules.hand_over import LONGEST_NOTE
from app.dashboards.queries.today import (
    NOTES_SHOWN,
    Figures,
    Part,
    Pulse,
    get_figures,
    get_people,
    get_pulse,
    has_workers,
    list_places,
)
from app.dashboards.rules import NOW, WHOLE_DAY
from app.extensions import db
from app.kernel.clock import local_day
from app.kernel.refusals import NotFound
from app.reminders.queries.nudging import (
    Contact,
    contacts,
    count_reach,
    find_last_nudge,
    find_nudges,
)
from app.settings import Settings
from app.web.access import access, current_actor
from app.web.language import current_language
from app.web.tables import TableState, table_from_args
from app.web.transaction import transact
from app.web.words import SHIFTS
from app.workforce.queries.safety_teams import find_team_rule, list_staffing
from app.workforce.queries.units import Unit, find_unit

if TYPE_CHECKING:
    from app.accounts.models import Branch

today_pages = Blueprint("today", __name__)
UNITS_SHOWN = 24
SAME_VIEW = timedelta(minutes=30)
UNIT_ORDER: dict[str, Callable[[UnitCounts], Any]] = {
    "name": lambda unit: unit.name,
    "share": lambda unit: unit.counts.answered / max(1, unit.counts.expected - unit.counts.absent),
    "red": lambda unit: unit.counts.red,
    "amber": lambda unit: unit.counts.amber,
    "none": lambda unit: unit.counts.not_answered + unit.counts.not_asked,
    "absent": lambda unit: unit.counts.absent,
}


@dataclass(frozen=True, slots=True)
class Place:
    """The company that is looked at, and the part of it that the visitor may see."""

    company: "Branch"
    companies: Sequence["Branch"]
    paths: tuple[str, ...]

    @property
    def sees_all(self) -> bool:
        """Whether that part is the whole company."""
        return self.paths == (self.company.path,)


def place_of(permission: Permission) -> Place:
    """The company asked for, or the visitor's first one."""
    reach = branches_for(current_actor(), permission)
    companies = list_companies(db.session(), reach)
    wanted = request.args.get("company")
    company = next((each for each in companies if not wanted or each.code == wanted), None)
    if company is None:
        raise NotFound
    whole = any(company.path.startswith(path) for path in reach)
    inside = tuple(path for path in reach if path.startswith(company.path))
    return Place(company, companies, (company.path,) if whole else inside)


@today_pages.get("/today")
@access(Permission.SEE_HEALTH)
def show_today() -> ResponseReturnValue:
    place, figures, now = look()
    session = db.session()
    people = get_people(session, place.paths, figures.part)
    today = local_day(now, current_app.config["SETTINGS"].timezone)
    pulse = get_pulse(session, place.company.id, place.paths)
    places = list_places(session, place.company.id, place.paths)
    page = render_template(
        "dashboards/show_today.html",
        place_shown=place,
        people=people,
        settings=current_app.config["SETTINGS"],
        starting=None if figures.is_planned else _starting(place),
        days=_day_links(place, figures, now),
        today=today,
        **_safety_teams(place, places, figures.on),
        sees_all=place.sees_all,
        notes=pulse.notes[:NOTES_SHOWN],
        notes_left=max(0, len(pulse.notes) - NOTES_SHOWN),
        places=places,
        longest_note=LONGEST_NOTE,
        contacts=contacts_of(people.missing, now),
        **_reach(place, figures, now),
        **pulse_marks(figures, pulse),
        **shown_figures(place, figures, pulse, now),
        followed=followers_of(people.standing),
        **told_of(place, people.standing),
    )
    keep_view("today", place, [*people.standing, *people.missing], now)
    return page


def look(paths: tuple[str, ...] = ()) -> tuple[Place, Figures, datetime]:
    """The company, the part of the day and its figures that the address asks for; and now."""
    now = current_app.extensions["clock"].now()
    place = place_of(Permission.SEE_HEALTH)
    return place, figures_of(place, paths, now), now


def figures_of(place: Place, paths: tuple[str, ...], now: datetime) -> Figures:
    """The figures of the part of the day that the address asks for, of all or of these units."""
    settings: Settings = current_app.config["SETTINGS"]
    today = local_day(now, settings.timezone)
    return get_figures(
        db.session(),
        place.company.id,
        paths or place.paths,
        wanted=request.args.get("shift"),
        on=parse_day(request.args.get("on", "today"), today, "/on"),
        today=today,
        settings=settings,
        now=now,
    )


def shown_figures(place: Place, figures: Figures, pulse: Pulse, now: datetime) -> dict[str, Any]:
    """What the parts of the board that show figures need; they are fetched anew by themselves."""
    table = table_from_args(request.args, sortable=tuple(UNIT_ORDER), default="-none")
    units = _sorted(figures.units, table)
    return {
        "figures": figures,
        "standing_counts": pulse.standing,
        "unexplained": count_absent_unexplained(db.session(), place.paths, figures.part.slots),
        "units": units if request.args.get("units") == "all" else units[:UNITS_SHOWN],
        "unit_count": len(units),
        "table": table,
        "parts": [_part_link(place, figures, each) for each in figures.parts],
        "now": now,
        "own": address_of(place, figures),
    }


def pulse_marks(figures: Figures, pulse: Pulse) -> dict[str, str]:
    """Two short texts: one changes with any figure, one with whom or what the board names."""
    people = _mark(sorted(pulse.standing.items()), pulse.newest, [note.id for note in pulse.notes])
    shown = [(each.part.key, each.expected) for each in figures.parts]
    units = [(unit.branch_id, unit.name, unit.counts) for unit in figures.units]
    cut_off = figures.cut_off_at
    board = _mark(people, figures.on, figures.part, shown, units, cut_off, current_language())
    return {"board_mark": board, "people_mark": people}


def _mark(*parts: object) -> str:
    return hashlib.blake2s(repr(parts).encode(), digest_size=9).hexdigest()


def _reach(place: Place, figures: Figures, now: datetime) -> dict[str, Any]:
    """Whom a reminder by hand would reach, and the last one."""
    if not (figures.silent and figures.open_slots):
        return {"reach": None, "last_nudge": None}
    nudges = find_nudges(db.session(), place.company.id, figures.open_slots)
    return {
        "reach": count_reach(db.session(), place.paths, nudges, now=now),
        "last_nudge": find_last_nudge(db.session(), nudges),
    }


def contacts_of(rows: Sequence[DutyRow], now: datetime) -> dict[tuple[str, date, str], Contact]:
    """How those of these people who have not answered can be reached."""
    people = [(row.worker_id, row.shift_on, row.shift) for row in rows]
    known = [(who, on, shift) for who, on, shift in people if on is not None and shift is not None]
    return contacts(db.session(), known, now=now)


def _safety_teams(place: Place, places: Sequence[tuple[int, str]], on: date) -> dict[str, Any]:
    """Which lines of one's own are short of a safety team, how many a team needs, who says so."""
    rule = find_team_rule(on)
    staffing = list_staffing(db.session(), [place.company.id], on).get(place.company.id)
    if rule is None or staffing is None or not staffing.needed:
        return {"staffing": None}
    own = {unit_id for unit_id, _ in places}
    return {
        "staffing": staffing,
        "short_lines": [line for line in staffing.short_lines if line.unit_id in own],
        "team_rule": rule,
        "team_source": rule.source_en if current_language() == "en" else rule.source,
    }


def address_of(place: Place, figures: Figures) -> dict[str, Any]:
    """What the board's links carry so that they come back to the same look."""
    own: dict[str, Any] = {"shift": figures.part.key}
    if "on" in request.args:
        own["on"] = figures.on.isoformat()
    if len(place.companies) > 1:
        own["company"] = place.company.code
    return own


def _part_link(place: Place, figures: Figures, each: Part) -> dict[str, object]:
    words = {NOW: _("Đang trong ca"), WHOLE_DAY: _("Cả ngày")}
    own = address_of(place, figures) | {"shift": each.part.key}
    return {
        "href": url_for("today.show_today", **own),
        "text": words.get(each.part.key) or SHIFTS[each.part.key],
        "count": each.expected,
        "current": each.part.key == figures.part.key,
    }


def _day_links(place: Place, figures: Figures, now: datetime) -> list[tuple[str, str]]:
    """Ways to the day before, and back to today."""
    today = local_day(now, current_app.config["SETTINGS"].timezone)
    own = address_of(place, figures)
    company = {name: own[name] for name in ("company",) if name in own}
    before = (figures.on - timedelta(days=1)).isoformat()
    links = [(url_for("today.show_today", on=before, **company), _("Hôm trước"))]
    if figures.on != today:
        links.append((url_for("today.show_today", **company), _("Về hôm nay")))
    return links


def _starting(place: Place) -> tuple[str, str | None]:
    """What is wanting where nobody is expected: people or their schedule, and where to see to it.

    The address is left out for those who may not.
    """
    manages = bool(branches_for(current_actor(), Permission.MANAGE_WORKERS))
    if not has_workers(db.session(), place.paths):
        return "people", url_for("imports.start_import") if manages else None
    return "schedule", url_for("schedule.show_schedule") if manages else None


def _sorted(units: Sequence[UnitCounts], table: TableState) -> list[UnitCounts]:
    by_name = sorted(units, key=lambda unit: unit.name)
    return sorted(by_name, key=UNIT_ORDER[table.sort], reverse=table.descending)


def told_of(place: Place, rows: Iterable[DutyRow]) -> dict[str, Any]:
    """What the table of those who stand out needs beside its rows."""
    language = current_language()
    return {
        "signs": {row.worker_id: signs_told(row.answers, language) for row in rows},
        "proposed": get_rules(db.session(), place.company.id).proposed,
        "may_clear": bool(branches_for(current_actor(), Permission.CLEAR_LEVEL)),
    }


def followers_of(rows: Iterable[DutyRow]) -> dict[str, Followed]:
    """Who has the cases of those who stand out, for visitors who may see cases."""
    if not branches_for(current_actor(), Permission.FOLLOW_CASES):
        return {}
    return list_followed(db.session(), [row.worker_id for row in rows])


def keep_view(
    page: str, place: Place, rows: Sequence[DutyRow], now: datetime, *, again: bool = False
) -> None:
    """One row a view: whom the page showed; refreshing itself is the same view.

    `again`: this may be the same look as one of a short while ago.
    """
    actor, company_id = current_actor(), place.company.id
    shown = list(dict.fromkeys(row.worker_id for row in rows))
    if not shown:
        return
    again = again or "X-Refresh" in request.headers
    if again and was_shown(db.session(), page, shown, company_id, actor, now - SAME_VIEW):
        return

    def work(session: Session) -> None:
        record_health_view(session, page, shown, company_id=company_id, actor=actor, now=now)

    transact(work)


def asked_unit() -> Unit | None:
    """The unit that a list is narrowed to, within the visitor's reach."""
    asked = request.values.get("unit", "")
    if not (asked.isascii() and asked.isdecimal()):
        return None
    unit = find_unit(db.session(), place_of(Permission.SEE_HEALTH).paths, int(asked[:9]))
    if unit is None:
        raise NotFound
    return unit
