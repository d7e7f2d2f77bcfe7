"""The `roll_call` command over HTTP: a whole sheet at once, own answers never overwritten."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.checkins.actions.levels import mark_absent
from app.checkins.models import CheckIn
from app.checkins.queries.answers import find_standing, list_check_ins
from app.checkins.queries.duties import list_shift_counts
from app.checkins.queries.roll_calls import last_roll_call
from app.kernel.ids import new_id
from app.workforce.models import Membership
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast
from tests.factories.roll_calls import ON, gather_line, group_of_line, stands

HandIn = Callable[..., dict[str, Any]]
Write = Callable[[Callable[[Session], Any]], Any]
HOA, ANH, NHUNG, MEN = "SB-20417", "SB-20418", "SB-20001", "SB-20733"
WELL = {"symptoms": [], "temperature_c": None, "exposures": {}}
FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}


@pytest.fixture
def group(write: Write, cast: Cast, clock: SetClock) -> str:
    """Line 3: Hoa, Ánh, and Nhung who calls the roll."""
    line_id = cast.sao_bac.lines["Chuyền 3"]
    return str(write(lambda session: gather_line(session, line_id, clock.at)))


def sheet(group: str, well: list[str], *rest: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "group": group, "shift_on": "2026-11-24", "shift": "ca1", "well": well,
        "except": list(rest), **more,
    }  # fmt: skip


def answer(answers: dict[str, Any]) -> dict[str, Any]:
    return {"shift_on": "today", "shift": "ca1", "answers": answers, "rules": "workplace_2020@1"}


def counts(session: Session, cast: Cast) -> Any:
    session.rollback()
    return list_shift_counts(session, [cast.sao_bac.id], ON)["ca1"]


def reasons(result: dict[str, Any]) -> dict[str, str]:
    return {line["badge"]: line["reason"] for line in result["result"]["kept"]}


def test_well_except_is_recorded_once_with_the_leaders_name(
    cast: Cast, group: str, hand_in: HandIn, session: Session, clock: SetClock
) -> None:
    people, key = cast.sao_bac.people, new_id(clock.at)
    body = sheet(group, [HOA, NHUNG], {"badge": ANH, "state": "absent", "reason": "nghỉ ốm"})
    made_at = clock.at.isoformat()
    first = hand_in(people["nhung"], "roll_call", body, key=key, made_at=made_at)
    clock.move(minutes=3)
    again = hand_in(people["nhung"], "roll_call", body, key=key, made_at=made_at)
    assert (first["outcome"], again["outcome"]) == ("applied", "already_applied")
    assert first["result"] == again["result"]
    assert {line["badge"]: line["state"] for line in first["result"]["recorded"]} == {
        HOA: "answered", NHUNG: "answered", ANH: "absent",
    }  # fmt: skip
    figures = counts(session, cast)
    assert (figures.expected, figures.answered, figures.absent, figures.green) == (4, 2, 1, 2)
    assert figures.not_answered == 1
    called = last_roll_call(session, group, ON, "ca1")
    assert called is not None
    assert (called.called_by, called.id) == ("Vũ Thị Nhung", key)
    given = list_check_ins(session, people["hoa"].id)
    assert [(each.source, each.account_id) for each in given] == [("roll_call", people["nhung"].id)]
    acts = session.scalars(select(AuditEntry.act)).all()
    assert acts.count("checkins.roll_called") == 1
    assert acts.count("checkins.marked_absent") == 1


def test_an_own_red_answer_that_came_meanwhile_stays_and_is_told(
    cast: Cast, group: str, hand_in: HandIn, session: Session, clock: SetClock
) -> None:
    people = cast.sao_bac.people
    made_at = clock.at.isoformat()
    clock.move(hours=1)
    hand_in(people["hoa"], "check_in", answer(FEVER))
    hand_in(people["anh"], "check_in", answer(WELL))
    clock.move(minutes=5)
    body = sheet(group, [HOA, NHUNG], {"badge": ANH, "state": "absent"})
    result = hand_in(people["nhung"], "roll_call", body, made_at=made_at, offset_ms=0)
    assert reasons(result) == {HOA: "own_answer", ANH: "own_answer"}
    kept = {line["badge"]: line for line in result["result"]["kept"]}
    assert (kept[HOA]["said"], kept[HOA]["level"]) == ("well", "red")
    assert (kept[ANH]["said"], kept[ANH]["state"]) == ("absent", "answered")
    assert stands(session, people["hoa"].id) == "answered red"
    assert stands(session, people["anh"].id) == "answered green"
    assert len(list_check_ins(session, people["hoa"].id)) == 1
    figures = counts(session, cast)
    assert (figures.answered, figures.absent, figures.green, figures.red) == (3, 0, 2, 1)


def test_an_own_answer_after_the_roll_call_counts(
    cast: Cast, group: str, hand_in: HandIn, session: Session
) -> None:
    people = cast.sao_bac.people
    hand_in(people["nhung"], "roll_call", sheet(group, [HOA], {"badge": ANH, "state": "absent"}))
    hand_in(people["hoa"], "check_in", answer(FEVER))
    hand_in(people["anh"], "check_in", answer(WELL))
    assert stands(session, people["hoa"].id) == "answered red"
    assert stands(session, people["anh"].id) == "answered green"
    figures = counts(session, cast)
    assert (figures.answered, figures.absent, figures.not_asked) == (2, 0, 1)


def test_signs_that_the_leader_saw_are_added_to_what_was_answered(
    cast: Cast, group: str, hand_in: HandIn, session: Session
) -> None:
    people = cast.sao_bac.people
    hand_in(people["hoa"], "check_in", answer({"symptoms": ["headache"], "temperature_c": 36.6}))
    seen = {"badge": HOA, "state": "symptoms", "symptoms": ["cough"], "temperature_c": 37.9}
    result = hand_in(people["nhung"], "roll_call", sheet(group, [ANH], seen))
    assert reasons(result) == {}
    newest = list_check_ins(session, people["hoa"].id)[0]
    assert set(newest.answers["symptoms"]) == {"headache", "cough"}
    assert newest.answers["temperature_c"] == 37.9
    assert stands(session, people["hoa"].id) == "answered red"


def test_signs_without_a_name_are_watched_and_a_hot_well_is_a_fever(
    cast: Cast, group: str, hand_in: HandIn, session: Session
) -> None:
    people = cast.sao_bac.people
    body = sheet(group, [HOA, NHUNG], {"badge": ANH, "state": "symptoms"},
                 temperatures={HOA: 38.1, NHUNG: 36.5})  # fmt: skip
    hand_in(people["nhung"], "roll_call", body)
    assert stands(session, people["anh"].id) == "answered amber"
    assert stands(session, people["hoa"].id) == "answered red"
    assert stands(session, people["nhung"].id) == "answered green"
    assert list_check_ins(session, people["nhung"].id)[0].answers["temperature_c"] == 36.5


def test_a_level_that_stands_is_not_made_milder_by_a_well(
    cast: Cast, group: str, hand_in: HandIn, session: Session
) -> None:
    people = cast.sao_bac.people
    yesterday = answer(FEVER) | {"shift_on": "2026-11-23"}
    hand_in(people["hoa"], "check_in", yesterday)
    result = hand_in(people["nhung"], "roll_call", sheet(group, [HOA]))
    line = result["result"]["recorded"][0]
    assert (line["badge"], line["level"]) == (HOA, "red")
    assert find_standing(session, people["hoa"].id) is not None


def test_who_came_after_the_sheet_was_shown_is_not_asked(
    cast: Cast, group: str, hand_in: HandIn, session: Session
) -> None:
    people = cast.sao_bac.people
    result = hand_in(people["nhung"], "roll_call", sheet(group, [HOA, NHUNG]))
    assert result["result"]["not_on_sheet"] == [ANH]
    assert stands(session, people["anh"].id) == "not_asked"
    assert counts(session, cast).not_asked == 1


def test_who_is_not_in_the_group_that_day_is_told_and_left(
    cast: Cast,
    group: str,
    hand_in: HandIn,
    session: Session,
    write: Callable[..., Any],
    clock: SetClock,
) -> None:
    people = cast.sao_bac.people

    def leave(session: Session) -> None:
        member = session.scalars(
            select(Membership).where(Membership.worker_id == people["anh"].id)
        ).one()
        member.to_on = ON - timedelta(days=1)

    write(leave)
    body = sheet(group, [HOA, ANH, "SB-99999", MEN])
    result = hand_in(people["nhung"], "roll_call", body)
    assert reasons(result) == {
        ANH: "not_in_group", "SB-99999": "unknown_badge", MEN: "unknown_badge",
    }  # fmt: skip
    assert stands(session, people["anh"].id) == "expected"
    sick = sheet(group, [], {"badge": ANH, "state": "symptoms", "symptoms": ["cough"]})
    assert reasons(hand_in(people["nhung"], "roll_call", sick)) == {}
    assert stands(session, people["anh"].id) == "answered red"


def test_a_leader_corrects_an_own_roll_call_and_an_older_one_does_not(
    cast: Cast, group: str, hand_in: HandIn, session: Session, clock: SetClock
) -> None:
    nhung, hoa = cast.sao_bac.people["nhung"], cast.sao_bac.people["hoa"]
    early = clock.at.isoformat()
    clock.move(minutes=2)
    hand_in(nhung, "roll_call", sheet(group, [HOA, ANH, NHUNG]))
    older = sheet(group, [], {"badge": HOA, "state": "absent"}, {"badge": ANH, "state": "absent"})
    result = hand_in(nhung, "roll_call", older, made_at=early)
    assert reasons(result) == {HOA: "newer_roll_call", ANH: "newer_roll_call"}
    clock.move(minutes=2)
    hand_in(nhung, "roll_call", sheet(group, [NHUNG], {"badge": HOA, "state": "absent"}))
    assert stands(session, hoa.id) == "absent"
    clock.move(minutes=2)
    hand_in(nhung, "roll_call", sheet(group, [HOA]))
    assert stands(session, hoa.id) == "answered green"
    assert [each.version for each in list_check_ins(session, hoa.id)] == [2, 1]
    figures = counts(session, cast)
    assert (figures.answered, figures.absent, figures.green) == (3, 0, 3)


def test_what_the_officer_noted_and_signs_told_stay(
    cast: Cast,
    group: str,
    hand_in: HandIn,
    session: Session,
    write: Callable[..., Any],
    clock: SetClock,
) -> None:
    people = cast.sao_bac.people
    write(
        lambda s: mark_absent(
            s, people["anh"].id, ON, "ca1", "nghỉ phép", actor=STORY, now=clock.at
        )
    )
    cough = {"badge": HOA, "state": "symptoms", "symptoms": ["cough"]}
    hand_in(people["nhung"], "roll_call", sheet(group, [], cough))
    body = sheet(group, [HOA], {"badge": ANH, "state": "not_asked"})
    assert reasons(hand_in(people["nhung"], "roll_call", body)) == {
        HOA: "signs_told", ANH: "absence_known",
    }  # fmt: skip
    absent = sheet(group, [], {"badge": HOA, "state": "absent"})
    assert reasons(hand_in(people["nhung"], "roll_call", absent)) == {HOA: "signs_told"}
    assert stands(session, people["hoa"].id) == "answered red"


def test_paper_keeps_its_own_time(
    cast: Cast, group: str, hand_in: HandIn, session: Session, clock: SetClock
) -> None:
    people = cast.sao_bac.people
    written = clock.at
    clock.move(hours=5)
    body = sheet(group, [HOA], source="paper", observed_at=written.isoformat())
    assert hand_in(people["nhung"], "roll_call", body)["outcome"] == "applied"
    given = session.scalars(select(CheckIn)).one()
    assert (given.source, given.made_at, given.on_time) == ("paper", written, True)
    assert given.received_at - given.made_at == timedelta(hours=5)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"group": "x"}, "fields.invalid"),
        ({"group": "01932b5e-0000-7000-8000-000000000000"}, "not_found"),
        ({"shift": "ca9"}, "workforce.no_such_shift"),
        ({"shift_on": "2027-12-01"}, "checkins.shift_too_far"),
        ({"well": "all"}, "fields.invalid"),
        ({"well": [HOA, HOA]}, "fields.invalid"),
        ({"well": [7]}, "fields.invalid"),
        ({"except": [{"badge": HOA, "state": "gone"}]}, "fields.invalid"),
        ({"except": [{"badge": HOA, "state": "symptoms", "symptoms": ["plague"]}]},
         "checkins.bad_answers"),
        ({"except": [{"badge": HOA, "state": "symptoms", "temperature_c": 365}]},
         "checkins.bad_answers"),
        ({"temperatures": {HOA: "hot"}, "well": [HOA]}, "fields.invalid"),
        ({"temperatures": [], "well": [HOA]}, "fields.invalid"),
    ],
)  # fmt: skip
def test_a_sheet_with_a_wrong_field_is_refused_whole(
    cast: Cast,
    group: str,
    hand_in: HandIn,
    session: Session,
    change: dict[str, Any],
    code: str,
) -> None:
    people = cast.sao_bac.people
    result = hand_in(people["nhung"], "roll_call", sheet(group, [ANH]) | change)
    assert (result["outcome"], result["code"]) == ("refused", code)
    assert result["message"]
    assert stands(session, people["anh"].id) == "expected"


def test_only_who_answers_for_the_group_calls_its_roll(
    cast: Cast, group: str, hand_in: HandIn, session: Session
) -> None:
    own, other = cast.sao_bac, cast.minh_tri
    line7 = group_of_line(session, own.lines["Chuyền 7"])
    refused = [
        hand_in(own.people["hoa"], "roll_call", sheet(group, [HOA])),
        hand_in(other.people["khoi"], "roll_call", sheet(group, [HOA])),
        hand_in(own.people["nhung"], "roll_call", sheet(line7, [MEN])),
        hand_in(cast.people["lam"], "roll_call", sheet(group, [HOA])),
    ]
    assert [each["outcome"] for each in refused] == ["refused"] * 4
    assert refused[1]["code"] == "not_found"
    assert {refused[0]["code"], refused[3]["code"]} == {"accounts.not_allowed"}
    assert hand_in(own.people["hanh"], "roll_call", sheet(line7, [MEN]))["outcome"] == "applied"
