"""What a bulletin says survives its way to a park, and the newest version counts in any order."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bulletins.rules.bulletins import (
    Channel,
    Figure,
    Measure,
    State,
    Version,
    check_content,
    content_body,
    down_body,
    newest_of,
    read_content,
    read_down,
)
from app.bulletins.rules.refusals import IdentityInText, NoChannel, TotalBelowNew, Unreadable
from tests.factories.bulletins import content

ID = "01940000-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def version(number: int = 1, **given: Any) -> Version:
    told = content(**given)
    return Version(
        ID, number, State.PUBLISHED, AT, told.number, told.on, told.titles, told, reason=""
    )


def through_json(body: Any) -> Any:
    return json.loads(json.dumps(body))


def test_a_content_reads_back_as_it_was() -> None:
    told = content(own={Channel.WORKERS: {"vi": "Lời cho công nhân"}})
    assert read_content(through_json(content_body(told))) == told


def test_a_park_gets_the_words_for_workers_and_nothing_of_other_channels() -> None:
    own = {Channel.WORKERS: {"vi": "Cho công nhân"}, Channel.PUBLIC_SERVICE: {"vi": "Nội bộ"}}
    body = through_json(down_body(version(own=own)))
    assert "Nội bộ" not in json.dumps(body, ensure_ascii=False)
    came = read_down(body)
    assert came.content is not None
    assert came.content.texts == {"vi": "Cho công nhân"}
    assert came.content.channels == (Channel.WORKERS,)


@given(st.permutations(range(1, 6)), st.lists(st.integers(0, 4), max_size=4))
def test_the_highest_version_counts_in_any_order_and_however_often(
    order: list[int], again: list[int]
) -> None:
    came = [version(number) for number in order]
    came += [came[at] for at in again]
    newest = newest_of(came)
    assert newest is not None
    assert newest.number == 5


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=5,
    ),
    st.sampled_from([*down_body(version()), "content/texts", "content/cases", "content/figures"]),
)
def test_what_came_is_read_or_refused_never_a_fault(value: Any, where: str) -> None:
    body = through_json(down_body(version()))
    *path, last = where.split("/")
    target = body[path[0]] if path else body
    target[last] = value
    with suppress(Unreadable):
        read_down(body)


def test_a_name_in_a_list_that_came_is_refused() -> None:
    body = through_json(down_body(version()))
    body["content"]["cases"][0][4] = "Nguyễn Văn Nam"
    with pytest.raises(Unreadable):
        read_down(body)


def test_what_a_newer_province_counts_besides_is_left_out() -> None:
    body = through_json(down_body(version()))
    body["content"]["figures"].append({"measure": "f9", "new": 1})
    body["later"] = {"more": True}
    assert read_down(body) == read_down(down_body(version()))


def test_what_cannot_be_published_is_refused() -> None:
    with pytest.raises(NoChannel):
        check_content(content(channels=()))
    with pytest.raises(TotalBelowNew):
        check_content(content(figures=(Figure(Measure.F0, 5, 4),)))
    with pytest.raises(IdentityInText):
        check_content(content(own={Channel.CITIZENS: {"vi": "Số 024123456789"}}))
    check_content(content())


def test_a_withdrawal_says_nothing_but_number_title_and_reason() -> None:
    gone = replace(version(2), state=State.WITHDRAWN, content=None, reason="Sai số liệu")
    came = read_down(through_json(down_body(gone)))
    assert (came.state, came.content, came.reason) == (State.WITHDRAWN, None, "Sai số liệu")
    assert came.on == date(2026, 11, 24)
