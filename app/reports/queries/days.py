"""What the daily forms are filled from: a park's own figures, or what parks sent a province."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_park, list_companies
from app.accounts.rules import Actor
from app.dashboards.queries.compliance import count_workers
from app.dashboards.queries.park_reports import find_park_reports
from app.dashboards.queries.province import list_park_days
from app.dashboards.rules.compliance import Figures
from app.dashboards.rules.province import Report, Totals, read_report, totals_of
from app.reports.rules.forms import CompanyDay, ParkDayRow
from app.sync.models import KnownNode
from app.sync.queries.figures import list_figures
from app.sync.queries.parks import list_own_summaries
from app.workforce.rules.shifts import ShiftCode


@dataclass(frozen=True, slots=True)
class Filled:
    """Rows for a form, how old they are, and who is missing in them, by name."""

    companies: tuple[CompanyDay, ...] = ()
    parks: tuple[ParkDayRow, ...] = ()
    as_of: datetime | None = None
    missing: tuple[str, ...] = ()


def fill_own_companies(
    session: Session, on: date, paths: Sequence[str], *, actor: Actor, now: datetime
) -> Filled:
    """Companies of this park as they know themselves."""
    park = find_park(session)
    companies = list_companies(session, paths)
    ids = [company.id for company in companies]
    workers = count_workers(session, ids)
    figures: dict[str, Figures] = {}
    teams: dict[str, int | None] = {}
    for shift in ShiftCode:
        for each in list_figures(session, on, shift, ids):
            counts = each.counts
            part = Figures(
                counts.expected, counts.answered, counts.on_time, counts.absent, counts.not_asked
            )
            figures[each.code] = figures.get(each.code, Figures()) + part
            teams[each.code] = each.teams_staffed
    rows = tuple(
        CompanyDay(
            on,
            park.name if park else "",
            company.name,
            Totals(figures.get(company.code, Figures())),
            contact=actor.name,
            workers=workers.get(company.id),
            teams=teams.get(company.code),
            signer=actor.name,
        )
        for company in companies
    )
    silent = [row.company for row in rows if not row.totals.figures.is_heard]
    return Filled(companies=rows, as_of=now, missing=tuple(silent))


def fill_own_park(session: Session, on: date) -> Filled:
    """This park as its summary of the day tells it."""
    sent = list_own_summaries(session, on)
    total = next((row.body for row in sent if row.body.get("shift") is None), None)
    bodies = [total] if total is not None else [row.body for row in sent]
    if not bodies:
        return Filled()
    park = find_park(session)
    reports = [read_report(body) for body in bodies]
    workers = count_workers(session, [company.id for company in list_companies(session)])
    row = ParkDayRow(
        on,
        park.name if park else "",
        totals_of(reports),
        _running(reports),
        sum(workers.values()),
    )
    as_of = max(datetime.fromisoformat(body["as_of"]) for body in bodies)
    return Filled(parks=(row,), as_of=as_of, missing=_missing(reports))


def fill_parks(session: Session, on: date, *, now: datetime) -> Filled:
    """Every park that sent something of a day; the others are named."""
    days = list_park_days(session, on, now=now, newest=False)
    rows = []
    for day in days:
        if day.totals is None:
            continue
        rows.append(ParkDayRow(on, day.name, day.totals))
    told = [day.figures_at for day in days if day.figures_at]
    missing = tuple(day.name for day in days if day.totals is None)
    return Filled(parks=tuple(rows), as_of=min(told, default=None), missing=missing)


def fill_companies_of(
    session: Session, node: str, on: date, *, today: date, now: datetime
) -> Filled:
    """The companies of one park as its day total, or its shifts, told the province."""
    park = find_park_reports(session, node, on, today=today, now=now)
    if park is None or not park.received:
        return Filled()
    counted = [each for each in park.received if not each.shift] or list(park.received)
    reports = [each.report for each in counted]
    codes = sorted({line.code for report in reports for line in report.lines})
    rows = tuple(
        CompanyDay(on, park.name, code, totals_of([_only(report, code) for report in reports]))
        for code in codes
    )
    as_of = max(each.as_of for each in counted)
    return Filled(companies=rows, as_of=as_of, missing=_missing(reports))


def list_park_names(session: Session) -> list[tuple[str, str]]:
    """Every park that enrolled here: node and name."""
    rows = session.execute(
        select(KnownNode.node, KnownNode.name).order_by(KnownNode.name, KnownNode.node)
    )
    return [(node, name) for node, name in rows]


def _only(report: Report, code: str) -> Report:
    return Report(tuple(line for line in report.lines if line.code == code), None, ())


def _running(reports: Sequence[Report]) -> int:
    lines = [line for report in reports for line in report.lines]
    return len({line.code for line in lines if line.figures and line.figures.expected})


def _missing(reports: Sequence[Report]) -> tuple[str, ...]:
    return tuple(sorted({code for report in reports for code in report.missing}))
