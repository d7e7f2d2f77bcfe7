"""From a park to the province and back, by call and by stick: once, complete, for its eyes only."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import CaseEntry, FollowUpCase
from app.delivery.models import Message
from app.feedback.actions import working as at_park
from app.feedback.models import Feedback
from app.feedback.queries.notes import find_reply
from app.feedback.rules.notes import Category, Level
from app.intake.actions import working
from app.intake.actions.calls import note_call
from app.intake.models import IntakeItem
from app.intake.rules.calls import Call
from app.intake.rules.states import ItemKind, ItemState
from app.kernel.actors import Actor
from app.sync.actions.log import append_entry
from app.sync.models import LogEntry
from tests.factories.feedback import CODE, actor_of
from tests.features.intake.conftest import Road


def timeline(road: Road, case_id: str) -> list[tuple[str, str, str]]:
    def question(session: Session) -> list[tuple[str, str, str]]:
        rows = session.scalars(
            select(CaseEntry).where(CaseEntry.case_id == case_id, CaseEntry.act == "province")
        )
        return [(row.by_name, row.words, row.details["at"]) for row in rows]

    return road.park.read(question)


def by_stick(road: Road, folder: Path, name: str) -> None:
    road.park.export(folder / f"{name}-up.zip")
    road.centre.import_(folder / f"{name}-up.zip")
    road.centre.export(folder / f"{name}-down.zip", park=road.node)
    road.park.import_(folder / f"{name}-down.zip")


def test_a_case_goes_up_by_stick_and_its_answer_comes_back(road: Road, tmp_path: Path) -> None:
    case_id = road.escalated()
    by_stick(road, tmp_path, "one")
    by_stick(road, tmp_path, "one")
    (item,) = road.items(ItemKind.CASE)
    hoa = road.cast.sao_bac.people["hoa"]
    assert (item.node, item.ref, item.state, item.level) == (road.node, case_id, "new", "red")
    assert hoa.name in (item.content or "")
    raw = road.centre.read(lambda s: _all_bytes(s))
    assert hoa.name not in raw
    road.do(working.take, item.id)
    road.do(working.answer, item.id, "Cách ly cả phòng, sáng mai lấy mẫu.")
    by_stick(road, tmp_path, "two")
    by_stick(road, tmp_path, "three")
    ((who, words, at),) = timeline(road, case_id)
    assert (who, words) == ("Hà Thị Thu", "Cách ly cả phòng, sáng mai lấy mẫu.")
    assert at == road.centre.node.clock.at.isoformat()
    case = road.park.read(lambda s: s.get_one(FollowUpCase, case_id))
    assert (case.state, case.closed_at) == ("following", None)
    assert case.due_at <= road.park.node.clock.at + timedelta(hours=1)
    assert [act for act, _ in road.history(item.id)] == ["take", "answer"]


def _all_bytes(session: Session) -> str:
    """Every row of the items and of the log, as it lies in the database."""
    connection = session.connection()
    return "".join(
        str(tuple(row))
        for table in ("intake_item", "intake_entry", "log_entry")
        for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
    )


def test_feedback_is_answered_into_the_inbox_and_under_the_code(road: Road) -> None:
    named, nobody = road.noted(), road.noted(anonymous=True)
    road.exchange()
    by_ref = {item.ref: item for item in road.items(ItemKind.FEEDBACK)}
    assert set(by_ref) == {named, nobody}
    for ref, item in by_ref.items():
        road.do(working.answer, item.id, f"Đã nhắc công ty {ref[:4]}.")
    road.exchange()
    told = road.park.read(
        lambda s: s.scalars(select(Message.texts).where(Message.kind == "answer")).all()
    )
    assert [each["vi"] for each in told] == [f"Đã nhắc công ty {named[:4]}."]
    reply = road.park.read(lambda s: find_reply(s, CODE))
    assert reply is not None
    assert (reply.state, reply.answer) == ("answered", f"Đã nhắc công ty {nobody[:4]}.")


def test_what_the_park_closed_meanwhile_is_seen_and_stays_closed(road: Road) -> None:
    note = road.noted()
    road.exchange()

    def shut(session: Session) -> None:
        lam = actor_of(session, road.cast.people["lam"])
        seen, now = session.get_one(Feedback, note).version, road.park.node.clock.at
        at_park.close(session, note, "Công ty đã sửa", seen=seen, actor=lam, now=now)

    road.park.run(shut)
    (item,) = road.items(ItemKind.FEEDBACK)
    road.do(working.answer, item.id, "Đã nhắc.")
    road.exchange()
    (item,) = road.items(ItemKind.FEEDBACK)
    assert (item.park_state, item.state) == ("closed", "answered")
    assert road.park.read(lambda s: s.get_one(Feedback, note).state) == "closed"
    unapplied = road.park.read(lambda s: s.scalars(select(LogEntry.unapplied)).all())
    assert set(unapplied) == {None}


def called(road: Road, **changes: Any) -> str:
    given = {
        "node": road.node,
        "company_code": "SAOBAC",
        "category": Category.BUS,
        "text": "Xe số 4 chở quá số người",
        "level": Level.COMPANY,
        "caller": "Chị Mai 0900 000 118",
    }
    call = Call(**{**given, **changes})
    actor, now = Actor(road.thu.id, road.thu.name), road.centre.node.clock.at
    return road.centre.run(lambda s: note_call(s, call, actor=actor, now=now))


def test_a_call_becomes_a_task_and_what_became_of_it_comes_back(road: Road) -> None:
    item_id = called(road)
    road.exchange()
    task = road.park.read(lambda s: s.scalars(select(Feedback)).one())
    assert (task.source, task.level, task.noted_by) == ("province", "company", "Hà Thị Thu")
    assert task.company_id == road.cast.sao_bac.id
    assert task.due_on.isoformat() == "2026-11-27"  # three working days after Tuesday
    assert task.caller is None

    def step(deed: Any, *words: str) -> None:
        def work(session: Session) -> None:
            hanh = actor_of(session, road.cast.sao_bac.people["hanh"])
            seen, now = session.get_one(Feedback, task.id).version, road.park.node.clock.at
            deed(session, task.id, *words, seen=seen, actor=hanh, now=now)

        road.park.run(work)
        road.exchange()

    def seen() -> tuple[str, str]:
        item = road.centre.read(lambda s: s.get_one(IntakeItem, item_id, populate_existing=True))
        return item.state, item.park_state

    assert seen() == (ItemState.NEW, "")
    step(at_park.take_up)
    assert seen() == (ItemState.WORKING, "taken_up")
    step(at_park.answer, "Đã thêm một xe.")
    assert seen() == (ItemState.ANSWERED, "answered")
    assert road.history(item_id)[-1] == ("park", "Đã thêm một xe.")
    road.do(working.close, item_id, "Đã gọi lại chị Mai")
    assert seen() == (ItemState.CLOSED, "answered")
    assert road.items(ItemKind.FEEDBACK) == []


def test_a_task_for_a_company_unknown_there_lies_with_the_park(road: Road) -> None:
    called(road, company_code="KHONG-CO")
    road.exchange()
    task = road.park.read(lambda s: s.scalars(select(Feedback)).one())
    assert (task.level, task.company_id) == ("park", None)


def test_what_cannot_be_opened_is_marked_and_holds_nothing_up(road: Road) -> None:
    now = road.park.node.clock.at
    for body in ({"jwe": "a.b.c.d.e"}, {}, {"jwe": 7}):
        road.park.run(lambda s, body=body: append_entry(s, "escalation", body, now))
    note = road.noted()
    road.exchange()
    codes = road.centre.read(
        lambda s: s.scalars(
            select(LogEntry.unapplied)
            .where(LogEntry.direction == "up", LogEntry.unapplied.is_not(None))
            .order_by(LogEntry.seq)
        ).all()
    )
    assert list(codes) == ["sync.not_readable"] * 3
    assert [item.ref for item in road.items(ItemKind.FEEDBACK)] == [note]
