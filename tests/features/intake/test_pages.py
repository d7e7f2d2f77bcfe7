"""The province's pages: no name in a list, every view of a case kept, every refusal said."""

from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.intake.actions.again import hear_again
from app.intake.jobs import open_again
from app.intake.models import IntakeItem
from app.intake.rules.states import ItemKind
from app.sync.actions.log import append_entry
from app.sync.models import LogEntry
from tests.features.intake.conftest import Road


def test_a_list_names_nobody_and_each_view_of_a_case_is_kept(road: Road) -> None:
    road.escalated()
    road.exchange()
    (item,) = road.items(ItemKind.CASE)
    hoa, thu = road.cast.sao_bac.people["hoa"], road.browser(road.thu)
    listed = thu.get("/province/cases").text
    assert "KCN Vân Trung" in listed
    assert "SAOBAC" in listed
    for word in (hoa.name, hoa.badge, "Ba người cùng phòng sốt"):
        assert word not in listed
    for _ in range(2):
        page = thu.get(f"/province/cases/{item.id}").text
        assert hoa.name in page
        assert "Ba người cùng phòng sốt" in page
    kept = road.centre.read(
        lambda s: s.scalars(
            select(AuditEntry.actor_name).where(AuditEntry.act == "intake.case_viewed")
        ).all()
    )
    assert list(kept) == ["Hà Thị Thu"] * 2
    assert "Hà Thị Thu, lần này" in road.browser(road.thu).get(f"/province/cases/{item.id}").text


def test_a_day_of_work_on_the_pages(road: Road) -> None:
    road.escalated()
    road.noted()
    road.exchange()
    (case,) = road.items(ItemKind.CASE)
    (note,) = road.items(ItemKind.FEEDBACK)
    thu = road.browser(road.thu)
    given = road.post(thu, "/province/cases/assign", item=case.id, owner=road.dung.id)
    assert given.status_code == 302
    address = f"/province/cases/{case.id}"

    def act(name: str, where: str = address, of: str = case.id, **form: Any) -> int:
        item = road.centre.read(lambda s: s.get_one(IntakeItem, of, populate_existing=True))
        return road.post(thu, where, act=name, seen=item.version, **form).status_code

    assert act("assign", owner=road.thu.id, assign_words="Tôi trực đêm nay") == 302
    assert act("undo") == 302
    assert act("start") == 302
    assert act("note", note_words="Đã gọi trạm y tế") == 302
    assert act("answer", answer_words="Lấy mẫu cả phòng.") == 302
    assert act("close", close_words="Xong") == 302
    assert act("reopen", reopen_words="Có người mới sốt") == 302
    assert act("answer", f"/province/feedback/{note.id}", note.id, answer_words="Đã nhắc.") == 302
    page = thu.get(address).text
    for word in ("Vũ Tiến Dũng", "(đã rút lại)", "Đã gọi trạm y tế", "Lấy mẫu cả phòng."):
        assert word in page
    assert thu.get("/province/feedback/times").status_code == 200
    taken = thu.get("/province/feedback/list.xlsx")
    assert (taken.status_code, taken.data[:2]) == (200, b"PK")


REFUSED = [
    ("cases", {"act": "take", "seen": "0"}, "intake.moved"),
    ("cases", {"act": "dance"}, "intake.unknown_act"),
    ("cases", {"act": "assign", "owner": "nobody"}, "intake.no_owner"),
    ("cases", {"act": "note", "note_words": " "}, "intake.words_needed"),
    ("cases", {"act": "answer", "answer_words": "x" * 1001}, "intake.words_needed"),
    ("cases", {"act": "close", "close_words": ""}, "intake.words_needed"),
    ("cases", {"act": "reopen", "reopen_words": "x"}, "intake.not_closed"),
    ("cases", {"act": "undo"}, "intake.nothing_to_undo"),
    ("feedback", {"act": "answer", "answer_words": "x" * 2001}, "intake.words_needed"),
    ("calls", {"act": "answer", "answer_words": "x"}, "intake.not_answered_here"),
    ("calls", {"act": "close", "close_words": "x"}, "intake.task_open"),
]


def test_every_refusal_is_said_and_what_was_typed_stays(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    road.escalated()
    road.noted()
    road.exchange()
    thu = road.browser(road.thu)
    written = write_call(road, thu)
    assert written.status_code == 302
    by_box = {
        "cases": road.items(ItemKind.CASE)[0],
        "feedback": road.items(ItemKind.FEEDBACK)[0],
        "calls": road.items(ItemKind.CALL)[0],
    }
    told = []
    monkeypatch.setattr("app.intake.views.item.sentence", lambda code, params: f"!{code}!")
    for box, form, code in REFUSED:
        item = by_box[box]
        answer = road.post(thu, f"/province/{box}/{item.id}", **{"seen": item.version, **form})
        words = next((v for k, v in form.items() if k.endswith("_words") and v.strip()), "")
        told.append(
            (code, answer.status_code >= 400, f"!{code}!" in answer.text, words in answer.text)
        )
    assert told == [(code, True, True, True) for _, _, code in REFUSED]
    versions = {item.version for box in ItemKind for item in road.items(box)}
    assert versions == {1}
    for item, owner in ((None, road.dung.id), (by_box["cases"].id, "nobody")):
        form = {"owner": owner, **({"item": item} if item else {})}
        assert road.post(thu, "/province/cases/assign", **form).status_code == 422
    assert thu.get(f"/province/feedback/{by_box['cases'].id}").status_code == 404
    missing = road.post(thu, "/province/cases/00000000-0000-7000-8000-000000000000", act="take")
    assert missing.status_code == 404


def write_call(road: Road, browser: Any, **changes: Any) -> Any:
    page = browser.get("/province/calls/new").text
    once = page.partition('name="once"')[2].partition('value="')[2].partition('"')[0]
    form = {
        "node": road.node,
        "company": "SAOBAC",
        "category": "bus",
        "text": "Xe số 4 chở quá số người",
        "level": "company",
        "caller": "Chị Mai 0900 000 118",
        "once": once,
    }
    return road.post(browser, "/province/calls/new", **{**form, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"node": "elsewhere"},
        {"text": " "},
        {"text": "x" * 2001},
        {"category": "x"},
        {"level": "team"},
        {"company": "", "level": "company"},
        {"caller": "x" * 121},
        {"once": "spent"},
    ],
)
def test_a_call_that_is_none_is_refused(road: Road, changes: dict[str, Any]) -> None:
    answer = write_call(road, road.browser(road.thu), **changes)
    assert 400 <= answer.status_code < 500
    assert road.items(ItemKind.CALL) == []


def test_every_view_of_a_call_is_kept(road: Road) -> None:
    thu = road.browser(road.thu)
    write_call(road, thu)
    (call,) = road.items(ItemKind.CALL)
    assert "Chị Mai" in thu.get(f"/province/calls/{call.id}").text
    kept = road.centre.read(
        lambda s: s.scalars(
            select(AuditEntry.actor_name).where(AuditEntry.act == "intake.call_viewed")
        ).all()
    )
    assert list(kept) == ["Hà Thị Thu"]


def test_what_cannot_be_opened_is_listed_with_what_to_do(road: Road) -> None:
    now = road.park.node.clock.at
    road.park.run(lambda s: append_entry(s, "escalation", {"jwe": "a.b.c.d.e"}, now))
    road.exchange()
    page = road.browser(road.thu).get("/province/cases").text
    assert "Không mở được" in page
    assert "Gọi cho khu" in page
    tried = road.post(road.browser(road.thu), "/province/cases/open-again")
    assert tried.status_code == 302


def test_what_came_before_there_was_a_place_for_it_is_read_later(road: Road) -> None:
    """A province that is made newer has entries that nothing followed from."""
    road.escalated()
    note = road.noted()
    road.exchange()

    def as_before(session: Session) -> None:
        session.execute(delete(IntakeItem))
        session.execute(
            update(LogEntry)
            .where(LogEntry.direction == "up", LogEntry.kind.in_(("escalation", "feedback")))
            .values(unapplied="intake.not_heard")
        )

    road.centre.run(as_before)
    assert road.items(ItemKind.CASE) == []
    with road.centre.node.app.app_context():
        open_again()
        open_again()
    assert [item.ref for item in road.items(ItemKind.FEEDBACK)] == [note]
    assert len(road.items(ItemKind.CASE)) == 1
    assert "Không mở được" not in road.browser(road.thu).get("/province/feedback").text


def test_what_cannot_be_opened_keeps_nothing_else_from_being_tried(road: Road) -> None:
    now = road.park.node.clock.at
    road.park.run(lambda s: append_entry(s, "escalation", {"jwe": "a.b.c.d.e"}, now))
    road.escalated()
    for _ in range(2):
        road.park.run(lambda s: append_entry(s, "escalation", {"jwe": "a.b.c.d.e"}, now))
    road.exchange()
    (item,) = road.items(ItemKind.CASE)

    def forget(session: Session) -> None:
        of_case = LogEntry.kind == "escalation"
        session.execute(delete(IntakeItem).where(IntakeItem.id == item.id))
        session.execute(update(LogEntry).where(of_case).values(unapplied="sync.not_applied"))

    road.centre.run(forget)
    turn = road.centre.run(lambda s: hear_again(s, now=now, most=1))
    assert (turn.opened, turn.left) == (0, 1)
    turn = road.centre.run(lambda s: hear_again(s, turn.last, now=now, most=2))
    assert (turn.opened, turn.left) == (1, 1)
    assert road.centre.run(lambda s: hear_again(s, turn.last, now=now, most=2)).last is None
    assert len(road.items(ItemKind.CASE)) == 1
