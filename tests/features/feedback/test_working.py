"""Feedback from the phone to the answer: who sees it, who does what, and what goes up."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc import jwe
from joserfc.jwk import ECKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.delivery.models import Delivery, Message
from app.feedback.actions import working
from app.feedback.actions.answers import take_answer
from app.feedback.models import Feedback, FeedbackEntry
from app.feedback.rules.refusals import (
    FeedbackAnswered,
    FeedbackMoved,
    NoOwner,
    NotHeldHere,
    NothingToUndo,
    NotTheSame,
    WordsNeeded,
)
from app.kernel.ids import new_id
from app.sync.actions.log import locked_node
from app.sync.gateways.signing import new_box_key, payload_of, public_part
from app.sync.models import LogEntry
from app.sync.rules import NotEnrolled
from tests.conftest import SetClock
from tests.factories.feedback import actor_of, camera_picture, make_anonymous, make_note
from tests.factories.merges import make_twins, merge
from tests.factories.people import Cast, Person

Write = Callable[[Callable[[Session], Any]], Any]
Enter = Callable[[Person], FlaskClient]


def hand_in(
    client: FlaskClient, person: Person, clock: SetClock, body: dict[str, Any]
) -> dict[str, Any]:
    command = {"key": new_id(clock.at), "kind": "feedback", "made_at": clock.at.isoformat()}
    told = client.post(
        "/api/v1/commands", json={"commands": [command | {"body": body}]}, headers=person.headers
    )
    found: dict[str, Any] = told.json["results"][0]
    return found


@pytest.fixture
def note_id(cast: Cast, write: Write, clock: SetClock) -> str:
    """A note of Hoa's, who works on a line with a safety team."""
    found: str = write(lambda s: make_note(s, cast.sao_bac.people["hoa"], clock.at))
    return found


@pytest.fixture
def do(write: Write, clock: SetClock) -> Callable[..., None]:
    """Let somebody do something with a note as it stands."""

    def act(deed: Callable[..., None], person: Person, note: str, *words: str) -> None:
        def work(session: Session) -> None:
            seen = session.get_one(Feedback, note).version
            actor = actor_of(session, person)
            deed(session, note, *words, seen=seen, actor=actor, now=clock.at)

        write(work)

    return act


def held(session: Session, note_id: str) -> Feedback:
    session.rollback()
    return session.get_one(Feedback, note_id)


def test_a_note_under_a_name_comes_by_the_outbox_and_once(
    stranger: FlaskClient, cast: Cast, clock: SetClock, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    body = {"text": "Xe chật", "category": "bus", "photo": camera_picture()}
    told = hand_in(stranger, hoa, clock, body)
    assert told["outcome"] == "applied"
    assert told["result"]["due_on"] == "2026-11-27"
    row = session.scalars(select(Feedback)).one()
    assert (row.worker_id, row.level, row.state) == (hoa.id, "team", "new")
    assert row.text == "Xe chật"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": ""}, "fields.invalid"),
        ({"category": "?"}, "fields.invalid"),
        ({"photo": "x"}, "feedback.not_a_picture"),
    ],
)
def test_a_note_that_says_nothing_comes_back(
    stranger: FlaskClient, cast: Cast, clock: SetClock, changes: dict[str, Any], code: str
) -> None:
    body = {"text": "Xe chật", "category": "bus"} | changes
    told = hand_in(stranger, cast.sao_bac.people["hoa"], clock, body)
    assert (told["outcome"], told["code"]) == ("refused", code)


def test_an_office_account_has_no_name_to_write_under(
    stranger: FlaskClient, cast: Cast, clock: SetClock
) -> None:
    told = hand_in(stranger, cast.people["lam"], clock, {"text": "x", "category": "bus"})
    assert told["code"] == "accounts.not_allowed"


def test_who_is_forced_to_work_ill_tells_nobody_near(
    stranger: FlaskClient, cast: Cast, clock: SetClock, session: Session, enter: Enter
) -> None:
    body = {"text": "Tổ trưởng bắt đi làm khi sốt", "category": "forced"}
    hand_in(stranger, cast.sao_bac.people["hoa"], clock, body)
    assert session.scalars(select(Feedback)).one().level == "company"
    assert "Tổ trưởng bắt" in enter(cast.sao_bac.people["hanh"]).get("/feedback/inbox").text


def test_each_sees_what_lies_in_the_own_reach(
    cast: Cast, write: Write, enter: Enter, clock: SetClock, note_id: str, do: Callable[..., None]
) -> None:
    page = f"/feedback/{note_id}"
    nhung, hanh, lam = (
        enter(cast.sao_bac.people["nhung"]),
        enter(cast.sao_bac.people["hanh"]),
        enter(cast.people["lam"]),
    )
    assert "Nguyễn Thị Hoa" in nhung.get(page).text
    assert "Nguyễn Thị Hoa" in hanh.get(page).text
    assert lam.get(page).status_code == 404
    assert enter(cast.minh_tri.people["khoi"]).get(page).status_code == 404
    do(working.pass_on, cast.sao_bac.people["nhung"], note_id, "Việc của công ty")
    do(working.pass_on, cast.sao_bac.people["hanh"], note_id, "Nhà ăn do khu quản lý")
    shown = lam.get(page).text
    assert "Lượt ăn 11:30" in shown
    assert "Nhà ăn do khu quản lý" in shown
    assert "Thị Hoa" not in shown
    assert "SB-20417" not in shown
    assert "Thị Hoa" not in lam.get("/feedback/inbox").text


def test_a_worker_sees_who_has_read_the_note(
    cast: Cast, enter: Enter, session: Session, note_id: str
) -> None:
    enter(cast.sao_bac.people["hanh"]).get(f"/feedback/{note_id}")
    session.rollback()
    view = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_id == cast.sao_bac.people["hoa"].id)
        .where(AuditEntry.actor_id == cast.sao_bac.people["hanh"].id)
    ).one()
    assert view.details["page"] == "feedback"
    assert held(session, note_id).looked_on is not None


def test_the_answer_comes_to_the_inbox(
    stranger: FlaskClient,
    cast: Cast,
    session: Session,
    note_id: str,
    do: Callable[..., None],
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    do(working.answer, cast.sao_bac.people["hanh"], note_id, "Đã lắp lại vách ngăn.")
    row = held(session, note_id)
    assert (row.state, str(row.answered_on)) == ("answered", "2026-11-24")
    (message,) = session.scalars(select(Message).where(Message.kind == "answer")).all()
    assert message.texts["vi"] == "Đã lắp lại vách ngăn."
    assert session.scalars(select(Delivery)).one().person_id == hoa.id


def test_one_answer_is_for_all_that_tell_the_same(
    cast: Cast,
    write: Write,
    clock: SetClock,
    session: Session,
    note_id: str,
    do: Callable[..., None],
) -> None:
    people = cast.sao_bac.people
    other = write(lambda s: make_note(s, people["anh"], clock.at, text="Nhà ăn chật"))
    do(working.join_same, people["hanh"], other, note_id)
    with pytest.raises(NotTheSame):
        do(working.join_same, people["hanh"], note_id, other)
    with pytest.raises(NotTheSame):
        do(working.join_same, people["hanh"], note_id, note_id)
    do(working.answer, people["hanh"], note_id, "Đã chia lại lượt ăn.")
    assert held(session, other).state == "answered"
    told = {row.person_id for row in session.scalars(select(Delivery)).all()}
    assert told == {people["hoa"].id, people["anh"].id}


def test_the_last_own_act_is_taken_back(
    cast: Cast, session: Session, note_id: str, do: Callable[..., None]
) -> None:
    people = cast.sao_bac.people
    do(working.take_up, people["nhung"], note_id)
    do(working.pass_on, people["nhung"], note_id, "Không tự xử lý được")
    with pytest.raises(NothingToUndo):
        do(working.undo_last, people["hanh"], note_id)
    do(working.undo_last, people["nhung"], note_id)
    row = held(session, note_id)
    assert (row.state, row.level, row.owner_name) == ("taken_up", "team", "Vũ Thị Nhung")
    with pytest.raises(NothingToUndo):
        do(working.undo_last, people["nhung"], note_id)
    do(working.answer, people["nhung"], note_id, "Xong rồi.")
    with pytest.raises(NothingToUndo):
        do(working.undo_last, people["nhung"], note_id)


def test_what_lies_elsewhere_is_only_read(
    cast: Cast, session: Session, note_id: str, do: Callable[..., None]
) -> None:
    people = cast.sao_bac.people
    do(working.pass_on, people["nhung"], note_id, "Lên công ty")
    with pytest.raises(NotHeldHere):
        do(working.answer, people["nhung"], note_id, "Tôi trả lời")
    with pytest.raises(NoOwner):
        do(working.assign_to, people["hanh"], note_id, people["nhung"].id)
    do(working.assign_to, people["hanh"], note_id, people["hanh"].id)
    assert held(session, note_id).owner_name == "Nguyễn Thị Hạnh"


def test_two_at_once_the_second_looks_again(
    cast: Cast, write: Write, clock: SetClock, note_id: str, do: Callable[..., None]
) -> None:
    people = cast.sao_bac.people
    do(working.take_up, people["nhung"], note_id)
    with pytest.raises(FeedbackMoved):
        write(
            lambda s: working.take_up(
                s, note_id, seen=1, actor=actor_of(s, people["hanh"]), now=clock.at
            )
        )


def test_an_answered_note_is_opened_again_with_a_reason(
    cast: Cast, session: Session, note_id: str, do: Callable[..., None]
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    do(working.answer, hanh, note_id, "Xong.")
    with pytest.raises(FeedbackAnswered):
        do(working.take_up, hanh, note_id)
    with pytest.raises(WordsNeeded):
        do(working.reopen, hanh, note_id, " ")
    do(working.reopen, hanh, note_id, "Vách lại bị tháo")
    assert held(session, note_id).state == "taken_up"


def test_to_the_province_goes_the_text_sealed_and_no_name(
    cast: Cast,
    write: Write,
    clock: SetClock,
    session: Session,
    note_id: str,
    do: Callable[..., None],
) -> None:
    key, lam = new_box_key(), cast.people["lam"]
    do(working.pass_on, cast.sao_bac.people["nhung"], note_id, "Lên công ty")
    do(working.pass_on, cast.sao_bac.people["hanh"], note_id, "Lên khu")
    with pytest.raises(NotEnrolled):
        do(working.pass_on, lam, note_id, "Lên tỉnh")
    assert held(session, note_id).level == "park"

    def enrol(session: Session) -> None:
        locked_node(session, clock.at).upstream_keys = {"box_key": public_part(key)}

    write(enrol)
    do(working.pass_on, lam, note_id, "Cả khu đều vậy")
    (entry,) = session.scalars(select(LogEntry).where(LogEntry.kind == "feedback")).all()
    sealed = payload_of(entry.compact)["body"]["jwe"]
    opened = jwe.decrypt_compact(sealed, ECKey.import_key(key), algorithms=["ECDH-ES", "A256GCM"])
    body = json.loads(opened.plaintext or b"{}")
    assert (body["feedback"], body["reason"]) == (note_id, "Cả khu đều vậy")
    assert body["company"]["code"] == "SAOBAC"
    told = json.dumps(body, ensure_ascii=False)
    assert "Hoa" not in told
    assert "SB-20417" not in told
    assert held(session, note_id).sent_seq == entry.seq
    with pytest.raises(NothingToUndo):
        do(working.undo_last, lam, note_id)


def test_the_province_answers_once_and_its_words_arrive(
    cast: Cast,
    write: Write,
    clock: SetClock,
    session: Session,
    note_id: str,
    do: Callable[..., None],
) -> None:
    def answered(words: str = "Sở đã nhắc đơn vị nấu ăn.", number: int = 2) -> bool:
        found: bool = write(
            lambda s: take_answer(
                s, note_id, words, number=number, answered_by="Sở Y tế", now=clock.at
            )
        )
        return found

    assert not answered()
    write(
        lambda s: locked_node(s, clock.at).__setattr__(
            "upstream_keys", {"box_key": public_part(new_box_key())}
        )
    )
    do(working.pass_on, cast.sao_bac.people["nhung"], note_id, "Lên công ty")
    do(working.pass_on, cast.sao_bac.people["hanh"], note_id, "Lên khu")
    do(working.pass_on, cast.people["lam"], note_id, "Lên tỉnh")
    assert answered()
    assert not answered()
    assert held(session, note_id).state == "answered"
    (message,) = session.scalars(select(Message).where(Message.kind == "answer")).all()
    assert message.sender == "Sở Y tế"
    assert not write(
        lambda s: take_answer(
            s, new_id(clock.at), "x", number=2, answered_by="Sở Y tế", now=clock.at
        )
    )
    assert answered("Đã kiểm tra lại hôm nay.", 3)
    for _ in range(2):
        assert not answered()
        assert not answered("Đã kiểm tra lại hôm nay.", 3)
    assert len(session.scalars(select(Message).where(Message.kind == "answer")).all()) == 2
    assert len(session.scalars(select(LogEntry).where(LogEntry.kind == "feedback")).all()) == 1


def test_the_answer_follows_a_merge(
    cast: Cast, write: Write, clock: SetClock, session: Session, do: Callable[..., None]
) -> None:
    kept, gone = write(lambda s: make_twins(s, cast.sao_bac, clock.at))
    note = write(lambda s: make_note(s, gone, clock.at))
    write(lambda s: merge(s, kept.id, gone.id, clock.at))
    do(working.answer, cast.sao_bac.people["hanh"], note, "Cảm ơn bạn.")
    assert session.scalars(select(Delivery)).one().person_id == kept.id


POSTS = {
    "answer": {"answer": " "},
    "pass-on": {"reason": " "},
    "assign": {"owner": "nobody"},
    "join": {"head": "nothing"},
    "part": {},
    "close": {"why": ""},
    "reopen": {"why": "Chưa xong"},
    "undo": {},
    "take-up": {},
}


@pytest.mark.parametrize("act", POSTS)
def test_a_refused_act_says_why_and_keeps_what_was_typed(
    cast: Cast, enter: Enter, session: Session, note_id: str, act: str
) -> None:
    """As of an earlier version, or without what it needs: nothing changes."""
    hanh = enter(cast.sao_bac.people["hanh"])
    seen = "0" if act == "take-up" else "1"
    told = hanh.post(f"/feedback/{note_id}/{act}", data=POSTS[act] | {"seen": seen})
    assert told.status_code in {404, 409, 422}
    row = held(session, note_id)
    assert (row.state, row.version) == ("new", 1)
    assert session.scalars(select(FeedbackEntry)).all() == []


def test_acts_of_the_page_lead_to_the_answer(
    cast: Cast, enter: Enter, session: Session, note_id: str
) -> None:
    hanh, page = enter(cast.sao_bac.people["hanh"]), f"/feedback/{note_id}"
    for act, data in (
        ("take-up", {}),
        ("close", {"why": "Gửi nhầm"}),
        ("reopen", {"why": "Không nhầm"}),
        ("undo", {}),
        ("reopen", {"why": "Không nhầm"}),
        ("answer", {"answer": "Đã lắp lại."}),
    ):
        seen = str(held(session, note_id).version)
        assert hanh.post(f"{page}/{act}", data=data | {"seen": seen}).status_code == 302, act
    shown = hanh.get(page).text
    assert "Đã lắp lại." in shown
    assert "Đã trả lời" in shown
    assert "Không có phản ánh nào ở đây" in hanh.get("/feedback/inbox").text
    assert "Lượt ăn" in hanh.get("/feedback/inbox?view=answered").text


def test_a_call_is_written_down_and_given_to_somebody(
    cast: Cast, enter: Enter, session: Session
) -> None:
    person = cast.sao_bac.people["hanh"]
    hanh = enter(person)
    once = hanh.get("/feedback/calls/new").text.split('name="once" value="')[1].split('"')[0]
    data = {
        "category": "dorm",
        "place": cast.sao_bac.id,
        "text": "Phòng 12 có ba người sốt, chưa ai đến",
        "caller": "Chị Lan 0900 000 777",
        "owner": person.id,
        "once": once,
    }
    assert hanh.post("/feedback/calls/new", data=data | {"text": ""}).status_code == 422
    made = hanh.post("/feedback/calls/new", data=data)
    assert made.status_code == 302
    assert hanh.post("/feedback/calls/new", data=data).status_code == 409
    row = session.scalars(select(Feedback)).one()
    assert (row.source, row.state, row.owner_id) == ("hotline", "taken_up", person.id)
    assert "Chị Lan" in hanh.get(made.location).text
    assert "Phòng 12" in hanh.get("/feedback/inbox?view=mine").text
    passed = hanh.post(f"{made.location}/pass-on", data={"reason": "Của khu", "seen": "1"})
    assert passed.status_code == 302
    shown = enter(cast.people["lam"]).get(made.location).text
    assert "Phòng 12" in shown
    assert "Chị Lan" not in shown


def test_whom_the_park_heard_on_the_phone_the_company_does_not_learn(
    cast: Cast, enter: Enter
) -> None:
    lam = enter(cast.people["lam"])
    once = lam.get("/feedback/calls/new").text.split('name="once" value="')[1].split('"')[0]
    data = {
        "category": "forced",
        "place": cast.sao_bac.id,
        "text": "Công ty bắt người sốt vào ca",
        "caller": "Chị Lan 0900 000 777",
        "owner": "",
        "once": once,
    }
    made = lam.post("/feedback/calls/new", data=data)
    assert "Chị Lan" in lam.get(made.location).text
    shown = enter(cast.sao_bac.people["hanh"]).get(made.location).text
    assert "Công ty bắt" in shown
    assert "Chị Lan" not in shown


def test_overdue_stands_first_and_times_are_counted(
    cast: Cast,
    write: Write,
    enter: Enter,
    clock: SetClock,
    note_id: str,
    do: Callable[..., None],
) -> None:
    people = cast.sao_bac.people
    clock.move(days=2)
    write(lambda s: make_note(s, people["anh"], clock.at, text="Việc thứ hai"))
    do(working.answer, people["hanh"], note_id, "Xong.")
    clock.move(days=5)
    write(lambda s: make_note(s, people["anh"], clock.at, text="Việc thứ ba"))
    page = enter(people["hanh"]).get("/feedback/inbox").text
    assert page.index("Việc thứ hai") < page.index("Việc thứ ba")
    assert "quá hạn" in page
    hanh = enter(people["hanh"])
    assert "Trả lời đúng hạn" in hanh.get("/feedback/times").text
    lines = hanh.get("/feedback/times.csv").data.decode("utf-8-sig").splitlines()
    assert lines[2] == "Nhà ăn,3,,1,2,1,1"
    book = hanh.get("/feedback/times.xlsx")
    assert book.data[:2] == b"PK"


def test_a_note_of_nobody_lies_with_the_park_when_it_names_no_company(
    cast: Cast, write: Write, enter: Enter, clock: SetClock
) -> None:
    note = write(lambda s: make_anonymous(s, clock.at))
    lam = enter(cast.people["lam"])
    assert "Ép đi làm khi sốt" in lam.get("/feedback/inbox").text
    assert "Không có cách nào biết ai đã gửi" in lam.get(f"/feedback/{note}").text
    assert enter(cast.sao_bac.people["hanh"]).get(f"/feedback/{note}").status_code == 404
    assert lam.get(f"/feedback/{note}/photo").status_code == 404


def test_half_a_day_is_told(
    cast: Cast,
    write: Write,
    enter: Enter,
    clock: SetClock,
    note_id: str,
    do: Callable[..., None],
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    clock.move(days=1)
    do(working.answer, hanh, note_id, "Xong.")
    other = write(lambda s: make_note(s, cast.sao_bac.people["anh"], clock.at))
    clock.move(days=2)
    do(working.answer, hanh, other, "Xong.")
    assert "1,5" in enter(hanh).get("/feedback/times").text
