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
from app.sync.actions.enrolment import Afresh, enrol, invite_park
from app.sync.actions.files import accept_request, enrol_by_file, write_request
from app.sync.actions.pulling import pull_entries
from app.sync.actions.pushing import push_entries
from app.sync.actions.settling import revoke_park, rotate_keys
from app.sync.actions.summaries import MadeSummary, make_due_summaries
from app.sync.forms import parse_request
from app.sync.gateways.files import read_json
from app.sync.queries.figures import list_days_due
from app.sync.queries.logs import find_park_id
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
@click.option("--name", default="", help="Name of the park.")
@click.option("--replaces", metavar="PARK", help="For the machine that goes on as this park.")
@shell_command
def invite(name: str, replaces: str | None) -> dict[str, Any]:
    """Make a one-time code with which a park enrols (province)."""
    settings, clock = _here(NodeRole.PROVINCE)
    if not name and replaces is None:
        raise click.UsageError("--name or --replaces")

    def work(session: Session) -> Any:
        node = None if replaces is None else find_park_id(session, replaces)
        return invite_park(session, name, actor=SHELL, now=clock.now(), replaces=node)

    code, expires_at = transact(work)
    return {"code": code, "expires_at": expires_at.astimezone(settings.timezone).isoformat()}


AFRESH = (
    click.option("--take-over", is_flag=True, help="Go on as a park that exists, with its code."),
    click.option("--new-identity", is_flag=True, help="Begin as a park of its own."),
)


def _afresh(command: Any) -> Any:
    for option in AFRESH:
        command = option(command)
    return command


def _asked(*, take_over: bool, new_identity: bool) -> Afresh:
    if take_over and new_identity:
        raise click.UsageError("--take-over or --new-identity")
    if take_over:
        return Afresh.TAKE_OVER
    return Afresh.NEW_IDENTITY if new_identity else Afresh.NO


@sync_cli.command("enrol")
@click.argument("url", default="")
@click.option("--code", help="The code that the province gave.")
@click.option("--file", "path", type=click.Path(path_type=Path), help="The province's answer.")
@_afresh
@shell_command
def enrol_here(
    url: str, code: str | None, path: Path | None, take_over: bool, new_identity: bool
) -> dict[str, Any]:
    """Enrol this park: at the province of an address by a code, or by its file."""
    settings, clock = _here(NodeRole.PARK)
    afresh = _asked(take_over=take_over, new_identity=new_identity)
    if path is not None:
        file = path

        def work(session: Session) -> dict[str, Any]:
            return enrol_by_file(session, file, url=url, actor=SHELL, now=clock.now())

        return {**transact(work), "enrolled": True}
    if not url or not code:
        raise click.UsageError("URL --code CODE, or --file FILE")
    node = enrol(transact, clock, settings, url, code, actor=SHELL, afresh=afresh)
    return {"node": node, "enrolled": True}


@sync_cli.command("request")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@_afresh
@shell_command
def request_file(path: Path, take_over: bool, new_identity: bool) -> dict[str, Any]:
    """Write what the province needs to take this park in without a network."""
    settings, clock = _here(NodeRole.PARK)
    afresh = _asked(take_over=take_over, new_identity=new_identity)

    def work(session: Session) -> dict[str, Any]:
        return write_request(session, settings, path, afresh=afresh, now=clock.now())

    return {"file": str(path), **transact(work)}


@sync_cli.command("accept")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The answer's file.")
@click.option("--replaces", metavar="PARK", help="It goes on as this park.")
@shell_command
def accept_file(path: Path, out: Path, replaces: str | None) -> dict[str, Any]:
    """Take in the park of a request, and write its answer (province)."""
    _, clock = _here(NodeRole.PROVINCE)
    asked = parse_request(read_json(path))

    def work(session: Session) -> dict[str, Any]:
        node = None if replaces is None else find_park_id(session, replaces)
        return accept_request(session, asked, out, replaces=node, actor=SHELL, now=clock.now())

    return {"file": str(out), **transact(work)}


@sync_cli.command("rotate")
@shell_command
def rotate() -> dict[str, Any]:
    """Sign with a new key from now on; the old one vouches for it."""
    clock = current_app.extensions["clock"]

    def work(session: Session) -> str:
        return rotate_keys(session, actor=SHELL, now=clock.now())

    return {"key": transact(work)}


@sync_cli.command("revoke")
@click.option("--park", required=True, help="Name or id of the park whose machine is gone.")
@shell_command
def revoke(park: str) -> dict[str, Any]:
    """Believe nothing more that a park's key signs (province)."""
    _, clock = _here(NodeRole.PROVINCE)

    def work(session: Session) -> str:
        node = find_park_id(session, park)
        revoke_park(session, node, actor=SHELL, now=clock.now())
        return node

    return {"node": transact(work), "revoked": True}


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
