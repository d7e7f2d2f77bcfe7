"""Shell commands: one JSON document with `--json`, exit 1 with code and sentence when refused."""

import functools
import json
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.kernel.refusals import Refusal
from app.web.breakdowns import unavailable
from app.web.schema import current_revision, newest_revision
from app.web.sentences import sentence

Command = TypeVar("Command", bound=Callable[..., Any])


class DatabaseNotReady(Refusal):
    """The database has no tables yet, or those of another version of this program."""

    code = "database.not_ready"


def shell_command(command: Command) -> Callable[..., Any]:
    """Wrap a command that returns a plain value: `--json` prints it, else a readable form."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
    @with_appcontext
    @functools.wraps(command)
    def run(*args: Any, as_json: bool, **options: Any) -> None:
        try:
            result = command(*args, **options)
        except Refusal as refusal:
            _refuse(refusal, as_json=as_json)
        except DBAPIError as error:
            _refuse(_not_ready() or unavailable(error), as_json=as_json)
        _print(result, as_json=as_json)

    return run


def _refuse(refusal: Refusal, *, as_json: bool) -> NoReturn:
    told = {"code": refusal.code, "message": sentence(refusal.code, refusal.params)}
    _print(told, as_json=as_json, error=not as_json)
    raise SystemExit(1) from None


def _not_ready() -> DatabaseNotReady | None:
    """Why a statement failed, when it is for want of tables."""
    try:
        with db.engine.connect() as connection:
            ready = current_revision(connection) == newest_revision()
    except DBAPIError:
        return None
    return None if ready else DatabaseNotReady()


def _print(value: Any, *, as_json: bool, error: bool = False) -> None:
    if as_json:
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = "\n".join(_lines(value))
    click.echo(text, err=error)


def _lines(value: Any, indent: str = "") -> list[str]:
    if isinstance(value, dict):
        lines = []
        for name, part in value.items():
            if isinstance(part, dict | list) and part:
                lines += [f"{indent}{name}:", *_lines(part, indent + "  ")]
            else:
                lines.append(f"{indent}{name}: {part}")
        return lines
    if isinstance(value, list):
        return [line for part in value for line in [*_lines(part, indent), ""]][:-1]
    return [f"{indent}{value}"]
