"""Documents of rules as they are typed or uploaded: YAML or JSON, hotlines also as CSV."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from app.bulletins.rules.refusals import RulesTextUnreadable
from app.bulletins.rules.rule_documents import RuleKind

LARGEST_BYTES = 256 * 1024


def read_document(kind: RuleKind, text: str) -> dict[str, Any]:
    """The document as plain JSON, in the shape that goes to parks."""
    if len(text.encode()) > LARGEST_BYTES or not text.strip():
        raise RulesTextUnreadable
    first = text.lstrip("\ufeff \n\r\t")
    if kind is RuleKind.HOTLINES and first[:1] not in "[{":
        return {"hotlines": _csv_rows(first)}
    found = _plain(_parsed(text))
    if kind is RuleKind.HOTLINES:
        return {"hotlines": found if isinstance(found, list) else _table(found).get("hotlines")}
    if kind is RuleKind.TRIAGE:
        table = _table(found)
        return {key: table[key] for key in ("version", "sets") if key in table}
    table = _table(found)
    return {"index_set": table.get("index_set", table)}


def _csv_rows(text: str) -> list[dict[str, str]]:
    head = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=head.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    try:
        return [
            {str(key).strip(): str(value or "").strip() for key, value in row.items() if key}
            for row in rows
        ]
    except csv.Error:
        raise RulesTextUnreadable from None


def _parsed(text: str) -> Any:
    try:
        # A short text of names that stand for each other can grow without end.
        if any(isinstance(each, yaml.AliasEvent) for each in yaml.parse(text, yaml.SafeLoader)):
            raise RulesTextUnreadable
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise RulesTextUnreadable from None


def _table(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise RulesTextUnreadable
    return found


def _plain(value: Any) -> Any:
    """Plain JSON; days as text, and numbers with the digits that were typed."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise RulesTextUnreadable
