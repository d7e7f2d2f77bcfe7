"""Documents of rules: read as typed, compared line by line, refused where nobody could use them."""

import copy
import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.bulletins.actions.rule_documents import check_document
from app.bulletins.gateways import read_document
from app.bulletins.rules.refusals import RulesTextUnreadable, RulesUnreadable
from app.bulletins.rules.rule_documents import (
    Difference,
    RuleKind,
    RulesSent,
    differences,
    lines_of,
    read_rules,
    rules_body,
)
from app.checkins.actions.sent_sets import read_sent_sets
from app.checkins.queries.rule_sets import rule_data
from app.checkins.rules.catalogue import BrokenRuleSet
from app.kernel.refusals import Refusal
from app.reminders.rules.hotlines import HotlinesUnreadable, read_hotlines
from tests.factories.risk import set_row

ON = date(2026, 11, 24)
ID = "01940000-0000-7000-8000-000000000001"
HOTLINES = """number,name_vi,name_en,hours,valid_from,valid_to,evidence,source
02043856100,CDC tỉnh,CDC,24/7,2026-11-01,,entered,Thông báo 12
115,Cấp cứu,Ambulance,,,,memory,
"""


def triage() -> dict[str, Any]:
    """The program's own rules as a document of the next version."""
    return copy.deepcopy({"version": 2, "sets": rule_data("triage")["sets"]})


def test_documents_are_read_as_they_are_typed() -> None:
    found = read_document(RuleKind.HOTLINES, "\ufeff" + HOTLINES)
    assert [each.number for each in read_hotlines(found["hotlines"])] == ["02043856100", "115"]
    assert read_document(RuleKind.HOTLINES, HOTLINES.replace(",", ";")) == found
    text = yaml.safe_dump(triage(), allow_unicode=True)
    assert list(read_sent_sets(read_document(RuleKind.TRIAGE, text))) == [
        *("workplace_2020@2", "surveillance_2022@2")
    ]
    row = json.dumps(set_row(), default=str, ensure_ascii=False)
    index = read_document(RuleKind.RISK, row)
    check_document(RuleKind.RISK, index, ON)
    assert lines_of(RuleKind.RISK, index)


@pytest.mark.parametrize(
    "text", ["", "a: &x [1]\nb: [*x, *x]", "- [", "just words", "x" * 300_000, "!!python/name:os"]
)
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(RulesTextUnreadable):
        read_document(RuleKind.TRIAGE, text)


@pytest.mark.parametrize(
    ("column", "value"),
    [("number", "gọi tôi"), ("name_vi", ""), ("source", ""), ("valid_from", "hôm nay")],
)
def test_a_hotline_that_cannot_be_told_names_its_row(column: str, value: str) -> None:
    rows = read_document(RuleKind.HOTLINES, HOTLINES)["hotlines"]
    rows[0][column] = value
    with pytest.raises(HotlinesUnreadable) as refused:
        read_hotlines(rows)
    assert refused.value.params == {"row": 1}


def test_a_number_without_a_source_is_listed_and_never_told() -> None:
    told, unsure = read_hotlines(read_document(RuleKind.HOTLINES, HOTLINES)["hotlines"])
    assert told.may_be_told(ON)
    assert not told.may_be_told(date(2026, 10, 31))
    assert not unsure.may_be_told(ON)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("when", {"any_flag": "red_flga"}),
        ("when", {"any_symptom": []}),
        ("when", {"any_symptom": ["headake"]}),
        ("when", {"temperature_from": 3.75}),
        ("when", {}),
        ("level", "purple"),
        ("advice", "dance"),
        ("evidence", "sure"),
        ("id", "Bad Id"),
        ("id", "five_signs"),
    ],
)
def test_a_rule_that_nobody_could_go_by_names_its_place(key: str, value: Any) -> None:
    document = triage()
    document["sets"][0]["rules"][0][key] = value
    with pytest.raises(BrokenRuleSet):
        read_sent_sets(document)


@given(
    st.sampled_from(RuleKind),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["version", "sets", "rules", "id", "hotlines", "index_set", "bands", "vi"]
                ),
                inner,
            )
        ),
        max_leaves=8,
    ),
)
def test_whatever_comes_is_taken_or_refused_never_a_fault(kind: RuleKind, value: Any) -> None:
    if isinstance(value, dict):
        with suppress(Refusal):
            check_document(kind, value, ON)
    with suppress(RulesUnreadable):
        read_rules({"rules": ID, "kind": kind, "document": value, "title": value})


def test_rules_survive_their_way() -> None:
    sent = RulesSent(ID, RuleKind.TRIAGE, "Bộ mới", ON, "QĐ 5", triage())
    assert read_rules(rules_body(sent)) == sent


lines = st.dictionaries(st.text(max_size=3), st.text(min_size=1, max_size=3), max_size=5)


@given(lines, lines)
def test_the_differences_are_all_there_is_between_two_documents(
    before: dict[str, str], after: dict[str, str]
) -> None:
    made = dict(before)
    for each in differences(before, after):
        assert each.before == made.get(each.key, "")
        made[each.key] = each.after
    assert {key: line for key, line in made.items() if line} == after
    assert differences(after, after) == []


def test_a_changed_rule_is_one_difference() -> None:
    after = triage()
    after["sets"][0]["rules"][1]["level"] = "amber"
    (found,) = differences(lines_of(RuleKind.TRIAGE, triage()), lines_of(RuleKind.TRIAGE, after))
    assert isinstance(found, Difference)
    assert found.key == "workplace_2020 · fever_measured"
    assert (found.before[:3], found.after[:5]) == ("red", "amber")
