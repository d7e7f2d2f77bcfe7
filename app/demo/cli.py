"""The command that fills an empty node with a demo."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.accounts.rules import Role
from app.demo.actions.feedback import add_feedback
from app.demo.actions.follow_up import add_cases
from app.demo.actions.notices import add_past_notice
from app.demo.actions.park import ParkLoad, Step
from app.demo.actions.parks import load_park
from app.demo.actions.province import load_province
from app.demo.actions.scores import add_scores
from app.demo.queries import demo_data, is_empty
from app.demo.rules import DemoOrder
from app.demo.rules.parks import ParkPlan, ProvinceOnly, ProvinceOrder, park_plans
from app.extensions import db
from app.kernel.clock import local_day
from app.reminders.actions.schedules import add_default_schedules
from app.settings import NodeRole, Settings
from app.web.commands import shell_command
from app.web.notice import NOTICE_VERSION
from app.web.transaction import transact

demo_cli = AppGroup("demo", help="A believable park to look around in.")

# A small park is written in one transaction: it is there, or nothing is. A large one is not.
SHIFTS_A_TRANSACTION = 100_000
# Cases are worked on here; elsewhere the scheduler opens them when the park starts.
COMPANIES_AT_WORK = 5


@demo_cli.command("load")
@click.option("--workers", type=click.IntRange(1, 300_000), default=1200, show_default=True)
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day; today when not given.")
@shell_command
def load_demo(workers: int, days: int, seed: int, until: datetime | None) -> dict[str, Any]:
    """Fill an empty database with a demo."""
    settings: Settings = current_app.config["SETTINGS"]
    now = current_app.extensions["clock"].now()
    last_on = until.date() if until else local_day(now, settings.timezone)
    order = DemoOrder(workers, days, seed, last_on, now, settings.timezone)
    if settings.role is NodeRole.PROVINCE:
        return {"accounts": transact(lambda session: load_province(session, order))}
    load = ParkLoad(order, settings.on_time_grace_minutes, NOTICE_VERSION)
    engine, steps = current_app.extensions["writer"].engine, load.steps()
    more = True
    while more:
        more = transact(_Portion(steps))
        checkpoint(engine)

    def remind(session: Session) -> None:
        for site in load.sites.values():
            add_default_schedules(session, site.id, settings=settings, actor=site.officer, now=now)

    def tell(session: Session) -> None:
        first = next(iter(load.sites.values()))
        add_past_notice(session, first, order, settings=settings)

    transact(remind)
    worked = list(load.sites.values())[:COMPANIES_AT_WORK]

    def work(session: Session) -> None:
        for site in worked:
            add_cases(session, site, demo_data("words")["cases"], order)
            add_feedback(session, site, demo_data("words")["feedback"], order)
        heads = {company.code: company.size for company in load.companies}
        add_scores(session, [(site, heads[code]) for code, site in load.sites.items()], order)

    transact(work)
    transact(tell)
    roles = list(Role)
    return {
        "companies": len(load.companies),
        "workers": workers,
        "check_ins": load.answered,
        "accounts": sorted(load.accounts, key=lambda each: roles.index(Role(each["role"]))),
    }


@demo_cli.command("load-province")
@click.option("--parks", type=click.IntRange(3, 2_000), default=40, show_default=True)
@click.option("--silent", type=click.IntRange(0, 1_000), default=3, show_default=True)
@click.option("--days", type=click.IntRange(1, 60), default=14, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@shell_command
def load_parks(parks: int, silent: int, days: int, seed: int) -> dict[str, Any]:
    """Fill a province with parks that report, some silent, one with a fast clock."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.role is not NodeRole.PROVINCE:
        raise ProvinceOnly
    now = current_app.extensions["clock"].now()
    order = ProvinceOrder(parks, silent, days, seed, now, settings.timezone)
    today = local_day(now, settings.timezone)
    accounts: list[dict[str, str]] = []
    if is_empty(db.session()):
        first = DemoOrder(1200, days, seed, today, now, settings.timezone)
        accounts = transact(lambda session: load_province(session, first))
    plans = park_plans(order, demo_data("parks"))
    entries = sum(transact(_ParkLoad(plan, order)) for plan in plans)
    checkpoint(current_app.extensions["writer"].engine)
    return {
        "parks": len(plans),
        "entries": entries,
        "silent": [plan.name for plan in plans if plan.silent_for],
        "clock_ahead": [plan.name for plan in plans if plan.ahead],
        "corrected": [plan.name for plan in plans if plan.corrects],
        "accounts": accounts,
    }


@dataclass(frozen=True, slots=True)
class _ParkLoad:
    """One park, in one transaction."""

    plan: ParkPlan
    order: ProvinceOrder

    def __call__(self, session: Session) -> int:
        return load_park(session, self.plan, self.order)


class _Portion:
    """The next steps, in one transaction; true while more may follow. Done once or not at all."""

    def __init__(self, steps: Iterator[Step]) -> None:
        self.steps = steps
        self.begun = False

    def __call__(self, session: Session) -> bool:
        if self.begun:
            raise RuntimeError("the demo was interrupted; begin again with an empty database")
        self.begun, shifts = True, 0
        for step in self.steps:
            step.work(session)
            shifts += step.shifts
            if shifts > SHIFTS_A_TRANSACTION:
                return True
        return False


def checkpoint(engine: Engine) -> None:
    """Carry SQLite's log over into its file, which a command does not do by itself."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        finally:
            connection.close()
