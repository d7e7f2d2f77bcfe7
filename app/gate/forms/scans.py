"""Payloads of gates: the `gate_scan` command out of plain JSON."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from app.gate.rules.passes import LONGEST_TEXT, ReadPass, read_pass
from app.gate.rules.scans import Scan
from app.gate.rules.verdicts import Direction, Verdict
from app.kernel.refusals import BadFields
from app.kernel.text import squeeze

LONGEST = 40
Kind = TypeVar("Kind", bound=StrEnum)


def parse_scan(body: Mapping[str, Any], made_at: datetime, offset_ms: int | None) -> Scan:
    """A scan out of `{"pass"|"badge", "company"?, "gate", "direction", "verdict"}`."""
    read, badge = _pass(body), _text(body, "badge")
    if read is None and not badge:
        raise BadFields([("/body/badge", "fields.missing")])
    return Scan(
        read,
        None if read else badge,
        _text(body, "company") or "",
        _text(body, "gate") or "?",
        _one_of(Direction, body, "direction"),
        _one_of(Verdict, body, "verdict"),
        made_at,
        offset_ms,
    )


def _pass(body: Mapping[str, Any]) -> ReadPass | None:
    text = body.get("pass")
    if text is None:
        return None
    read = read_pass(text) if isinstance(text, str) and len(text) <= LONGEST_TEXT else None
    if read is None:
        raise BadFields([("/body/pass", "gate.no_pass")])
    return read


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadFields([(f"/body/{name}", "fields.text_wanted")])
    return squeeze(value)[:LONGEST]


def _one_of(kind: type[Kind], body: Mapping[str, Any], name: str) -> Kind:
    try:
        return kind(str(body.get(name)))
    except ValueError:
        raise BadFields([(f"/body/{name}", "fields.choice_wanted")]) from None
