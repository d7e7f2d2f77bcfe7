"""The parks of a province on one day: who sent what, how old it is, and who is missing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.rules import Permission, branches_for
from app.checkins.forms import parse_day
from app.dashboards.queries.province import find_newest_day, list_park_days, list_trends
from app.dashboards.rules.measures import TARGET
from app.dashboards.rules.province import (
    LATE_AFTER,
    SLOW_AFTER,
    ParkDay,
    Told,
    together,
    trend_days,
)
from app.extensions import db
from app.kernel.clock import local_day
from app.kernel.text import fold
from app.settings import Settings
from app.web.access import access, current_actor
from app.web.pagination import page_from_args
from app.web.tables import TableState, table_from_args

province_pages = Blueprint("province", __name__, url_prefix="/province")
LOWEST = 90
STATES = ("nodata", "late", "told")


def now_and_today() -> tuple[datetime, date]:
    """This moment, and the day it is here."""
    settings: Settings = current_app.config["SETTINGS"]
    now = current_app.extensions["clock"].now()
    return now, local_day(now, settings.timezone)


def look_at_parks() -> tuple[date, list[ParkDay], bool]:
    """The day looked at, the parks on it, and whether it is the newest one there is."""
    now, today = now_and_today()
    if "on" in request.args:
        on = min(parse_day(request.args["on"], today, "/on"), today)
        return on, list_park_days(db.session(), on, now=now, newest=False), False
    on = find_newest_day(db.session(), today) or today
    return on, list_park_days(db.session(), on, now=now, newest=True), True


@province_pages.get("")
@access(Permission.SEE_PARKS)
def show_province() -> ResponseReturnValue:
    on, parks, newest = look_at_parks()
    now = now_and_today()[0]
    table = _table()
    found = [park for park in parks if _is_wanted(park, table, now)]
    asked = page_from_args(request.args).bounded(len(found))
    rows = in_order(found, table)[asked.offset : asked.offset + asked.limit]
    trends = list_trends(db.session(), [park.node for park in rows], on)
    return render_template(
        "dashboards/show_province.html",
        on=on,
        newest=newest,
        table=table,
        parks=parks,
        page=asked.page(rows, len(found)),
        silent=[park for park in in_order(parks, table) if park.totals is None],
        totals=together(parks),
        as_of=min((park.figures_at for park in parks if park.figures_at), default=None),
        days=trend_days(on),
        trends=trends,
        points={node: _points(trend) for node, trend in trends.items()},
        lowest=_lowest(trends.values()),
        target=round(TARGET * 100),
        late=LATE_AFTER,
        slow=SLOW_AFTER,
        may_invite=bool(branches_for(current_actor(), Permission.MANAGE_NODE)),
        now=now,
    )


def _table() -> TableState:
    return table_from_args(
        request.args,
        sortable=("name", "share", "red", "amber", "expected"),
        default="-red",
        filters={"q": None, "state": STATES},
        keeps=("on",),
    )


def _is_wanted(park: ParkDay, table: TableState, now: datetime) -> bool:
    words = fold(table.value("q")).split()
    name = fold(park.name)
    if not all(word in name for word in words):
        return False
    wanted = table.values("state")
    return not wanted or bool(_states(park, now).intersection(wanted))


def _states(park: ParkDay, now: datetime) -> set[str]:
    if park.totals is None or park.figures_at is None:
        return {"nodata"}
    return {"told", "late"} if now - park.figures_at > LATE_AFTER or park.ahead else {"told"}


def in_order(parks: Sequence[ParkDay], table: TableState) -> list[ParkDay]:
    """Parks without figures first, then in the order asked for."""
    silent = sorted(
        (park for park in parks if park.totals is None),
        key=lambda park: (park.as_of.timestamp() if park.as_of else 0.0, park.name),
    )
    told = [park for park in parks if park.totals is not None]
    return silent + sorted(told, key=lambda park: _key(park, table), reverse=table.descending)


def _key(park: ParkDay, table: TableState) -> Any:
    totals = park.totals
    if totals is None or table.sort == "name":
        return park.name
    if table.sort == "share":
        return -1.0 if totals.share is None else totals.share
    if table.sort == "expected":
        return totals.figures.expected
    told: Told = getattr(totals, table.sort)
    return -1 if told.count is None else told.count


def _points(trend: Sequence[float | None]) -> list[float | str]:
    return ["nodata" if share is None else round(share * 100, 2) for share in trend]


def _lowest(trends: Iterable[Sequence[float | None]]) -> int:
    """The one scale of all the small lines."""
    known = [share * 100 for trend in trends for share in trend if share is not None]
    return min(LOWEST, int(min(known, default=100)) // 5 * 5)
