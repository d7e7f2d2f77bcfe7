"""Log lines for people, or as one JSON object each for whatever collects them."""

import json
import logging
from datetime import UTC, datetime

LINES = "%(asctime)s %(levelname)s %(name)s %(message)s"


class JsonLines(logging.Formatter):
    """One object a line: when, how grave, where from, what, and the traceback of a failure."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["failure"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def begin_logging(level: str, *, as_json: bool) -> None:
    """Write log lines to the standard error, unless somebody has arranged it otherwise."""
    logging.basicConfig(level=level, format=LINES)
    if as_json:
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines())
