"""Rule sets that come as a document: taken apart, and refused where one could not be used."""

import re
from collections.abc import Mapping
from typing import Any

from app.checkins.rules.catalogue import BrokenRuleSet
from app.checkins.rules.conditions import AnyExposure, AnySymptom, Condition, TemperatureFrom
from app.checkins.rules.rule_data import rule_set
from app.checkins.rules.triage import RuleSet
from app.kernel.refusals import Refusal

ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
EVIDENCE = frozenset({"found", "partial", "memory", "project"})
MOST_RULES, LONGEST = 60, 300


class RuleVersionTaken(Refusal):
    """Another set of rules has this name and number; a changed one needs the next number."""

    code = "checkins.rule_version_taken"
    status = 409


class RulesNotYetValid(Refusal):
    """The rules hold from a later day; they are accepted then."""

    code = "checkins.rules_not_yet_valid"
    status = 409


def sent_sets(
    document: Mapping[str, Any],
    symptoms: Mapping[str, Any],
    exposures: Mapping[str, Any],
    well_means: Mapping[str, Any],
) -> dict[str, dict[str, Any]]:
    """The sets of a document by their version "id@n", each as rule data of one set."""
    version, sets = document.get("version"), document.get("sets")
    if type(version) is not int or not 0 < version < 10_000:
        raise BrokenRuleSet(where="version")
    if not isinstance(sets, list) or not sets:
        raise BrokenRuleSet(where="sets")
    found: dict[str, dict[str, Any]] = {}
    for row in sets:
        data = {
            "version": version,
            "default": _id(row),
            "sets": [{**_checked(row), "status": "proposed"}],
            "well_means": dict(well_means),
        }
        built = built_set(data, symptoms, exposures)
        for rule in built.rules:
            if not _may_match(rule.condition, built.questions.plausible_c):
                raise BrokenRuleSet(where=f"{built.id}: {rule.id}")
        found[built.version] = data
    return found


def built_set(
    data: Mapping[str, Any], symptoms: Mapping[str, Any], exposures: Mapping[str, Any]
) -> RuleSet:
    """The one set of such data; whatever cannot be read is a broken set."""
    try:
        return rule_set(data, symptoms, exposures)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise BrokenRuleSet(where=str(data.get("default"))) from None


def _may_match(condition: Condition, plausible_c: tuple[float, float]) -> bool:
    """A rule that nobody's answer could meet would be silence in the place of a rule."""
    match condition:
        case AnySymptom(signs) | AnyExposure(signs):
            return bool(signs)
        case TemperatureFrom(threshold_c):
            return plausible_c[0] <= threshold_c <= plausible_c[1]
        case _:
            return True


def _id(row: Any) -> str:
    name = row.get("id") if isinstance(row, Mapping) else None
    if not isinstance(name, str) or ID.fullmatch(name) is None:
        raise BrokenRuleSet(where="sets")
    return name


def _checked(row: Mapping[str, Any]) -> dict[str, Any]:
    """A set whose words, basis, marks and rules are there and of a sensible size."""
    for key in ("vi", "en", "basis"):
        text = row.get(key)
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
            raise BrokenRuleSet(where=f"{row['id']}: {key}")
    if row.get("evidence") not in EVIDENCE:
        raise BrokenRuleSet(where=f"{row['id']}: evidence")
    rules = row.get("rules")
    if not isinstance(rules, list) or not 0 < len(rules) <= MOST_RULES:
        raise BrokenRuleSet(where=f"{row['id']}: rules")
    seen = set()
    for rule in rules:
        name = rule.get("id") if isinstance(rule, Mapping) else None
        known = isinstance(name, str) and ID.fullmatch(name) is not None and name not in seen
        if not known or rule.get("evidence") not in EVIDENCE:
            raise BrokenRuleSet(where=f"{row['id']}: {name}")
        if not isinstance(rule.get("when"), Mapping):
            raise BrokenRuleSet(where=f"{row['id']}: {name}")
        seen.add(name)
    return {key: row[key] for key in ("id", "vi", "en", "basis", "evidence", "rules")}
