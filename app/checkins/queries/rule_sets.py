"""The rule sets out of the data files, and which of them a company goes by."""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import RuleAcceptance, SentRuleSet
from app.checkins.rules import RuleSet, rule_set
from app.checkins.rules.catalogue import BrokenRuleSet
from app.checkins.rules.sent_sets import built_set

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rule set a company goes by; `accepted_by` is empty while it is only proposed."""

    rules: RuleSet
    accepted_by: str
    accepted_at: datetime | None

    @property
    def proposed(self) -> bool:
        """Whether nobody has accepted the set yet."""
        return not self.accepted_by


@functools.cache
def rule_data(name: str) -> Any:
    """One of the data files: symptoms, exposures or triage."""
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


@functools.cache
def list_rule_sets() -> tuple[RuleSet, ...]:
    """Every rule set of the data files, the default one first."""
    data = rule_data("triage")
    ids = sorted((row["id"] for row in data["sets"]), key=lambda name: name != data["default"])
    symptoms, exposures = rule_data("symptoms"), rule_data("exposures")
    return tuple(rule_set(data, symptoms, exposures, name) for name in ids)


def find_rule_set(version: str) -> RuleSet | None:
    """The rule set of a version such as "workplace_2020@1"."""
    return next((rules for rules in list_rule_sets() if rules.version == version), None)


@dataclass(frozen=True, slots=True)
class SentSet:
    """A rule set of the province: from which day it may be accepted, and out of which document."""

    rules: RuleSet
    rows: Sequence[Mapping[str, Any]]
    valid_from_on: date
    source: str
    received_at: datetime


def list_sent_sets(session: Session) -> list[SentSet]:
    """The rule sets that the province sent, the newest first."""
    rows = session.scalars(
        select(SentRuleSet).order_by(
            SentRuleSet.valid_from_on.desc(), SentRuleSet.received_at.desc(), SentRuleSet.version
        )
    )
    sets = [_sent(row) for row in rows]
    return [each for each in sets if each is not None]


def find_sent_set(session: Session, version: str) -> SentSet | None:
    """The rule set of the province of this version."""
    row = session.get(SentRuleSet, version)
    return _sent(row) if row is not None else None


def rules_of_document(document: Mapping[str, Any]) -> RuleSet:
    """The rule set of a checked document."""
    return _built(json.dumps(document, sort_keys=True))


def _sent(row: SentRuleSet) -> SentSet | None:
    """None where the questions of this program are no longer those that the set speaks of."""
    try:
        rules = rules_of_document(row.document)
    except BrokenRuleSet:
        return None
    told = row.document["sets"][0]["rules"]
    return SentSet(rules, told, row.valid_from_on, row.source, row.received_at)


@functools.lru_cache(maxsize=32)
def _built(document: str) -> RuleSet:
    """Check-ins ask for it again and again; a document never changes."""
    return built_set(json.loads(document), rule_data("symptoms"), rule_data("exposures"))


def find_known_set(session: Session, version: str) -> RuleSet | None:
    """The rule set of a version, of the program or of the province."""
    own = find_rule_set(version)
    if own is not None:
        return own
    sent = find_sent_set(session, version)
    return sent.rules if sent else None


def get_rules(session: Session, company_id: int) -> RulesInForce:
    """The set that the company, or else the park, accepted last; else the proposed default."""
    company = session.get_one(Branch, company_id)
    for branch_id in (company_id, company.parent_id):
        accepted = session.scalars(
            select(RuleAcceptance)
            .where(RuleAcceptance.branch_id == branch_id)
            .order_by(RuleAcceptance.at.desc(), RuleAcceptance.id.desc())
            .limit(1)
        ).first()
        rules = find_known_set(session, accepted.rules) if accepted else None
        if accepted and rules:
            return RulesInForce(rules, accepted.accepted_by, accepted.at)
    return RulesInForce(list_rule_sets()[0], "", None)


@dataclass(frozen=True, slots=True)
class ToldRule:
    """One rule in words; `evidence` is that of its source, not of the level chosen for it."""

    level: str
    when: str
    advice: str
    evidence: str


def rules_told(
    rules: RuleSet, locale: str, rows: Sequence[Mapping[str, Any]] | None = None
) -> list[ToldRule]:
    """Every rule of a set in words, in its own order; `rows` are those of a sent set."""
    if rows is None:
        rows = next(row for row in rule_data("triage")["sets"] if row["id"] == rules.id)["rules"]
    return [
        ToldRule(
            row["level"],
            _condition_told(row["when"], rules, locale),
            advice_text(row["advice"], locale),
            row["evidence"],
        )
        for row in rows
    ]


def _condition_told(when: Mapping[str, Any], rules: RuleSet, locale: str) -> str:
    questions = rules.questions
    if "temperature_from" in when:
        asked = when["temperature_from"]
        degrees = f"{questions.fever_from_c if isinstance(asked, str) else float(asked):.1f}"
        return f"từ {degrees.replace('.', ',')} °C" if locale == "vi" else f"{degrees} °C or more"
    if "any_flag" in when:
        return _symptoms_told(sorted(questions.flagged(when["any_flag"])), locale)
    if "rule_of_symptoms" in when:
        named = {row["id"]: row for row in rule_data("symptoms")["rules"]}
        return str(named[when["rule_of_symptoms"]][locale])
    if "any_symptom" in when:
        chosen = list(questions.symptoms) if when["any_symptom"] == "all" else when["any_symptom"]
        return _symptoms_told(chosen, locale)
    chosen = when["any_exposure"]
    if chosen == "all":
        chosen = list(questions.exposures)
    if chosen == "all_except":
        chosen = [each for each in questions.exposures if each not in when["except"]]
    short = {row["id"]: row[f"short_{locale}"] for row in rule_data("exposures")["questions"]}
    return ", ".join(short[each] for each in chosen)


def _symptoms_told(ids: Sequence[str], locale: str) -> str:
    symptoms = {row["id"]: row for row in rule_data("symptoms")["symptoms"]}
    return ", ".join(_inside_a_sentence(symptoms[each][locale]) for each in ids)


def _inside_a_sentence(name: str) -> str:
    """A name with a small first letter, unless it is an abbreviation such as SpO2."""
    return name if name[1:2].isupper() or name[2:3].isupper() else name[0].lower() + name[1:]


def list_acceptances(
    session: Session, branch_ids: Sequence[int | None]
) -> Sequence[RuleAcceptance]:
    """Who accepted which set for these branches, newest first."""
    return session.scalars(
        select(RuleAcceptance)
        .where(RuleAcceptance.branch_id.in_([each for each in branch_ids if each is not None]))
        .order_by(RuleAcceptance.at.desc(), RuleAcceptance.id.desc())
    ).all()


def advice_text(code: str | None, locale: str) -> str:
    """What to do, in words; empty when there is nothing to do."""
    advice = rule_data("triage")["advice"].get(code)
    return str(advice[locale]) if advice else ""


def signs_told(answers: Mapping[str, Any], locale: str) -> list[str]:
    """What an answer reports, sign by sign, in words; the temperature is left to the page."""
    symptoms = {row["id"]: row for row in rule_data("symptoms")["symptoms"]}
    exposures = {row["id"]: row for row in rule_data("exposures")["questions"]}
    told = [
        _inside_a_sentence(symptoms[each][locale])
        for each in answers.get("symptoms", ())
        if each in symptoms
    ]
    for each, detail in answers.get("exposures", {}).items():
        if detail is not False and each in exposures:
            told.append(exposures[each][f"short_{locale}"])
    return told
