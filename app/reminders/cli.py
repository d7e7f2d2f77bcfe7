"""Commands of reminders."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.checkins.actions.duties import list_planned_chunk, plan_duties
from app.extensions import db
from app.kernel.clock import local_day
from app.reminders.jobs import plan_due_reminders
from app.reminders.queries.schedules import days_around, is_unplanned, list_reminded_companies
from app.web.commands import shell_command
from app.web.transaction import transact

reminders_cli = AppGroup("reminders", help="Reminders that come due.")


@reminders_cli.command("run-due")
@click.option("--now", "time", metavar="TIME", help="ISO 8601; as if the clock stood there.")
@shell_command
def run_due(time: str | None) -> dict[str, Any]:
    """Plan what came due since the last look, once; what is too late is missed."""
    now = current_app.extensions["clock"].now() if time is None else _moment(time)
    if time is not None:
        expect_people(now)
    tick = plan_due_reminders(now)
    return {
        "due": tick.due,
        "planned": tick.planned,
        "missed": tick.missed,
        "skipped": dict(tick.skipped),
    }


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("2026-11-24T05:00+07:00", param_hint="--now") from None
    zone = current_app.config["SETTINGS"].timezone
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def expect_people(now: datetime) -> None:
    """Plan who works around a moment that the scheduler has not reached."""
    zone = current_app.config["SETTINGS"].timezone
    today = local_day(current_app.extensions["clock"].now(), zone)
    for company_id in list_reminded_companies(db.session()):
        for on in days_around(now, zone):
            if on >= today and is_unplanned(db.session(), company_id, on):
                _expect(company_id, on, now)


def _expect(company_id: int, on: date, now: datetime) -> None:
    after: str | None = None
    while chunk := list_planned_chunk(db.session(), company_id, after):

        def work(session: Session, chunk: Sequence[str] = chunk) -> int:
            return plan_duties(session, company_id, chunk, on, on, now=now)

        transact(work)
        after = chunk[-1]
