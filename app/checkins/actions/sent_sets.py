"""Rule sets that the province sends: kept as proposals, which a person accepts or leaves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.checkins.models import SentRuleSet
from app.checkins.queries.rule_sets import find_rule_set, rule_data
from app.checkins.rules.sent_sets import RuleVersionTaken, sent_sets


def keep_sent_sets(
    session: Session,
    document: Mapping[str, Any],
    *,
    valid_from_on: date,
    source: str,
    now: datetime,
) -> list[str]:
    """Keep the sets of a document as proposals; their versions. The same again changes nothing."""
    found = read_sent_sets(document)
    for version, data in found.items():
        kept = session.get(SentRuleSet, version)
        if find_rule_set(version) is not None or (kept is not None and kept.document != data):
            raise RuleVersionTaken(version=version)
        if kept is None:
            session.add(
                SentRuleSet(
                    version=version,
                    document=data,
                    valid_from_on=valid_from_on,
                    source=source,
                    received_at=now,
                )
            )
    session.flush()
    return list(found)


def read_sent_sets(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The sets of a document against the questions of this program; refused if one is broken."""
    well = rule_data("triage").get("well_means", {})
    return sent_sets(document, rule_data("symptoms"), rule_data("exposures"), well)
