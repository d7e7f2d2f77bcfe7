"""Calls that leave no line in any log: who left a note without a name, and when."""

import logging

from flask import Flask

UNLOGGED = "/api/v1/feedback/"
ACCESS_LOGS = ("werkzeug", "granian.access", "waitress", "gunicorn.access")


class _Unlogged(logging.Filter):
    """Lets no line through that names such a call."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line may be written."""
        return UNLOGGED not in record.getMessage()


def register(app: Flask) -> None:
    """Keep such calls out of the logs that servers write by themselves."""
    for name in ACCESS_LOGS:
        log = logging.getLogger(name)
        if not any(isinstance(each, _Unlogged) for each in log.filters):
            log.addFilter(_Unlogged())
