"""Rule sets built out of the rule data, refused where the data contradicts itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.checkins.rules.catalogue import BrokenRuleSet, Catalogue, catalogue
from app.checkins.rules.conditions import (
    AllOf,
    AllSymptoms,
    AnyExposure,
    AnyOf,
    AnySymptom,
    Condition,
    SymptomCount,
    TemperatureFrom,
)
from app.checkins.rules.levels import Level
from app.checkins.rules.triage import Advice, Rule, RuleSet, WellMeans


def rule_set(
    data: Mapping[str, Any],
    symptoms: Mapping[str, Any],
    exposures: Mapping[str, Any],
    name: str | None = None,
    *,
    fever_from_c: float | None = None,
    lookback_days: int | None = None,
) -> RuleSet:
    """Build one rule set, the default when none is named, out of the rule data."""
    name = name or data["default"]
    chosen = next((each for each in data["sets"] if each["id"] == name), None)
    if chosen is None:
        raise BrokenRuleSet(where=name)
    questions = catalogue(
        symptoms, exposures, fever_from_c=fever_from_c, lookback_days=lookback_days
    )
    builder = _Builder(questions, {rule["id"]: rule for rule in symptoms["rules"]})
    well = data.get("well_means", {})
    return RuleSet(
        id=name,
        version=f"{name}@{data['version']}",
        vi=chosen["vi"],
        en=chosen["en"],
        basis=chosen["basis"],
        evidence=chosen["evidence"],
        status=chosen["status"],
        rules=tuple(builder.rule(each) for each in chosen["rules"]),
        questions=questions,
        well=WellMeans(
            tuple(builder.symptom_ids(well.get("symptoms", ()), "well_means")),
            tuple(builder.exposure_ids(well.get("exposures", ()), "well_means")),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Builder:
    questions: Catalogue
    symptom_rules: Mapping[str, Mapping[str, Any]]

    def rule(self, row: Mapping[str, Any]) -> Rule:
        try:
            return Rule(
                id=row["id"],
                level=Level(row["level"]),
                condition=self.condition(row["when"], row["id"]),
                advice=Advice(row["advice"]),
                evidence=row["evidence"],
            )
        except (KeyError, ValueError):
            raise BrokenRuleSet(where=row.get("id")) from None

    def condition(self, when: Mapping[str, Any], where: str) -> Condition:
        if len(when) > 1 and set(when) != {"any_exposure", "except"}:
            raise BrokenRuleSet(where=where)
        match when:
            case {"any_flag": str(flag)}:
                return AnySymptom(self.questions.flagged(flag))
            case {"temperature_from": "fever.threshold_c"}:
                return TemperatureFrom(self.questions.fever_from_c)
            case {"temperature_from": int() | float() as threshold_c}:
                return TemperatureFrom(float(threshold_c))
            case {"any_symptom": "all"}:
                return AnySymptom(frozenset(self.questions.symptoms))
            case {"any_symptom": list(ids)}:
                return AnySymptom(frozenset(self.symptom_ids(ids, where)))
            case {"any_exposure": "all_except", "except": list(ids)}:
                kept = set(self.questions.exposures) - set(self.exposure_ids(ids, where))
                return AnyExposure(frozenset(kept))
            case {"any_exposure": "all"}:
                return AnyExposure(frozenset(self.questions.exposures))
            case {"any_exposure": list(ids)} if len(when) == 1:
                return AnyExposure(frozenset(self.exposure_ids(ids, where)))
            case {"rule_of_symptoms": str(name)} if name in self.symptom_rules:
                return self.symptom_rule(self.symptom_rules[name])
            case _:
                raise BrokenRuleSet(where=where)

    def symptom_rule(self, row: Mapping[str, Any]) -> Condition:
        where = row["id"]
        choices = [self.sign_group(each, where) for each in row.get("any_of_groups", ())]
        if "any_of" in row:
            choices.append(AnySymptom(frozenset(self.symptom_ids(row["any_of"], where))))
        if "any_flag" in row:
            choices.append(AnySymptom(self.questions.flagged(row["any_flag"])))
        if not choices:
            raise BrokenRuleSet(where=where)
        signs = AnyOf(tuple(choices))
        if not row.get("requires_epi_factor"):
            return signs
        contacts = AnyExposure(frozenset(self.exposure_ids(row["epi_factors"], where)))
        return AllOf((contacts, signs))

    def sign_group(self, row: Mapping[str, Any], where: str) -> Condition:
        if "all_of" in row:
            return AllSymptoms(frozenset(self.symptom_ids(row["all_of"], where)))
        entries = {self.entry(each, where) for each in row["from"]}
        widest = [each for each in entries if not any(each < other for other in entries)]
        return SymptomCount(row["min_count"], tuple(sorted(widest, key=sorted)))

    def entry(self, name: str, where: str) -> frozenset[str]:
        group = self.questions.grouped(name)
        return group or frozenset(self.symptom_ids([name], where))

    def symptom_ids(self, ids: Iterable[str], where: str) -> list[str]:
        return _known(ids, self.questions.symptoms, where)

    def exposure_ids(self, ids: Iterable[str], where: str) -> list[str]:
        return _known(ids, self.questions.exposures, where)


def _known(ids: Iterable[str], known: Mapping[str, object], where: str) -> list[str]:
    chosen = list(ids)
    if not set(chosen) <= set(known):
        raise BrokenRuleSet(where=where)
    return chosen
