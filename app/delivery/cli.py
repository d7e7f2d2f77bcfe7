"""Commands that send."""

from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from app.delivery.jobs.rounds import send_queued
from app.delivery.queries.messages import count_waiting
from app.delivery.registry import CODES
from app.delivery.rules.codes import code_lines
from app.extensions import db
from app.web.commands import shell_command

delivery_cli = AppGroup("delivery", help="Messages on their way to people.")


@delivery_cli.command("run")
@click.option("--limit", type=click.IntRange(min=1), help="Send at most so many.")
@shell_command
def run_delivery(limit: int | None) -> dict[str, Any]:
    """Send what is queued."""
    done = send_queued(current_app.extensions["clock"].now, limit=limit)
    return {
        "sent": done.sent,
        "failed": dict(done.failed),
        "expired": done.expired,
        "unclear": done.unclear,
        "queued": count_waiting(db.session()),
    }


@delivery_cli.command("codes")
def show_codes() -> None:
    """Every code of every provider as the documents have it: the end of docs/channels.md."""
    click.echo("\n".join(code_lines(CODES)).lstrip("\n"))
