"""The texts that answer who writes instead of opening a page."""

import functools
from collections.abc import Mapping
from datetime import date
from typing import Any

from app.checkins.queries.rule_sets import rule_data
from app.delivery.rules.messages import fill
from app.kernel.text import squeeze


def reply_texts(topic: str, *, shift: str = "", on: date | None = None, page: str = "") -> Any:
    """A text by language with shift, day and address filled in."""
    told = _words()["texts"][topic]
    day = on.strftime("%d/%m/%Y") if on else ""
    return {
        language: squeeze(fill(text, {"shift": _shift(shift, language), "day": day, "page": page}))
        for language, text in told.items()
    }


def reply_titles() -> Mapping[str, str]:
    """What stands above an answer where one is shown, by language."""
    titles: Mapping[str, str] = _words()["title"]
    return titles


@functools.cache
def _words() -> dict[str, Any]:
    read: dict[str, Any] = rule_data("replies")
    return read


def _shift(shift: str, language: str) -> str:
    return str(_words()["shifts"][shift][language]) if shift else ""
