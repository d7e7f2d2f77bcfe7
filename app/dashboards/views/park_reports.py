"""One park of a province: its reports of a day, their revisions, its weeks, its companies."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.checkins.forms import parse_day
from app.dashboards.forms import ParkPhoneForm
from app.dashboards.queries.park_reports import (
    ParkReports,
    Received,
    find_park_reports,
    list_company_days,
    list_park_shares,
    list_revisions,
)
from app.dashboards.rules.measures import TARGET
from app.dashboards.rules.province import LATE_AFTER, SLOW_AFTER, Line, is_silent
from app.dashboards.views.province import now_and_today, province_pages
from app.extensions import db
from app.kernel.refusals import NotFound
from app.kernel.text import fold
from app.sync.actions.park_phones import keep_park_phone
from app.web.access import access, current_actor
from app.web.filters import address_with
from app.web.transaction import transact
from app.web.words import SHIFTS

WHOLE_DAY = "day"
PERIODS = (14, 28, 56)
WEEK = 7
LOWEST = 90
LONGEST_SEARCH = 100
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@province_pages.get("/parks/<node>")
@access(Permission.SEE_PARKS)
def show_park(node: str) -> ResponseReturnValue:
    return _park_page(node, None)


@province_pages.post("/parks/<node>/phone")
@access(Permission.SEE_PARKS)
def keep_phone(node: str) -> ResponseReturnValue:
    form = ParkPhoneForm()
    if not form.validate_on_submit():
        return _park_page(node, form), 422
    phone, actor, now = form.phone.data or "", current_actor(), now_and_today()[0]

    def work(session: Session) -> None:
        keep_park_phone(session, node, phone, actor=actor, now=now)

    find_park(node)
    transact(work)
    flash(_("Đã lưu số điện thoại của khu"))
    return redirect(url_for("province.show_park", node=node))


def _park_page(node: str, form: ParkPhoneForm | None) -> str:
    park = find_park(node)
    shown = shown_of(park)
    shift = shown.shift if shown else ""
    days = _period()
    shares = list_park_shares(db.session(), node, shift, _first(park.on, days), park.on)
    now, today = now_and_today()
    return render_template(
        "dashboards/show_park.html",
        park=park,
        shown=shown,
        shift=shift,
        parts=_parts(park, shown),
        name_of=part_name,
        lines=_found(lines_of(shown)),
        q=request.args.get("q", "")[:LONGEST_SEARCH],
        revisions=list_revisions(db.session(), node, park.on, shift) if shown else [],
        weeks=_weeks(park.on, days, {on: totals.share for on, totals in shares.items()}),
        periods=_periods(days),
        silent=is_silent(park.as_of, now),
        late=LATE_AFTER if park.on == today else now - LONG_AGO,  # a day that is over is not late
        slow=SLOW_AFTER,
        form=form or ParkPhoneForm(formdata=None, phone=park.phone),
        now=now,
    )


@province_pages.get("/parks/<node>/companies/<path:company_code>")
@access(Permission.SEE_PARKS)
def show_park_company(node: str, company_code: str) -> ResponseReturnValue:
    park = find_park(node)
    shown = shown_of(park)
    shift = shown.shift if shown else ""
    days = _period()
    first = _first(park.on, days)
    told = list_company_days(db.session(), node, company_code, shift, first, park.on)
    of_day = [(each, _line(each, company_code)) for each in park.received]
    if not told and not any(line for _each, line in of_day):
        raise NotFound
    span = [first + timedelta(days=place) for place in range(days)]
    shares = {on: _share(line) for on, line in told.items()}
    return render_template(
        "dashboards/show_park_company.html",
        park=park,
        code=company_code,
        shown=shown,
        parts=_parts(park, shown),
        name_of=part_name,
        of_day=of_day,
        days=[(on, told.get(on), on in told) for on in reversed(span)],
        points=[_point(shares.get(on)) for on in span],
        lowest=_lowest(shares),
        target=round(TARGET * 100),
        periods=_periods(days),
        labels=[(place, f"{on:%d/%m}") for place, on in enumerate(span) if on.weekday() == 0],
        now=now_and_today()[0],
    )


def find_park(node: str) -> ParkReports:
    """The park an address names, on the day it asks for."""
    now, today = now_and_today()
    asked = request.args.get("on")
    on = parse_day(asked, today, "/on") if asked else None
    park = find_park_reports(db.session(), node, on, today=today, now=now)
    if park is None:
        raise NotFound
    return park


def shown_of(park: ParkReports) -> Received | None:
    """The report of the day that the address asks for, else the first there is."""
    wanted = request.args.get("shift", WHOLE_DAY)
    by_key = {each.shift or WHOLE_DAY: each for each in park.received}
    return by_key.get(wanted) or next(iter(park.received), None)


def _parts(park: ParkReports, shown: Received | None) -> list[dict[str, Any]]:
    return [
        {
            "href": address_with(shift=each.shift or WHOLE_DAY, on=park.on.isoformat()),
            "text": part_name(each),
            "current": each is shown,
        }
        for each in park.received
    ]


def part_name(received: Received) -> str:
    """The day total or a shift, in words."""
    if not received.shift:
        return str(_("Cả ngày"))
    return str(SHIFTS.get(received.shift, received.shift))


def lines_of(shown: Received | None) -> list[Line]:
    """Companies: those without figures first, then from the lowest share up."""
    if shown is None:
        return []
    return sorted(
        shown.report.lines,
        key=lambda line: (
            line.is_heard,
            line.figures.share if line.figures and line.figures.share is not None else 2.0,
            line.code,
        ),
    )


def _found(lines: Sequence[Line]) -> list[Line]:
    words = fold(request.args.get("q", "")[:LONGEST_SEARCH]).split()
    return [line for line in lines if all(word in fold(line.code) for word in words)]


def _line(received: Received, code: str) -> Line | None:
    return next((line for line in received.report.lines if line.code == code), None)


def _period() -> int:
    asked = request.args.get("days", "")
    return int(asked) if asked in {str(each) for each in PERIODS} else PERIODS[1]


def _periods(days: int) -> list[dict[str, Any]]:
    return [
        {
            "href": address_with(days=each),
            "text": ngettext("%(num)d ngày", "%(num)d ngày", each),
            "current": each == days,
        }
        for each in PERIODS
    ]


def _first(on: date, days: int) -> date:
    return on - timedelta(days=days - 1)


def _weeks(
    on: date, days: int, shares: Mapping[date, float | None]
) -> list[tuple[date, list[tuple[date, bool, bool, float | None]]]]:
    """Weeks from Monday, the newest first; a day says whether it is asked for and whether told."""
    first = _first(on, days)
    monday = on - timedelta(days=on.weekday())
    weeks = []
    while monday + timedelta(days=WEEK - 1) >= first:
        week = [monday + timedelta(days=place) for place in range(WEEK)]
        cells = [(day, first <= day <= on, day in shares, shares.get(day)) for day in week]
        weeks.append((monday, cells))
        monday -= timedelta(days=WEEK)
    return weeks


def _share(line: Line | None) -> float | None:
    return line.figures.share if line and line.figures and line.is_heard else None


def _point(share: float | None) -> float | str:
    return "nodata" if share is None else round(share * 100, 2)


def _lowest(shares: Mapping[date, float | None]) -> int:
    known = [share * 100 for share in shares.values() if share is not None]
    return min(LOWEST, int(min(known, default=100)) // 5 * 5)
