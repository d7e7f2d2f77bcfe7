"""A pass is there for who answered and is well, for that shift, and goes with the green level."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.checkins.actions.levels import clear_level
from app.gate.actions.passes import rotate_pass_key
from app.gate.models import GatePass
from app.workforce.actions.people import end_work, take_back
from app.workforce.models import Worker
from tests.conftest import SetClock
from tests.factories.merges import merge
from tests.factories.people import STORY, Cast, Person
from tests.factories.reminders import send
from tests.features.gate.conftest import FEVER, Park, check_in, is_signed, said_by

Write = Callable[[Callable[[Session], Any]], Any]


def jtis(session: Session, *, revoked: bool) -> list[str]:
    """Passes issued, standing or revoked."""
    session.rollback()
    passes = session.scalars(select(GatePass).order_by(GatePass.issued_at, GatePass.jti))
    return [each.jti for each in passes if (each.revoked_at is not None) is revoked]


def test_who_is_well_gets_a_pass_for_the_shift_and_its_hours(
    cast: Cast, park: Park, clock: SetClock, guard: Person
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    text = park.answer(hoa)["pass"]
    said = said_by(text)
    assert (said.park, said.company, said.on, said.shift) == ("VTR", "SAOBAC", "2026-11-24", "ca1")
    # 06:00 to 14:00 in the park; the gate opens two hours before.
    assert datetime.fromtimestamp(said.nbf, UTC) == datetime(2026, 11, 23, 21, tzinfo=UTC)
    assert datetime.fromtimestamp(said.exp, UTC) == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert said.iat == int(clock.at.timestamp())
    assert is_signed(text, park.keys(guard))
    assert hoa.id not in str(said.payload())
    assert "Hoa" not in str(said.payload())


def test_the_same_answer_given_again_gives_the_same_pass(
    cast: Cast, park: Park, clock: SetClock
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    first = park.answer(hoa)["pass"]
    clock.move(minutes=3)
    assert park.answer(hoa)["pass"] == first
    assert park.pass_of(hoa) == first


def test_two_people_and_two_shifts_have_passes_of_their_own(
    cast: Cast, park: Park, clock: SetClock
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    mine, hers = said_by(park.answer(hoa)["pass"]), said_by(park.answer(anh)["pass"])
    next_day = said_by(park.answer(hoa, shift_on="2026-11-25")["pass"])
    assert len({mine.jti, hers.jti, next_day.jti}) == 3
    assert (mine.sub == next_day.sub, mine.sub == hers.sub) == (True, False)


def test_a_fever_gives_no_pass_and_takes_the_one_there_was(
    cast: Cast, park: Park, guard: Person, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    before = said_by(park.answer(hoa)["pass"])
    assert park.keys(guard)["revocations"] == []
    ill = park.answer(hoa, FEVER)
    assert (ill["level"], ill["pass"]) == ("red", None)
    assert park.keys(guard)["revocations"] == [before.jti]
    assert park.answer(hoa)["pass"] is None
    assert park.pass_of(hoa) is None
    assert jtis(session, revoked=False) == []


def test_a_well_and_a_fever_handed_in_together_leave_no_pass(
    cast: Cast, park: Park, clock: SetClock, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    told = send(park.client, hoa, check_in(clock), check_in(clock, FEVER))
    assert [each["result"]["pass"] for each in told] == [None, None]
    assert jtis(session, revoked=False) == []


def test_a_clearance_gives_a_new_pass_and_the_old_one_stays_revoked(
    cast: Cast, park: Park, clock: SetClock, guard: Person, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    old = said_by(park.answer(hoa)["pass"])
    park.answer(hoa, FEVER)
    clock.move(minutes=10)
    write(lambda s: clear_level(s, hoa.id, "Đo lại 36,5 °C", actor=STORY, now=clock.at))
    new = said_by(park.pass_of(hoa))
    assert new.jti != old.jti
    assert park.keys(guard)["revocations"] == [old.jti]


def test_who_has_left_has_no_pass_and_who_comes_back_gets_one_by_answering(
    cast: Cast, park: Park, clock: SetClock, guard: Person, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    before = said_by(park.answer(hoa)["pass"])

    def leave(session: Session) -> None:
        worker = session.get_one(Worker, hoa.id)
        end_work(session, worker, last_on=date(2026, 11, 24), actor=STORY, now=clock.at)

    write(leave)
    assert park.keys(guard)["revocations"] == [before.jti]

    def come_back(session: Session) -> None:
        worker = session.get_one(Worker, hoa.id)
        take_back(session, worker, on=date(2026, 11, 24), actor=STORY, now=clock.at)

    write(come_back)
    assert said_by(park.answer(hoa)["pass"]).jti != before.jti


def test_a_merge_leaves_one_pass_for_the_one_person(
    cast: Cast, park: Park, clock: SetClock, guard: Person, write: Write, session: Session
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    park.answer(hoa)
    gone = said_by(park.answer(anh)["pass"])
    write(lambda s: merge(s, hoa.id, anh.id, clock.at))
    assert park.keys(guard)["revocations"] == [gone.jti]
    assert len(jtis(session, revoked=False)) == 1


def test_an_answer_for_a_shift_that_is_over_gives_no_pass(
    cast: Cast, park: Park, clock: SetClock, session: Session
) -> None:
    clock.move(hours=11)
    assert park.answer(cast.sao_bac.people["hoa"])["pass"] is None
    assert jtis(session, revoked=False) == []


def test_an_officer_who_answers_for_a_worker_gets_the_pass_too(cast: Cast, park: Park) -> None:
    hoa, hanh = cast.sao_bac.people["hoa"], cast.sao_bac.people["hanh"]
    told = park.answer(hanh, badge=hoa.badge)
    assert told["pass"] == park.pass_of(hoa)
    assert told["pass"] is not None


def test_after_a_new_key_old_passes_verify_until_they_have_ended(
    cast: Cast, park: Park, clock: SetClock, guard: Person, write: Write
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    old = park.answer(hoa)["pass"]
    write(lambda s: rotate_pass_key(s, now=clock.at))
    new = park.answer(anh)["pass"]
    keys = park.keys(guard)
    assert (is_signed(old, keys), is_signed(new, keys)) == (True, True)
    assert park.pass_of(hoa) == old
    clock.move(days=5)
    keys = park.keys(guard)
    assert (is_signed(old, keys), is_signed(new, keys)) == (False, True)
