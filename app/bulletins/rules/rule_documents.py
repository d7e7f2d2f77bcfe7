"""Rules that the province sends to parks: which kinds there are, and what such an entry says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.bulletins.rules.refusals import RulesUnreadable
from app.kernel.ids import is_id
from app.kernel.text import squeeze

LONGEST_TITLE, LONGEST_SOURCE = 200, 300


class RuleKind(StrEnum):
    """What a park takes in."""

    HOTLINES = "hotlines"
    TRIAGE = "triage"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class RulesSent:
    """A document of rules with where it comes from and from which day it holds."""

    id: str
    kind: RuleKind
    title: str
    valid_from_on: date
    source: str
    document: Mapping[str, Any]


def rules_body(rules: RulesSent) -> dict[str, Any]:
    """What goes down to a park."""
    return {
        "rules": rules.id,
        "kind": str(rules.kind),
        "title": rules.title,
        "valid_from": rules.valid_from_on.isoformat(),
        "source": rules.source,
        "document": dict(rules.document),
    }


def read_rules(body: Mapping[str, Any]) -> RulesSent:
    """The rules that came to a park; refused where the entry is none this park knows."""
    try:
        rules = RulesSent(
            id=body["rules"],
            kind=RuleKind(body["kind"]),
            title=squeeze(body["title"])[:LONGEST_TITLE],
            valid_from_on=date.fromisoformat(body["valid_from"]),
            source=squeeze(body["source"])[:LONGEST_SOURCE],
            document=body["document"],
        )
    except (KeyError, TypeError, ValueError):
        raise RulesUnreadable from None
    told = is_id(rules.id) and bool(rules.title) and bool(rules.source)
    if not told or not isinstance(rules.document, Mapping):
        raise RulesUnreadable
    return rules


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that is new, gone or says something else; an empty text means it is not there."""

    key: str
    before: str
    after: str


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    """What changes from one document to the next, line by line, in the order of the new one."""
    keys = [*after, *(key for key in before if key not in after)]
    return [
        Difference(key, before.get(key, ""), after.get(key, ""))
        for key in keys
        if before.get(key, "") != after.get(key, "")
    ]


def lines_of(kind: RuleKind, document: Mapping[str, Any]) -> dict[str, str]:
    """A document as lines that can be compared: a hotline, a rule or a component each."""
    if kind is RuleKind.HOTLINES:
        return dict(_hotline_line(row) for row in document.get("hotlines", ()))
    if kind is RuleKind.TRIAGE:
        return {
            f"{each['id']} · {rule['id']}": _told(
                rule["level"], rule["when"], rule["advice"], rule["evidence"]
            )
            for each in document.get("sets", ())
            for rule in each["rules"]
        }
    row = document.get("index_set") or {}
    lines = {
        f"{row.get('id')} · {each['id']}": _told(
            each.get("vi"), each.get("max"), each.get("options"), each.get("verified")
        )
        for each in row.get("components", ())
    }
    bands = {
        f"{row.get('id')} · {each['id']}": _told(
            each.get("vi"), {k: v for k, v in each.items() if "pct" in k}, each.get("order_vi")
        )
        for each in row.get("bands", ())
    }
    return lines | bands


def _hotline_line(row: Mapping[str, Any]) -> tuple[str, str]:
    days = " – ".join(filter(None, (row.get("valid_from"), row.get("valid_to"))))
    parts = (row.get("number"), row.get("hours"), days, row.get("evidence"), row.get("source"))
    return str(row.get("name_vi")), " · ".join(str(part) for part in parts if part)


def _told(*parts: object) -> str:
    return " · ".join(
        part if isinstance(part, str) else json.dumps(part, ensure_ascii=False, sort_keys=True)
        for part in parts
        if part not in (None, "")
    )
