"""Taking a roll call back: what it did goes, what people said stays, levels never fall."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.checkins.actions.levels import mark_absent
from app.checkins.queries.answers import find_standing, list_answered_shifts, list_check_ins
from app.checkins.queries.duties import list_shift_counts
from app.checkins.queries.roll_calls import last_roll_call
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast
from tests.factories.roll_calls import ON, gather_line, stands

HandIn = Callable[..., dict[str, Any]]
Write = Callable[[Callable[[Session], Any]], Any]
HOA, ANH, NHUNG = "SB-20417", "SB-20418", "SB-20001"
FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}
WELL = {"symptoms": [], "temperature_c": None, "exposures": {}}


@pytest.fixture
def group(write: Write, cast: Cast, clock: SetClock) -> str:
    line_id = cast.sao_bac.lines["Chuyền 3"]
    return str(write(lambda session: gather_line(session, line_id, clock.at)))


@pytest.fixture
def call(cast: Cast, group: str, hand_in: HandIn) -> Callable[..., str]:
    """Nhung calls the roll; the key of her command."""

    def send(well: list[str], *rest: dict[str, Any]) -> str:
        body = {"group": group, "shift_on": "today", "shift": "ca1", "well": well}
        result = hand_in(cast.sao_bac.people["nhung"], "roll_call", body | {"except": list(rest)})
        assert result["outcome"] == "applied", result
        return str(result["key"])

    return send


@pytest.fixture
def undo(cast: Cast, hand_in: HandIn) -> Callable[..., dict[str, Any]]:
    def send(key: str, who: str = "nhung") -> dict[str, Any]:
        return hand_in(cast.sao_bac.people[who], "roll_call_undo", {"roll_call": key})

    return send


def own(answers: dict[str, Any]) -> dict[str, Any]:
    return {"shift_on": "today", "shift": "ca1", "answers": answers, "rules": "workplace_2020@1"}


def figures(session: Session, cast: Cast) -> tuple[int, ...]:
    session.rollback()
    counts = list_shift_counts(session, [cast.sao_bac.id], ON)["ca1"]
    return counts.expected, counts.answered, counts.absent, counts.not_asked, counts.not_answered


def test_everybody_stands_as_before_and_the_answers_stay_in_the_record(
    cast: Cast, group: str, call: Any, undo: Any, hand_in: HandIn, session: Session
) -> None:
    people = cast.sao_bac.people
    key = call([HOA], {"badge": ANH, "state": "absent", "reason": "nghỉ ốm"})
    assert figures(session, cast) == (4, 1, 1, 1, 1)
    result = undo(key)
    assert result["result"] == {"roll_call": key, "restored": [NHUNG, HOA, ANH], "left": []}
    assert [stands(session, people[each].id) for each in ("hoa", "anh", "nhung")] == (
        ["expected"] * 3
    )
    assert figures(session, cast) == (4, 0, 0, 0, 4)
    assert len(list_check_ins(session, people["hoa"].id)) == 1
    assert list_answered_shifts(session, people["hoa"].id, ON) == set()
    hand_in(people["hoa"], "check_in", own(WELL))
    assert [each.version for each in list_check_ins(session, people["hoa"].id)] == [2, 1]
    assert stands(session, people["hoa"].id) == "answered green"
    called = last_roll_call(session, group, ON, "ca1")
    assert called is not None
    assert called.undone_by == "Vũ Thị Nhung"


def test_signs_told_stay_and_answers_given_since_stay(
    cast: Cast, call: Any, undo: Any, hand_in: HandIn, session: Session
) -> None:
    people = cast.sao_bac.people
    key = call([HOA, NHUNG], {"badge": ANH, "state": "symptoms", "symptoms": ["cough"]})
    hand_in(people["hoa"], "check_in", own(FEVER))
    result = undo(key)["result"]
    assert result["restored"] == [NHUNG]
    assert {line["badge"]: line["reason"] for line in result["left"]} == {
        ANH: "signs_told", HOA: "answered_since",
    }  # fmt: skip
    assert stands(session, people["anh"].id) == "answered red"
    assert stands(session, people["hoa"].id) == "answered red"
    assert find_standing(session, people["anh"].id) is not None


def test_a_later_roll_call_keeps_what_it_said_too(
    cast: Cast, call: Any, undo: Any, session: Session, clock: SetClock
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"].id, cast.sao_bac.people["anh"].id
    first = call([HOA, ANH])
    clock.move(minutes=1)
    second = call([HOA, NHUNG], {"badge": ANH, "state": "absent"})
    left = {line["badge"]: line["reason"] for line in undo(first)["result"]["left"]}
    assert left == {HOA: "later_roll_call", ANH: "later_roll_call", NHUNG: "later_roll_call"}
    assert (stands(session, hoa), stands(session, anh)) == ("answered green", "absent")
    undo(second)
    assert stands(session, anh) == "expected"


def test_an_undo_is_done_once_by_who_may(
    cast: Cast, call: Any, undo: Any, hand_in: HandIn, session: Session
) -> None:
    key = call([HOA])
    assert undo(key, "hoa")["code"] == "accounts.not_allowed"
    stranger = cast.minh_tri.people["khoi"]
    assert hand_in(stranger, "roll_call_undo", {"roll_call": key})["code"] == "not_found"
    assert undo("01932b5e-0000-7000-8000-000000000000")["code"] == "not_found"
    assert undo("x")["code"] == "fields.invalid"
    assert undo(key, "hanh")["outcome"] == "applied"
    assert undo(key)["code"] == "checkins.roll_call_undone"


def test_what_two_roll_calls_said_goes_with_the_last_of_them(
    call: Any, undo: Any, cast: Cast, session: Session, clock: SetClock
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"].id, cast.sao_bac.people["anh"].id
    first = call([HOA], {"badge": ANH, "state": "absent"})
    clock.move(minutes=1)
    second = call([HOA], {"badge": ANH, "state": "absent"})
    undo(first)
    assert (stands(session, hoa), stands(session, anh)) == ("answered green", "absent")
    undo(second)
    assert (stands(session, hoa), stands(session, anh)) == ("expected", "expected")
    assert figures(session, cast) == (4, 0, 0, 0, 4)


def test_an_absence_noted_by_the_officer_since_is_not_taken_back(
    call: Any, undo: Any, cast: Cast, session: Session, clock: SetClock, write: Write
) -> None:
    anh = cast.sao_bac.people["anh"].id
    undo(call([HOA], {"badge": ANH, "state": "absent"}))
    write(lambda s: mark_absent(s, anh, ON, "ca1", "", actor=STORY, now=clock.at))
    clock.move(minutes=1)
    again = call([HOA], {"badge": ANH, "state": "absent"})
    undo(again)
    assert stands(session, anh) == "absent"


def test_an_absence_under_an_undone_well_goes_with_its_own_roll_call(
    call: Any, undo: Any, cast: Cast, session: Session, clock: SetClock
) -> None:
    anh = cast.sao_bac.people["anh"].id
    first = call([HOA], {"badge": ANH, "state": "absent"})
    clock.move(minutes=1)
    undo(call([HOA, ANH]))
    assert stands(session, anh) == "absent"
    undo(first)
    assert stands(session, anh) == "expected"
