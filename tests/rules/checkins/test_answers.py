"""Answers read from plain JSON: every wrong field named, nothing dropped in silence."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.checkins.rules import (
    FIELD_CODES,
    Answers,
    BadAnswers,
    TemperatureOutOfRange,
    UnknownExposure,
    UnknownSymptom,
    catalogue,
    parse_answers,
)
from app.kernel.refusals import BadFields

DATA = Path(__file__).parents[3] / "app" / "checkins" / "data"
QUESTIONS = catalogue(
    *(
        yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
        for name in ("symptoms.yaml", "exposures.yaml")
    )
)

symptom_ids = st.lists(st.sampled_from(sorted(QUESTIONS.symptoms)))
scalars = st.text(max_size=30) | st.integers(0, 500) | st.booleans()
items = st.dictionaries(
    st.text("abcdefghij_", min_size=1, max_size=8).filter(lambda name: name != "items"),
    scalars,
    max_size=3,
)
answer_json = st.fixed_dictionaries(
    {
        "symptoms": symptom_ids,
        "temperature_c": st.none() | st.floats(34, 43) | st.integers(34, 43),
        "exposures": st.dictionaries(
            st.sampled_from(sorted(QUESTIONS.exposures)),
            st.booleans() | items | st.fixed_dictionaries({"items": st.lists(items, max_size=2)}),
            max_size=3,
        ),
    },
    optional={"note": st.text(max_size=60), "denied": symptom_ids},
)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)


def errors_of(raw: object, at: str = "") -> list[tuple[str, str]]:
    with pytest.raises(BadAnswers) as refusal:
        parse_answers(raw, QUESTIONS, at=at)
    return refusal.value.errors


@settings(max_examples=60)
@given(answer_json)
def test_what_was_read_is_stored_so_that_reading_it_again_gives_the_same(
    raw: dict[str, Any],
) -> None:
    answers = parse_answers(raw, QUESTIONS)
    assert parse_answers(answers.as_json(), QUESTIONS) == answers
    assert set(answers.symptoms) == set(raw["symptoms"])
    assert {name for name, said in raw["exposures"].items() if said is not False} == set(
        answers.exposures
    )
    assert not set(answers.denied) & {*answers.symptoms, *answers.exposures}


@settings(max_examples=60)
@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("symptoms", "temperature_c", "exposures", "note", "denied"), anything
        ),
    )
    | anything
)
def test_whatever_comes_is_read_or_refused_with_fields(raw: Any) -> None:
    try:
        answers: object = parse_answers(raw, QUESTIONS)
    except BadFields as refusal:
        answers = refusal
    if isinstance(answers, BadFields):
        assert answers.errors
        assert {code for _, code in answers.errors} <= set(FIELD_CODES)


def test_every_wrong_field_is_named_and_the_first_gives_the_refusal_its_code() -> None:
    raw = {
        "symptoms": ["cough", "yawning"],
        "temperature_c": 386,
        "exposures": {"a/b~c": True, "travel": 3},
        "note": "x" * 501,
    }
    assert errors_of(raw, "/answers") == [
        ("/answers/symptoms/1", "checkins.unknown_symptom"),
        ("/answers/temperature_c", "checkins.temperature_out_of_range"),
        ("/answers/exposures/a~1b~0c", "checkins.unknown_exposure"),
        ("/answers/exposures/travel", "checkins.bad_answers"),
        ("/answers/note", "checkins.text_too_long"),
    ]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"symptoms": ["yawning"]}, UnknownSymptom),
        ({"symptoms": [["cough"]]}, UnknownSymptom),
        ({"symptoms": [], "temperature_c": 33.9}, TemperatureOutOfRange),
        ({"symptoms": [], "temperature_c": float("nan")}, TemperatureOutOfRange),
        ({"symptoms": [], "exposures": {"moon": True}}, UnknownExposure),
        ({"symptoms": [], "temperature_c": "37"}, BadAnswers),
        ({"symptoms": [], "temperature_c": True}, BadAnswers),
        ({"symptoms": [], "note": "half a sign \ud83d"}, BadAnswers),
        ({"symptoms": [], "note": 0}, BadAnswers),
        ({"symptoms": [], "denied": [[]]}, BadAnswers),
        ({}, BadAnswers),
        (None, BadAnswers),
        ([], BadAnswers),
    ],
)
def test_a_refusal_carries_the_class_of_its_first_wrong_field(
    raw: object, kind: type[BadAnswers]
) -> None:
    with pytest.raises(BadAnswers) as refusal:
        parse_answers(raw, QUESTIONS)
    assert type(refusal.value) is kind


@pytest.mark.parametrize(
    ("exposures", "pointer"),
    [
        ([], ""),
        ({"travel": {"items": {}}}, "/travel/items"),
        ({"travel": {"items": [{}] * 21}}, "/travel/items"),
        ({"travel": {"items": ["Bắc Giang"]}}, "/travel/items/0"),
        ({"travel": {"place": ["Bắc Giang"]}}, "/travel/place"),
        ({"travel": {"half \ud83d": "x"}}, "/travel"),
        ({"travel": {f"field_{n}": n for n in range(21)}}, "/travel"),
    ],
)
def test_details_of_a_wrong_shape_are_named(exposures: object, pointer: str) -> None:
    found = errors_of({"symptoms": [], "exposures": exposures})
    assert found == [(f"/exposures{pointer}", "checkins.bad_answers")]


def test_an_empty_detail_is_left_out_and_an_empty_answer_is_none() -> None:
    raw = {"symptoms": [], "exposures": {"travel": {"place": None}, "crowd_event": None}}
    assert parse_answers(raw, QUESTIONS) == Answers(exposures={"travel": {}})
    assert errors_of({"symptoms": [], "denied": "fever"}) == [("/denied", "checkins.bad_answers")]


def test_nothing_asked_is_not_taken_for_being_well() -> None:
    assert errors_of({"exposures": {}}) == [("/symptoms", "checkins.symptoms_required")]


def test_text_is_composed_and_a_place_kept_as_it_was_given() -> None:
    raw = {
        "symptoms": ["other"],
        "note": " mỏi mắt ",
        "exposures": {"travel": {"items": [{"place": "Bắc Giang", "days": 2}]}},
    }
    answers = parse_answers(raw, QUESTIONS)
    assert answers.note == "mỏi mắt"
    assert answers.exposures == {"travel": {"items": [{"place": "Bắc Giang", "days": 2}]}}
    assert answers.temperature_c is None


def test_a_yes_beats_a_no_to_the_same_question() -> None:
    raw = {
        "symptoms": ["cough"],
        "exposures": {"travel": True, "crowd_event": False},
        "denied": ["cough", "travel", "fever"],
    }
    assert parse_answers(raw, QUESTIONS).denied == ("crowd_event", "fever")


def test_signs_of_the_past_weeks_are_kept_but_are_not_signs_of_today() -> None:
    raw = {"symptoms": [], "exposures": {"symptom_any": {"symptoms": ["cough", "fever"]}}}
    answers = parse_answers(raw, QUESTIONS)
    assert answers == Answers(exposures={"symptom_any": {"symptoms": ["fever", "cough"]}})
    assert errors_of({"symptoms": [], "exposures": {"symptom_any": {"symptoms": ["x"]}}}) == [
        ("/exposures/symptom_any/symptoms/0", "checkins.unknown_symptom")
    ]
