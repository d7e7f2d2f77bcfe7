"""Commands about check-ins: who has not answered."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts.queries.branches import find_company, list_companies
from app.checkins.forms import parse_day, parse_shift
from app.checkins.jobs import plan_due_duties
from app.checkins.queries.duties import list_missing
from app.extensions import db
from app.kernel.clock import local_day
from app.kernel.refusals import NotFound
from app.web.commands import shell_command
from app.workforce.rules.shifts import ShiftCode

if TYPE_CHECKING:
    from app.accounts.models import Branch

checkins_cli = AppGroup("checkins", help="Daily checks.")


@checkins_cli.command("missing")
@click.option("--on", default="today", help="YYYY-MM-DD, or today.")
@click.option("--shift", help="Code of one shift.")
@click.option("--company", help="Code of one company.")
@shell_command
def missing(on: str, shift: str | None, company: str | None) -> list[dict[str, Any]]:
    """Who is expected and has not answered."""
    now = current_app.extensions["clock"].now()
    day = parse_day(on, local_day(now, current_app.config["SETTINGS"].timezone), "--on")
    shifts = [parse_shift(shift)] if shift else list(ShiftCode)
    return [
        {
            "company": each.code,
            "badge": row.badge,
            "name": row.name,
            "line": row.unit,
            "shift": row.shift,
        }
        for each in _companies(company)
        for row in list_missing(db.session(), [each.path], day, shifts)
    ]


def _companies(code: str | None) -> Sequence["Branch"]:
    if code is None:
        return list_companies(db.session())
    company = find_company(db.session(), code)
    if company is None:
        raise NotFound
    return [company]


@checkins_cli.command("plan")
@shell_command
def plan() -> dict[str, int]:
    """Expect everybody on the shifts of today and the days ahead, as the scheduler does."""
    return {"added": plan_due_duties()}
