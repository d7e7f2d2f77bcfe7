"""Commands of the logs: summaries, invite, enrol, status, push."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.checkins.forms import parse_day
from app.extensions import db
from app.kernel.actors import program
from app.kernel.clock import local_day
from app.kernel.refusals import BadFields
from app.settings import NodeRole, Settings
from app.sync.actions.bundles import export_bundle, import_bundle
from app.sync.actions.enrolment import enrol, invite_park
from app.sync.actions.pulling import pull_entries
from app.sync.actions.pushing import push_entries
from app.sync.actions.summaries import MadeSummary, make_due_summaries
from app.sync.queries.figures import list_days_due
from app.sync.queries.states import NodeStatus, get_status
from app.sync.rules import WrongRole
from app.web.commands import shell_command
from app.web.sentences import sentence
from app.web.transaction import transact

sync_cli = AppGroup("sync", help="The logs between a park and its province.")
summaries_cli = AppGroup("summaries", help="Summaries for the province.")
SHELL = program("command line")


def _here(role: NodeRole) -> tuple[Settings, Any]:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.role is not role:
        raise WrongRole
    return settings, current_app.extensions["clock"]


@sync_cli.command("invite")
@click.option("--name", required=True, help="Name of the park.")
@shell_command
def invite(name: str) -> dict[str, Any]:
    """Make a one-time code with which a park enrols (province)."""
    settings, clock = _here(NodeRole.PROVINCE)

    def work(session: Session) -> Any:
        return invite_park(session, name, actor=SHELL, now=clock.now())

    code, expires_at = transact(work)
    return {"code": code, "expires_at": expires_at.astimezone(settings.timezone).isoformat()}


@sync_cli.command("enrol")
@click.argument("url")
@click.option("--code", required=True, help="The code that the province gave.")
@shell_command
def enrol_here(url: str, code: str) -> dict[str, Any]:
    """Enrol this park at the province of an address."""
    settings, clock = _here(NodeRole.PARK)
    node = enrol(transact, clock, settings, url, code, actor=SHELL)
    return {"node": node, "enrolled": True}


@sync_cli.command("push")
@shell_command
def push() -> dict[str, Any]:
    """Send now what waits, whatever failed before."""
    settings, clock = _here(NodeRole.PARK)
    pushed = push_entries(transact, clock, settings, by_hand=True)
    if pushed.stopped_by is not None:
        raise pushed.stopped_by
    db.session.remove()
    status = get_status(db.session(), settings)
    return {"accepted": pushed.accepted, "accepted_through": status.accepted_through}


@sync_cli.command("pull")
@shell_command
def pull() -> dict[str, Any]:
    """Fetch now what the province wrote, whatever failed before."""
    settings, clock = _here(NodeRole.PARK)
    pulled = pull_entries(transact, clock, settings, by_hand=True)
    if pulled.stopped_by is not None:
        raise pulled.stopped_by
    db.session.remove()
    status = get_status(db.session(), settings)
    return {"accepted": pulled.accepted, "applied_through": status.applied_through}


@sync_cli.command("export")
@click.argument("path", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--park", help="Only for this park: its name or id (province).")
@click.option("--after", type=click.IntRange(0), help="Everything after this number again.")
@shell_command
def export(path: Path, park: str | None, after: int | None) -> dict[str, Any]:
    """Write a bundle of what the other side has not confirmed: a folder, or a .zip by its name."""
    settings, clock = current_app.config["SETTINGS"], current_app.extensions["clock"]
    done = export_bundle(transact, clock, settings, path, park=park, after=after)
    return {
        "path": str(done.path),
        "entries": done.entries,
        "logs": [
            {"log": each.log, "node": each.node, "after": each.after, "through": each.through}
            for each in done.parts
        ],
    }


@sync_cli.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@shell_command
def import_(path: Path) -> dict[str, Any]:
    """Take a bundle in; again, late or in another order ends the same."""
    settings, clock = current_app.config["SETTINGS"], current_app.extensions["clock"]
    done = import_bundle(transact, clock, settings, path)
    return {
        "read": done.read,
        "accepted": done.accepted,
        "already": done.known,
        "waiting": done.waiting,
        "others": done.others,
        "through": done.through,
        "expected_seq": done.expected_seq,
        "forked": done.forked,
    }


@sync_cli.command("status")
@shell_command
def show_status() -> dict[str, Any]:
    """How far both logs have come."""
    settings: Settings = current_app.config["SETTINGS"]
    return _told(get_status(db.session(), settings), settings)


def _told(status: NodeStatus, settings: Settings) -> dict[str, Any]:
    def moment(at: datetime | None) -> str | None:
        return at.astimezone(settings.timezone).isoformat() if at else None

    return {
        "node": status.node,
        "enrolled": status.enrolled,
        "up": {
            "head": status.up_head,
            "accepted_through": status.accepted_through,
            "pending": status.pending,
        },
        "down": {"head": status.down_head, "applied_through": status.applied_through},
        "last_contact": moment(status.last_contact_at),
        "problems": [
            {
                "code": each.code,
                "message": sentence(each.code, each.params),
                "since": moment(each.at),
                **({"park": each.park} if each.park else {}),
            }
            for each in status.problems
        ],
    }


@summaries_cli.command("make")
@click.option("--on", "day", help="Only this day: YYYY-MM-DD or today.")
@shell_command
def make_summaries(day: str | None) -> dict[str, Any]:
    """Make the summaries that are due now as log entries."""
    settings, clock = _here(NodeRole.PARK)
    now = clock.now()
    days = [_day(day, settings, now)] if day else list_days_due(db.session(), settings, now)
    made: list[MadeSummary] = []
    for on in days:

        def work(session: Session, on: date = on) -> list[MadeSummary]:
            return make_due_summaries(session, settings, now, on)

        made += transact(work)
    return {
        "made": [
            {
                "on": each.on.isoformat(),
                "shift": each.shift,
                "revision": each.revision,
                "final": each.final,
                "seq": each.seq,
            }
            for each in made
        ]
    }


def _day(text: str, settings: Settings, now: datetime) -> date:
    try:
        return parse_day(text, local_day(now, settings.timezone), "/on")
    except BadFields:
        raise click.BadParameter("YYYY-MM-DD or today", param_hint="--on") from None
