"""The one table of jobs: what the clock starts, and when; only the lease's holder runs them."""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.alerts.jobs import run_due_alerts
from app.bulletins.jobs import send_waiting
from app.cases.jobs import ask_due_days, open_due_cases
from app.checkins.jobs import plan_due_duties
from app.dashboards.jobs import keep_records, make_digests, send_digests, write_files
from app.delivery.jobs.asking import ask_sent
from app.delivery.jobs.health import look_at_channels
from app.delivery.jobs.hearing import hear_reports
from app.delivery.jobs.rounds import send_due_deliveries
from app.extensions import db
from app.feedback.jobs import stir_feedback
from app.hub.jobs import destroy_old_parcels, pass_on, send_for_parks
from app.intake.jobs import destroy_old_items, open_again
from app.notices.jobs import run_due_notices, tell_province
from app.reminders.jobs import run_due_reminders
from app.retention.jobs import purge_when_due
from app.settings import NodeRole, Settings
from app.sync.gateways.bell import Bell
from app.sync.jobs import make_summaries, pull_log, push_log, ring_parks
from app.upkeep.actions.leases import give_back, take_lease
from app.upkeep.gateways.checking import end_running
from app.upkeep.jobs import copy_backup_again, make_nightly_backup
from app.upkeep.jobs.alerting import alert_staff
from app.upkeep.jobs.checking import check_after_unclean_end, check_database
from app.upkeep.queries.records import is_clock_steady
from app.web.transaction import transact
from app.workforce.jobs import continue_imports, do_planned_changes, drop_stale_imports

log = logging.getLogger(__name__)
LEASE = "scheduler"
LEASE_LASTS = timedelta(seconds=60)
# While so much of it is left, nobody else can have taken it: no write just to hear that.
LEASE_LEFT = timedelta(seconds=30)
# A clock that is set back would let every job sleep until the hour it had been comes again.
LOOKED_AFTER_SECONDS = 10
SLEPT_TOO_LONG = timedelta(minutes=1)


def back_up() -> None:
    """The night's backup of this node."""
    make_nightly_backup(current_app)


def bring_backup_away() -> None:
    """The newest backup into the second place, when that was away at night."""
    copy_backup_again(current_app)


def purge() -> None:
    """The night's purge, by a clock that has been about here for a day."""
    now = current_app.extensions["clock"].now()
    purge_when_due(clock_is_steady=is_clock_steady(db.session(), now))


BOTH = frozenset(NodeRole)
PARK = frozenset({NodeRole.PARK})
PROVINCE = frozenset({NodeRole.PROVINCE})


@dataclass(frozen=True, slots=True)
class Job:
    """One job: its id, what it does, when, and on which nodes."""

    id: str
    run: Callable[[], object]
    trigger: Callable[[Settings], BaseTrigger]
    roles: frozenset[NodeRole] = BOTH


def every(**span: int) -> Callable[[Settings], BaseTrigger]:
    """Again and again, starting at once."""
    return lambda settings: IntervalTrigger(timezone=settings.timezone, **span)


def nightly(settings: Settings) -> BaseTrigger:
    """Once a night, at the hour of the settings."""
    hour, minute = settings.backup_at.split(":")
    return CronTrigger(hour=int(hour), minute=int(minute), timezone=settings.timezone)


def after_backup(settings: Settings) -> BaseTrigger:
    """Once a night, an hour after the backup began."""
    hour, minute = settings.backup_at.split(":")
    hour_after = (int(hour) + 1) % 24
    return CronTrigger(hour=hour_after, minute=int(minute), timezone=settings.timezone)


def before_dawn(settings: Settings) -> BaseTrigger:
    """Once a night, when neither the backup nor a shift begins."""
    return CronTrigger(hour=3, minute=10, timezone=settings.timezone)


JOBS: tuple[Job, ...] = (
    Job("checkins.plan_duties", plan_due_duties, every(minutes=30), PARK),
    Job("cases.open_due", open_due_cases, every(minutes=10), PARK),
    Job("cases.ask_due", ask_due_days, every(minutes=10), PARK),
    Job("reminders.run_due", run_due_reminders, every(seconds=20), PARK),
    Job("notices.run_due", run_due_notices, every(seconds=2), PARK),
    Job("notices.tell_province", tell_province, every(minutes=1), PARK),
    Job("alerts.run_due", run_due_alerts, every(seconds=2), PROVINCE),
    Job("delivery.send_due", send_due_deliveries, every(seconds=10), PARK),
    Job("delivery.hear_reports", hear_reports, every(seconds=5)),
    Job("hub.pass_on", pass_on, every(seconds=5), PARK),
    Job("hub.send", send_for_parks, every(seconds=5), PROVINCE),
    Job("hub.destroy_old", destroy_old_parcels, before_dawn),
    Job("delivery.ask_sent", ask_sent, every(minutes=1), PARK),
    Job("delivery.look_at_channels", look_at_channels, every(minutes=15)),
    Job("workforce.do_planned_changes", do_planned_changes, every(minutes=1), PARK),
    Job("workforce.continue_imports", continue_imports, every(seconds=30), PARK),
    Job("workforce.drop_stale_imports", drop_stale_imports, every(hours=1), PARK),
    Job("sync.make_summaries", make_summaries, every(minutes=1), PARK),
    Job("feedback.stir", stir_feedback, before_dawn, PARK),
    Job("intake.open_again", open_again, every(hours=1), PROVINCE),
    Job("intake.destroy_old", destroy_old_items, before_dawn, PROVINCE),
    Job("dashboards.make_digests", make_digests, every(minutes=30), PARK),
    Job("dashboards.send_digests", send_digests, every(minutes=10), PARK),
    Job("dashboards.write_files", write_files, every(minutes=1), PARK),
    Job("dashboards.keep_records", keep_records, every(minutes=5), PARK),
    Job("sync.push_log", push_log, every(seconds=15), PARK),
    Job("sync.pull_log", pull_log, every(seconds=5), PARK),
    Job("sync.ring_parks", ring_parks, every(seconds=2), PROVINCE),
    Job("upkeep.alert_staff", alert_staff, every(minutes=1)),
    Job("bulletins.send_waiting", send_waiting, every(seconds=10), PROVINCE),
    Job("upkeep.nightly_backup", back_up, nightly),
    Job("upkeep.copy_backup", bring_backup_away, every(hours=1)),
    Job("upkeep.check_database", check_database, after_backup),
    Job("retention.purge", purge, every(minutes=20)),
)


def _has_interval(trigger: BaseTrigger) -> bool:
    return isinstance(trigger, IntervalTrigger)


def _longest_wait(trigger: BaseTrigger) -> timedelta:
    """How long a job may have to wait for its next turn: its interval, or a day and an hour."""
    if isinstance(trigger, IntervalTrigger):
        span: timedelta = trigger.interval
        return span
    return timedelta(hours=25)


class JobRunner:
    """Runs the table's jobs in this process while it holds the lease."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self.holder = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.held_until: datetime | None = None
        self.stopped = threading.Event()
        self.scheduler = BackgroundScheduler(timezone=settings.timezone)
        for job in JOBS:
            if settings.role in job.roles:
                self.scheduler.add_job(
                    self._guarded,
                    trigger=job.trigger(settings),
                    args=[job],
                    id=job.id,
                    coalesce=True,
                    max_instances=1,
                    misfire_grace_time=None,
                )

    def start(self) -> None:
        """Begin; jobs with an interval run at once."""
        self.scheduler.start()
        for job in self.scheduler.get_jobs():
            if isinstance(job.trigger, IntervalTrigger):
                job.modify(next_run_time=self.app.extensions["clock"].now())
        threading.Thread(target=self._watch, name="clock watch", daemon=True).start()
        threading.Thread(target=self._look_through, name="database check", daemon=True).start()

    def stop(self) -> None:
        """End after the running jobs, and let another process take over at once."""
        self.stopped.set()
        self.scheduler.pause()  # what comes due while the last ones end would be refused aloud
        self.scheduler.shutdown(wait=True)
        self.held_until = None
        end_running(self.app.config["SETTINGS"])
        bell: Bell | None = self.app.extensions.get("bell")
        if bell is not None:
            bell.close()
        with self.app.app_context():
            now = self.app.extensions["clock"].now()

            def work(session: Session) -> None:
                give_back(session, LEASE, self.holder, now=now)

            transact(work)

    def _look_through(self) -> None:
        with self.app.app_context():
            try:
                check_after_unclean_end()
            except Exception:
                log.exception("the database could not be looked through")

    def _watch(self) -> None:
        while not self.stopped.wait(LOOKED_AFTER_SECONDS):
            if woken := self.wake_jobs(self.app.extensions["clock"].now()):
                log.warning("the clock was set back: %d jobs run now, not then", woken)

    def wake_jobs(self, now: datetime) -> int:
        """Let jobs run now that wait for an hour further off than they ever would; how many."""
        woken = 0
        for job in self.scheduler.get_jobs():
            longest = _longest_wait(job.trigger) + SLEPT_TOO_LONG
            if job.next_run_time is not None and job.next_run_time - now > longest:
                soon = job.trigger.get_next_fire_time(None, now)
                job.modify(next_run_time=now if _has_interval(job.trigger) else soon)
                woken += 1
        return woken

    def _guarded(self, job: Job) -> None:
        with self.app.app_context():
            try:
                if self._holds_lease():
                    job.run()
            except Exception:
                log.exception("job %s failed", job.id)

    def _holds_lease(self) -> bool:
        now = self.app.extensions["clock"].now()
        left = self.held_until - now if self.held_until is not None else timedelta()
        if LEASE_LEFT < left <= LEASE_LASTS:
            return True

        def work(session: Session) -> bool:
            return take_lease(session, LEASE, self.holder, lasts=LEASE_LASTS, now=now)

        held = transact(work)
        self.held_until = now + LEASE_LASTS if held else None
        return held
