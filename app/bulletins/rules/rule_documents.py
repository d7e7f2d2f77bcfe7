"""Rules that the province sends to parks: which kinds there are, and what such an entry says."""

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
