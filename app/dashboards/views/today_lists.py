"""The lists behind the board of today, in full."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.rules import Permission
from app.checkins.queries.duties import count_standing, list_people, list_standing
from app.checkins.rules import DutyState
from app.dashboards.queries.today import NOT_ANSWERED
from app.dashboards.views.today import (
    address_of,
    asked_unit,
    contacts_of,
    followers_of,
    keep_view,
    look,
    today_pages,
    told_of,
)
from app.extensions import db
from app.web.access import access
from app.web.pagination import page_from_args


@today_pages.get("/today/standing")
@access(Permission.SEE_HEALTH)
def list_standing_people() -> ResponseReturnValue:
    place, figures, now = look()
    total = sum(count_standing(db.session(), place.paths).values())
    asked = page_from_args(request.args).bounded(total)
    rows = list_standing(db.session(), place.paths, limit=asked.limit, offset=asked.offset)
    page = render_template(
        "dashboards/list_standing_people.html",
        place_shown=place,
        page=asked.page(rows, total),
        now=now,
        followed=followers_of(rows),
        **told_of(place, rows),
        own=address_of(place, figures),
    )
    keep_view("standing", place, rows, now)
    return page


@today_pages.get("/today/missing")
@access(Permission.SEE_HEALTH)
def list_missing_people() -> ResponseReturnValue:
    return _list_people("missing", NOT_ANSWERED)


@today_pages.get("/today/absent")
@access(Permission.SEE_HEALTH)
def list_absent_people() -> ResponseReturnValue:
    return _list_people("absent", (DutyState.ABSENT,))


def _list_people(name: str, states: Sequence[DutyState]) -> ResponseReturnValue:
    unit = asked_unit()
    place, figures, now = look((unit.path,) if unit else ())
    total = figures.silent if name == "missing" else figures.counts.absent
    asked = page_from_args(request.args).bounded(total)
    rows = list_people(
        db.session(),
        (unit.path,) if unit else place.paths,
        figures.part.slots,
        states,
        limit=asked.limit,
        offset=asked.offset,
    )
    page = render_template(
        "dashboards/list_people_by_state.html",
        place_shown=place,
        unit=unit,
        name=name,
        figures=figures,
        contacts=contacts_of(rows, now) if name == "missing" else {},
        page=asked.page(rows, total),
        now=now,
        own=address_of(place, figures),
    )
    keep_view(name, place, rows, now)
    return page
