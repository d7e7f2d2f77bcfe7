"""From answers to a level: what the rule data says must come out, and never anything milder."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.checkins.rules import (
    Advice,
    Answers,
    BrokenRuleSet,
    Level,
    RuleSet,
    effective_level,
    next_version,
    parse_answers,
    rule_set,
    triage,
    well_answers,
    well_means,
    worst,
)

DATA = Path(__file__).parents[3] / "app" / "checkins" / "data"
GREEN, AMBER, RED = Level.GREEN, Level.AMBER, Level.RED


def read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return data


TRIAGE, SYMPTOMS, EXPOSURES = read("triage.yaml"), read("symptoms.yaml"), read("exposures.yaml")
WORKPLACE = rule_set(TRIAGE, SYMPTOMS, EXPOSURES)
SURVEILLANCE = rule_set(TRIAGE, SYMPTOMS, EXPOSURES, "surveillance_2022")

levels = st.sampled_from(Level)
rule_sets = st.sampled_from((WORKPLACE, SURVEILLANCE))
answers = st.builds(
    Answers,
    symptoms=st.lists(st.sampled_from(sorted(WORKPLACE.questions.symptoms)), unique=True).map(
        tuple
    ),
    temperature_c=st.none() | st.floats(34, 43),
    exposures=st.lists(st.sampled_from(sorted(WORKPLACE.questions.exposures)), unique=True).map(
        lambda ids: {each: {} for each in ids}
    ),
)


def said(
    *symptoms: str, temperature_c: float | None = None, exposures: tuple[str, ...] = ()
) -> Answers:
    return Answers(symptoms, temperature_c, {each: {} for each in exposures})


@given(levels, levels)
def test_levels_stand_in_the_order_green_amber_red(one: Level, other: Level) -> None:
    order = ["green", "amber", "red"]
    first, second = order.index(one), order.index(other)
    assert (one < other, one <= other) == (first < second, first <= second)
    assert (one > other, one >= other) == (first > second, first >= second)
    assert max(one, other) == worst([other, one]) == order[max(first, second)]


@given(levels, st.none() | levels)
def test_the_effective_level_is_never_milder_than_the_answer_or_what_stands(
    answer: Level, standing: Level | None
) -> None:
    effective = effective_level(answer, standing)
    assert effective >= answer
    assert standing is None or effective >= standing
    assert effective in {answer, standing}


@given(st.lists(st.integers(1, 50)))
def test_a_further_answer_gets_a_version_of_its_own(previous: list[int]) -> None:
    assert next_version(previous) > max(previous, default=0)
    assert next_version([]) == 1


@given(rule_sets)
def test_who_is_well_is_green_without_reasons(rules: RuleSet) -> None:
    verdict = triage(well_answers(rules), rules)
    assert (verdict.level, verdict.reasons, verdict.advice) == (GREEN, (), None)
    assert verdict.version == rules.version


def test_the_green_tap_denies_exactly_what_its_sentence_names() -> None:
    well = well_means(WORKPLACE)
    assert well.symptoms == ("fever", "cough", "sore_throat", "dyspnoea", "fatigue")
    assert well.exposures == ("contact_case", "contact_f1")
    assert parse_answers(well_answers(WORKPLACE).as_json(), WORKPLACE.questions) == well_answers(
        WORKPLACE
    )


@pytest.mark.parametrize("sign", ["fatigue", "fever", "cough", "sore_throat", "dyspnoea"])
def test_any_one_of_the_five_signs_is_red_at_the_workplace(sign: str) -> None:
    verdict = triage(said(sign), WORKPLACE)
    assert verdict.level is RED
    assert "five_signs" in verdict.reasons
    assert verdict.version == "workplace_2020@1"


@pytest.mark.parametrize(
    ("answer", "level", "reasons", "advice"),
    [
        (said("dyspnoea"), RED, ("red_flag", "five_signs"), Advice.EMERGENCY),
        (said("chest_pain"), RED, ("red_flag",), Advice.EMERGENCY),
        (said(temperature_c=37.5), RED, ("fever_measured", "five_signs"), Advice.ISOLATE),
        (said(temperature_c=37.4), GREEN, (), None),
        (said(exposures=("contact_case",)), RED, ("contact_case",), Advice.STAY_HOME),
        (
            said("headache", exposures=("outbreak_area",)),
            RED,
            ("contact_case", "other_symptom"),
            Advice.STAY_HOME,
        ),
        (said("headache"), AMBER, ("other_symptom",), Advice.WATCH),
        (
            said("cough", exposures=("contact_case",)),
            RED,
            ("five_signs", "contact_case"),
            "isolate",
        ),
        (said(exposures=("lodging_change",)), GREEN, ("lodging",), Advice.NOTE_LODGING),
        (
            said(exposures=("travel", "lodging_change")),
            AMBER,
            ("travel", "lodging"),
            Advice.WATCH,
        ),
    ],
)
def test_the_workplace_rules_give_level_all_reasons_and_the_advice_of_that_level(
    answer: Answers, level: Level, reasons: tuple[str, ...], advice: Advice | None
) -> None:
    verdict = triage(answer, WORKPLACE)
    assert (verdict.level, verdict.reasons, verdict.advice) == (level, reasons, advice)


@pytest.mark.parametrize(
    ("answer", "suspected"),
    [
        (said("fever", "cough"), False),
        (said("fever", "cough", exposures=("contact_f1",)), True),
        (said("cough", temperature_c=38.0, exposures=("contact_f1",)), True),
        (said("fever", "cough", exposures=("travel",)), False),
        (said("fatigue", "myalgia", "chills", exposures=("contact_f1",)), False),
        (said("fatigue", "myalgia", "headache", exposures=("contact_f1",)), False),
        (said("fatigue", "nausea", "headache", exposures=("contact_f1",)), True),
        (said("nausea", "headache", temperature_c=37.5, exposures=("contact_f1",)), True),
    ],
)
def test_a_suspected_case_of_2022_needs_a_contact_and_counts_a_group_once(
    answer: Answers, *, suspected: bool
) -> None:
    verdict = triage(answer, SURVEILLANCE)
    assert ("suspected_2022" in verdict.reasons) == suspected
    assert (verdict.level is RED) == suspected


def test_a_company_may_set_its_own_fever_threshold() -> None:
    strict = rule_set(TRIAGE, SYMPTOMS, EXPOSURES, fever_from_c=37.0)
    assert triage(said(temperature_c=37.2), strict).level is RED
    assert triage(said(temperature_c=37.2), WORKPLACE).level is GREEN


@given(answers, rule_sets)
def test_a_measured_fever_is_judged_as_the_symptom_is(answer: Answers, rules: RuleSet) -> None:
    if answer.temperature_c is None or answer.temperature_c < rules.questions.fever_from_c:
        return
    ticked = Answers(tuple({*answer.symptoms, "fever"}), answer.temperature_c, answer.exposures)
    assert triage(answer, rules) == triage(ticked, rules)


@given(answers, answers, rule_sets)
def test_more_signs_never_make_a_level_milder(one: Answers, other: Answers, rules: RuleSet) -> None:
    temperatures = [each for each in (one.temperature_c, other.temperature_c) if each is not None]
    both = Answers(
        tuple({*one.symptoms, *other.symptoms}),
        max(temperatures, default=None),
        {**one.exposures, **other.exposures},
    )
    assert triage(both, rules).level >= triage(one, rules).level
    assert set(triage(both, rules).reasons) >= set(triage(one, rules).reasons)


@given(answers, rule_sets)
def test_every_matching_rule_is_a_reason_and_the_worst_one_decides(
    answer: Answers, rules: RuleSet
) -> None:
    verdict = triage(answer, rules)
    named = [rule for rule in rules.rules if rule.id in verdict.reasons]
    assert tuple(rule.id for rule in named) == verdict.reasons
    assert verdict.level == worst(rule.level for rule in named)
    deciding = [rule.advice for rule in named if rule.level == verdict.level]
    order = list(Advice)
    assert verdict.advice == (min(deciding, key=order.index) if deciding else None)


@settings(max_examples=30)
@given(rule_sets)
def test_every_symptom_of_the_list_is_seen_by_every_rule_set(rules: RuleSet) -> None:
    for symptom in rules.questions.symptoms:
        assert triage(said(symptom), rules).level > GREEN


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"any_symptom": ["no_such_sign"]},
        {"any_exposure": ["no_such_question"]},
        {"rule_of_symptoms": "no_such_rule"},
        {"any_symptom": ["fever"], "unless": "vaccinated"},
        {"any_exposure": ["travel"], "except": ["travel"]},
        {"temperature_from": "somewhere"},
        {"full_moon": True},
    ],
)
def test_a_rule_that_is_not_understood_breaks_the_set_instead_of_being_skipped(
    when: dict[str, Any],
) -> None:
    odd = {"id": "odd", "level": "red", "when": when, "advice": "watch", "evidence": "project"}
    data = {**TRIAGE, "sets": [{**TRIAGE["sets"][0], "rules": [odd]}]}
    with pytest.raises(BrokenRuleSet) as refusal:
        rule_set(data, SYMPTOMS, EXPOSURES)
    assert refusal.value.params["where"] == "odd"


def test_an_unknown_set_level_or_advice_is_refused() -> None:
    with pytest.raises(BrokenRuleSet):
        rule_set(TRIAGE, SYMPTOMS, EXPOSURES, "no_such_set")
    for wrong in ({"level": "purple"}, {"advice": "pray"}):
        row = {**TRIAGE["sets"][0]["rules"][0], **wrong}
        data = {**TRIAGE, "sets": [{**TRIAGE["sets"][0], "rules": [row]}]}
        with pytest.raises(BrokenRuleSet):
            rule_set(data, SYMPTOMS, EXPOSURES)


def test_rules_of_the_symptom_list_may_name_signs_or_a_flag() -> None:
    rows = [
        {"id": "a", "level": "red", "when": {"rule_of_symptoms": "workplace_trigger"}},
        {"id": "b", "level": "amber", "when": {"rule_of_symptoms": "red_flag"}},
        {"id": "c", "level": "green", "when": {"any_exposure": "all"}},
        {"id": "d", "level": "amber", "when": {"temperature_from": 39}},
    ]
    rest = {"advice": "watch", "evidence": "project"}
    data = {**TRIAGE, "sets": [{**TRIAGE["sets"][0], "rules": [{**row, **rest} for row in rows]}]}
    rules = rule_set(data, SYMPTOMS, EXPOSURES)
    assert triage(said("cough"), rules).reasons == ("a",)
    assert triage(said("chest_pain"), rules).reasons == ("b",)
    assert triage(said(exposures=("travel",)), rules).reasons == ("c",)
    assert triage(said(temperature_c=39.0), rules).reasons == ("a", "d")
