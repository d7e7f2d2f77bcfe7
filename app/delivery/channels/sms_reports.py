"""What SMS gateways tell afterwards, by call or when asked, read by the fields of the settings."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from app.delivery.channels.sms_group import ReportFields, StatusQuery
from app.delivery.rules import Report, ReportKind, Status
from app.delivery.rules.answers import as_code, is_number, pointed


def read_report(
    fields: ReportFields | None,
    headers: Mapping[str, str],
    raw: bytes,
    args: Mapping[str, str],
    at: datetime,
) -> Iterable[Report]:
    """What one call tells: nothing when it names no message, or a status that means nothing."""
    if fields is None:
        return
    told = {**args, **_body(headers, raw)}
    code = ":".join(as_code(_at(told, name)) for name in fields.status)
    external_id = as_code(_at(told, fields.id)) if fields.id else ""
    reference = as_code(_at(told, fields.reference)) if fields.reference else ""
    status = _status(code, fields.delivered, fields.failed)
    if status is None or not (external_id or reference):
        return
    # No gateway numbers its calls: the same news of the same message is the same event.
    news = f"{external_id}|{reference}|{code}"
    yield Report(
        ReportKind.STATUS,
        hashlib.sha256(news.encode()).hexdigest(),
        at,
        status,
        reference[:36] or None,
        external_id[:80] or None,
        code=code[:40],
    )


def read_status(
    query: StatusQuery, external_id: str, content: bytes, at: datetime
) -> Iterable[Report]:
    """What an answer to a question tells about one message."""
    try:
        code = as_code(pointed(json.loads(content), query.pointer))
    except (ValueError, RecursionError):
        return
    status = _status(code, query.delivered, query.failed)
    if status is not None:
        news = f"asked|{external_id}|{code}"
        event_id = hashlib.sha256(news.encode()).hexdigest()
        yield Report(
            ReportKind.STATUS, event_id, at, status, external_id=external_id, code=code[:40]
        )


def _body(headers: Mapping[str, str], raw: bytes) -> Mapping[str, Any]:
    kind = next((text for name, text in headers.items() if name.lower() == "content-type"), "")
    text = raw.decode("utf-8", "replace")
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(text))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _at(told: Mapping[str, Any], name: str) -> Any:
    return pointed(told, name) if name.startswith("/") else told.get(name)


def _status(code: str, delivered: Sequence[str], failed: Sequence[str]) -> Status | None:
    if any(_fits(code, value) for value in delivered):
        return Status.DELIVERED
    if any(_fits(code, value) for value in failed):
        return Status.PERMANENT_FAILURE
    return None


def _fits(code: str, value: str) -> bool:
    """Whether a code is one of a value's: 5, 64-255, or 5:* for anything that begins so."""
    if value.endswith("*"):
        return code.startswith(value[:-1])
    first, dash, last = value.partition("-")
    if dash and first.isdecimal() and last.isdecimal() and is_number(code):
        return int(first) <= int(code) <= int(last)
    return code == value
