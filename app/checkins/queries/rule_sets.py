"""The rule sets out of the data files, and which of them a company goes by."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import RuleAcceptance
from app.checkins.rules import RuleSet, rule_set

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
        rules = find_rule_set(accepted.rules) if accepted else None
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


def rules_told(rules: RuleSet, locale: str) -> list[ToldRule]:
    """Every rule of a set in words, in its own order."""
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
        degrees = f"{questions.fever_from_c:.1f}"
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
