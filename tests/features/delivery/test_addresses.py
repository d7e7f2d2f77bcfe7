"""Addresses of people: they follow the company's list, and what is known of one holds for all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.actions.contacts import keep_address, set_address_state
from app.delivery.models import ContactPoint
from app.delivery.queries.addresses import find_addresses
from app.delivery.rules.roads import AddressKind, AddressState
from app.extensions import blind_index
from app.workforce.actions import people
from app.workforce.models import Worker
from tests.factories.merges import TODAY, make_twins, merge, unmerge
from tests.factories.people import STORY, Cast

Write = Callable[[Callable[[Session], Any]], Any]
AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
PHONE = AddressKind.PHONE
ONE, OTHER = "0900000111", "0900000222"


def keep(write: Write, person_id: str, number: str | None, at: datetime = AT) -> None:
    write(lambda s: keep_address(s, person_id, PHONE, number, now=at))


def points(session: Any, person_id: str) -> list[tuple[str, str, bool]]:
    session.rollback()
    rows = session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id)
        .order_by(ContactPoint.address_hash)
    )
    return sorted((row.address, row.state, row.gone_at is None) for row in rows)


def test_the_list_says_where_somebody_is_reached(cast: Cast, session: Any, write: Write) -> None:
    hoa, men = (cast.sao_bac.people[name].id for name in ("hoa", "men"))
    assert points(session, hoa) == [("0900000118", "unknown", True)], "from her record"
    keep(write, men, ONE)
    keep(write, men, ONE)
    assert points(session, men) == [(ONE, "unknown", True)]
    keep(write, men, OTHER)
    assert points(session, men) == [(ONE, "unknown", False), (OTHER, "unknown", True)]
    keep(write, men, ONE)
    assert points(session, men) == [(ONE, "unknown", True), (OTHER, "unknown", False)]
    keep(write, men, None)
    assert find_addresses(session, [men]) == {}


def test_two_people_may_share_a_phone_and_what_is_known_of_it(
    cast: Cast, session: Any, write: Write
) -> None:
    hoa, men, anh = (cast.sao_bac.people[name].id for name in ("hoa", "men", "anh"))
    keep(write, men, "0900000118")
    hashed = blind_index("0900000118")
    write(lambda s: set_address_state(s, PHONE, hashed, AddressState.OPTED_OUT, code="x", now=AT))
    assert points(session, hoa) == points(session, men) == [("0900000118", "opted_out", True)]
    keep(write, anh, "0900000118")
    assert points(session, anh) == [("0900000118", "opted_out", True)], "also for who comes later"
    assert find_addresses(session, [hoa, men, anh]) == {}
    keep(write, anh, ONE)
    assert list(find_addresses(session, [hoa, men, anh])) == [anh]


def test_an_address_is_nowhere_in_plain(cast: Cast, session: Any) -> None:
    raw = session.connection().exec_driver_sql("SELECT address, address_hash FROM contact_point")
    for address, hashed in raw:
        assert b"0900" not in bytes(address)
        assert "0900" not in hashed


def test_a_changed_record_changes_the_address(cast: Cast, session: Any, write: Write) -> None:
    hoa = cast.sao_bac.people["hoa"].id

    def change(session: Session) -> None:
        worker = session.get_one(Worker, hoa)
        particulars = people.Particulars(worker.badge, worker.name, phone=ONE)
        people.change_worker(session, worker, particulars, actor=STORY, now=AT)

    write(change)
    assert points(session, hoa) == [(ONE, "unknown", True), ("0900000118", "unknown", False)]


def test_a_merge_keeps_the_number_of_the_page_and_gives_it_back(
    cast: Cast, session: Any, write: Write
) -> None:
    kept, gone = (twin.id for twin in write(lambda s: make_twins(s, cast.sao_bac, AT)))
    for person_id, number in ((kept, ONE), (gone, OTHER)):

        def call(session: Session, person_id: str = person_id, number: str = number) -> None:
            worker = session.get_one(Worker, person_id)
            worker.phone, worker.phone_index = number, blind_index(number)
            keep_address(session, person_id, PHONE, number, now=AT)

        write(call)
    later = AT + timedelta(hours=1)
    merge_id = write(lambda s: merge(s, kept, gone, later, taken=("phone",)))
    assert points(session, kept) == [(ONE, "unknown", False), (OTHER, "unknown", True)]
    assert points(session, gone) == []
    write(lambda s: unmerge(s, merge_id, later + timedelta(hours=1)))
    assert points(session, kept) == [(ONE, "unknown", True)]
    assert points(session, gone) == [(OTHER, "unknown", True)]
    merge_id = write(lambda s: merge(s, kept, gone, later + timedelta(hours=2)))
    assert points(session, kept) == [(ONE, "unknown", True), (OTHER, "unknown", False)]
    assert AT.date() == TODAY


def test_twins_with_one_number_are_reached_there_once(
    cast: Cast, session: Any, write: Write
) -> None:
    kept, gone = (twin.id for twin in write(lambda s: make_twins(s, cast.sao_bac, AT)))
    for person_id in (kept, gone):

        def call(session: Session, person_id: str = person_id) -> None:
            worker = session.get_one(Worker, person_id)
            worker.phone, worker.phone_index = ONE, blind_index(ONE)
            keep_address(session, person_id, PHONE, ONE, now=AT)

        write(call)
    merge_id = write(lambda s: merge(s, kept, gone, AT))
    assert points(session, kept) == [(ONE, "unknown", True)]
    write(lambda s: unmerge(s, merge_id, AT))
    assert points(session, kept) == points(session, gone) == [(ONE, "unknown", True)]
