"""What the province keeps: nothing that leads to who wrote, and nothing longer than it may."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import Base
from app.feedback.rules.notes import code_hash
from app.intake.actions import working
from app.intake.actions.destroying import destroy_old
from app.intake.models import IntakeEntry, IntakeItem
from app.intake.rules.states import ItemKind
from app.kernel.ids import new_id
from app.sync.models import LogEntry
from tests.factories.feedback import CODE, make_anonymous
from tests.features.intake.conftest import Road


def everything(session: Session) -> str:
    """All rows of all tables of a node, as text."""
    return "\n".join(
        str(tuple(row))
        for table in Base.metadata.sorted_tables
        for row in session.connection().exec_driver_sql(f'SELECT * FROM "{table.name}"')
    )


def test_nothing_at_the_province_leads_to_who_wrote_a_note_of_nobody(road: Road) -> None:
    clock = road.park.node.clock
    written_at = clock.at.replace(minute=17, second=43, microsecond=987654)
    clock.at = written_at
    note = road.park.run(lambda s: make_anonymous(s, written_at))
    clock.at = (written_at + timedelta(hours=30)).replace(minute=5, second=0, microsecond=0)
    road.centre.node.clock.at = clock.at

    def pass_up(session: Session) -> None:
        road._pass(session, note, road.cast.people["lam"])

    road.park.run(pass_up)
    road.exchange()
    (item,) = road.items(ItemKind.FEEDBACK)
    assert (item.ref, item.reported_at, item.node) == (note, None, road.node)
    road.browser(road.thu).get(f"/province/feedback/{item.id}")
    road.do(working.answer, item.id, "Đã nhắc công ty.")
    found = road.centre.read(everything)
    moments = (
        f":{written_at:%M:%S}",
        "987654",
        new_id(written_at)[:13],
        str(int(written_at.timestamp())),
    )
    hoa = road.cast.sao_bac.people["hoa"]
    codes = (CODE, CODE.replace(" ", ""), code_hash(CODE))
    for mark in (*moments, *codes, hoa.id, hoa.name, "Ép đi làm khi sốt"):
        assert mark not in found


def test_what_was_closed_long_ago_is_destroyed_alone_and_stays_so(road: Road) -> None:
    road.escalated()
    road.exchange()
    kept = road.noted()
    road.exchange()
    (case,) = road.items(ItemKind.CASE)
    road.do(working.note, case.id, "Gọi chị Hoa")
    road.do(working.close, case.id, "Xong")
    chain = road.centre.read(lambda s: list(s.scalars(select(LogEntry.hash))))
    clock = road.centre.node.clock
    now = clock.at
    assert road.centre.run(lambda s: destroy_old(s, now=now + timedelta(days=90))) == 0
    assert road.centre.run(lambda s: destroy_old(s, now=now + timedelta(days=91))) == 1
    assert road.centre.run(lambda s: destroy_old(s, now=now + timedelta(days=91))) == 0
    (case,) = road.items(ItemKind.CASE)
    (note,) = road.items(ItemKind.FEEDBACK)
    assert (case.content, case.state) == (None, "closed")
    assert (note.ref, note.content is None) == (kept, False)
    words = road.centre.read(
        lambda s: list(
            s.scalars(
                select(IntakeEntry.words)
                .join(IntakeItem, IntakeItem.id == IntakeEntry.item_id)
                .where(IntakeItem.id == case.id)
            )
        )
    )
    assert set(words) == {""}
    page = road.browser(road.thu).get(f"/province/cases/{case.id}").text
    assert "Hộp thư này đã xoá nội dung" in page
    assert road.cast.sao_bac.people["hoa"].name not in page
    assert road.centre.read(lambda s: list(s.scalars(select(LogEntry.hash)))) == chain
    road.park.note(1)
    assert road.park.push().accepted == 1


def test_what_nobody_closed_is_destroyed_once_it_was_left_alone_long_enough(road: Road) -> None:
    road.noted()
    road.escalated()
    road.exchange()
    (note,) = road.items(ItemKind.FEEDBACK)
    clock = road.centre.node.clock
    road.do(working.answer, note.id, "Đã nhắc công ty.")
    clock.at += timedelta(days=60)
    road.do(working.note, note.id, "Gọi lại khu")
    now = clock.at
    assert road.centre.run(lambda s: destroy_old(s, now=now + timedelta(days=90))) == 0
    assert road.centre.run(lambda s: destroy_old(s, now=now + timedelta(days=91))) == 1
    (note,) = road.items(ItemKind.FEEDBACK)
    (case,) = road.items(ItemKind.CASE)
    assert (note.content, case.content is None) == (None, False)  # the case still waits
