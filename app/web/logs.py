"""What a node writes about itself: where it failed and on what, never the values of anybody.

The text of a failure often holds the value it failed on (a name, a phone number), so a log tells
the kind of the failure, its code and the lines of the program that led there.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType

from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError

from app.kernel.refusals import Refusal
from app.web.quiet import UNLOGGED

log = logging.getLogger(__name__)

FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"
_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(0x80, 0xA0))}
_ESCAPES |= {ord("\n"): "\\n", ord("\r"): "\\r", 0x2028: "\\u2028", 0x2029: "\\u2029"}
# Not signed in, not allowed, called by a foreign name, too often.
REFUSED = frozenset({401, 403, 421, 429})
Told = tuple[type[BaseException], BaseException, TracebackType | None]


def register(app: Flask, level: str, *, as_json: bool) -> None:
    """Write the log to standard error, one record a line but for the lines of the program."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if as_json else WithoutValues(FORM))
    logging.basicConfig(level=level, handlers=[handler])
    app.after_request(tell_refused)


def tell_refused(response: Response) -> Response:
    """Note who was turned away where: the account by its id, the machine by its address."""
    if response.status_code in REFUSED and not request.path.startswith(UNLOGGED):
        who = getattr(g.get("actor"), "account_id", None) or "nobody"
        what = (response.status_code, request.method, request.endpoint)
        log.warning("refused %s %s %s to %s at %s", *what, who, request.remote_addr)
    return response


class WithoutValues(logging.Formatter):
    """Escapes what would begin a new line, and tells failures without their texts."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line of a record; nobody's input begins another one."""
        return super().formatMessage(record).translate(_ESCAPES)

    def formatException(self, ei: Told) -> str:  # type: ignore[override]  # noqa: N802
        """The way a failure went: its lines of the program, its kind, and that of its causes."""
        return "\n".join(_lines(ei[1], set()))


class JsonLines(WithoutValues):
    """One object a line, for whatever collects them: when, how grave, where from, what, failure."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            told["failure"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def _lines(failure: BaseException, seen: set[int]) -> list[str]:
    seen.add(id(failure))
    cause = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
    lines = [*_lines(cause, seen), "  then:"] if cause and id(cause) not in seen else []
    for frame in traceback.extract_tb(failure.__traceback__):
        lines.append(f"  {frame.filename}:{frame.lineno} {frame.name}: {frame.line}")
    return [*lines, f"  {kind_of(failure)}"]


def kind_of(failure: BaseException) -> str:
    """A failure by its type and, where it has one, its code: nothing of what it was about."""
    name = f"{type(failure).__module__}.{type(failure).__qualname__}"
    if isinstance(failure, DBAPIError):
        state = getattr(failure.orig, "sqlstate", None) or getattr(
            failure.orig, "sqlite_errorname", ""
        )
        return f"{name} {type(failure.orig).__name__} {state}".rstrip()
    if isinstance(failure, OSError):
        return f"{name} {failure.strerror or ''}".rstrip()
    if isinstance(failure, Refusal):
        return f"{name} {failure.code}"
    return name
