"""Daily forms for those above: which columns there are, and which of them An Ca can fill.

Column sets are data with a source; a column An Ca knows nothing of stays empty, never 0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.dashboards.rules.province import Totals
from app.kernel.refusals import Refusal

DAILY_COMPANY = "daily_company"
DAILY_PARK = "daily_park"
Value = str | int | float | date | None


class UnknownForm(Refusal):
    """No such form, or none that this visitor may make."""

    code = "reports.unknown_form"
    status = 404


@dataclass(frozen=True, slots=True)
class Column:
    """One column: an id that stays, and a title that people read."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a column set; `status` says whether those who receive it agreed to it."""

    id: str
    title: str
    columns: tuple[Column, ...]
    version: int
    status: str


@dataclass(frozen=True, slots=True)
class CompanyDay:
    """One company on one day; None where nothing is known."""

    on: date
    park: str
    company: str
    totals: Totals
    contact: str | None = None
    workers: int | None = None
    teams: int | None = None
    risk: str | None = None
    signer: str | None = None


@dataclass(frozen=True, slots=True)
class ParkDayRow:
    """One park on one day, from its summary; `workers` only where the park itself asks."""

    on: date
    park: str
    totals: Totals
    running: int | None = None
    workers: int | None = None


def read_forms(data: Mapping[str, Any], language: str = "vi") -> dict[str, Form]:
    """The forms of a column set by id, titled in a language where that is given there."""
    return {
        row["id"]: Form(
            row["id"],
            row.get(language, row["vi"]),
            tuple(Column(each["id"], each.get(language, each["vi"])) for each in row["columns"]),
            data["version"],
            data["status"],
        )
        for row in data["reports"]
    }


def _share(totals: Totals, percent: Callable[[float], str]) -> str | None:
    return None if totals.share is None else percent(totals.share)


def _declared(totals: Totals, percent: Callable[[float], str]) -> str | None:
    if not totals.figures.is_heard:
        return None
    share = _share(totals, percent)
    return f"{totals.figures.answered}" + (f" ({share})" if share else "")


def _if_heard(totals: Totals, value: int) -> int | None:
    return value if totals.figures.is_heard else None


Percent = Callable[[float], str]
OF_COMPANY: Mapping[str, Callable[[CompanyDay, Percent], Value]] = {
    "report_date": lambda day, _: day.on,
    "park": lambda day, _: day.park,
    "company": lambda day, _: day.company,
    "contact": lambda day, _: day.contact,
    "workers_total": lambda day, _: day.workers,
    "workers_present": lambda day, _: _if_heard(day.totals, day.totals.figures.at_work),
    "workers_absent": lambda day, _: _if_heard(day.totals, day.totals.figures.absent),
    "teams": lambda day, _: day.teams,
    "declared": lambda day, percent: _declared(day.totals, percent),
    "risk_index": lambda day, _: day.risk,
    "signer": lambda day, _: day.signer,
}
OF_PARK: Mapping[str, Callable[[ParkDayRow, Percent], Value]] = {
    "companies_total": lambda day, _: day.totals.companies,
    "companies_running": lambda day, _: day.running,
    "companies_reported": lambda day, percent: _reported(day.totals, percent),
    "companies_late": lambda day, _: day.totals.companies - day.totals.reported,
    "workers_total": lambda day, _: day.workers,
    "workers_present": lambda day, _: _if_heard(day.totals, day.totals.figures.at_work),
    "declared_pct": lambda day, percent: _share(day.totals, percent),
}
KNOWN = {DAILY_COMPANY: frozenset(OF_COMPANY), DAILY_PARK: frozenset(OF_PARK)}


def _reported(totals: Totals, percent: Percent) -> str:
    if not totals.companies:
        return "0"
    return f"{totals.reported} ({percent(totals.reported / totals.companies)})"


def company_cells(form: Form, day: CompanyDay, percent: Percent) -> list[Value]:
    """The cells of one company in the order of the columns."""
    return [
        OF_COMPANY[column.id](day, percent) if column.id in OF_COMPANY else None
        for column in form.columns
    ]


def park_cells(form: Form, day: ParkDayRow, percent: Percent) -> list[Value]:
    """The cells of one park in the order of the columns."""
    return [
        OF_PARK[column.id](day, percent) if column.id in OF_PARK else None
        for column in form.columns
    ]


def unknown_columns(form: Form) -> Sequence[Column]:
    """The columns that An Ca has nothing for."""
    known = KNOWN.get(form.id, frozenset())
    return [column for column in form.columns if column.id not in known]
