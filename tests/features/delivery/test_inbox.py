"""The inbox of a phone: what it shows, and what fetching and reading say back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.actions.ledger import NewDelivery, NewMessage, add_deliveries, open_message
from app.delivery.actions.ledger import show_message as show
from app.delivery.actions.taking_back import put_in_place_of, withdraw_message
from app.delivery.jobs.rounds import send_due_deliveries
from app.delivery.models import Delivery
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.messages import MessageKind
from app.kernel.ids import new_id
from tests.conftest import SetClock
from tests.factories.people import Cast, Company, Person
from tests.factories.reminders import check_in, command, inbox, only_message, send, statuses

Write = Callable[[Callable[[Session], Any]], Any]
FIVE = datetime(2026, 11, 23, 22, tzinfo=UTC)


def say(
    session: Session,
    company: Company,
    people: list[Person],
    now: datetime,
    *,
    kind: MessageKind = MessageKind.REMINDER,
    lane: Lane = Lane.NORMAL,
    vi: str = "Rửa tay",
    holds: timedelta = timedelta(hours=9),
    answer_key: str | None = None,
) -> str:
    """A message of a company to these people, ready to go."""
    message_id = open_message(
        session,
        NewMessage(
            kind,
            new_id(now),
            {"vi": vi, "en": "Wash your hands"},
            {"vi": "Nhắc", "en": "Reminder"},
            company.id,
            "Điện tử Sao Bắc",
            now,
            now + holds,
            lane,
        ),
        now=now,
    )
    add_deliveries(
        session,
        message_id,
        [NewDelivery(person.id, "vi", answer_key=answer_key) for person in people],
        channel=ChannelName.IN_APP,
        lane=lane,
        not_before=now,
        expires_at=now + timedelta(hours=1),
        now=now,
    )
    show(session, message_id, now=now)
    return message_id


@pytest.fixture
def told(cast: Cast, clock: SetClock, write: Write) -> str:
    """A reminder that was sent to Hoa and Ánh at five."""
    clock.at, people = FIVE, cast.sao_bac.people
    message_id: str = write(
        lambda s: say(
            s,
            cast.sao_bac,
            [people["hoa"], people["anh"]],
            FIVE,
            answer_key="2026-11-24:ca1",
        )
    )
    send_due_deliveries()
    return message_id


def unread(client: FlaskClient, person: Person) -> int:
    found: int = client.get("/api/v1/me", headers=person.headers).json["inbox"]["unread"]  # type: ignore[index]
    return found


def test_fetching_delivers_and_reading_reads_once(
    cast: Cast, told: str, clock: SetClock, client: FlaskClient, session: Any
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    assert statuses(session)[hoa.id] == ["sent"]
    assert unread(client, hoa) == 1
    assert [(each["id"], each["kind"]) for each in inbox(client, hoa)] == [(told, "reminder")]
    assert statuses(session)[hoa.id] == ["delivered"]
    clock.move(minutes=3)
    read = command("message_read", {"message": told}, clock.at)
    later = command("message_read", {"message": told}, clock.at + timedelta(minutes=9))
    clock.move(minutes=20)
    first, again, other = send(client, hoa, read, read, later)
    assert [each["outcome"] for each in (first, again, other)] == [
        "applied",
        "already_applied",
        "applied",
    ]
    assert first["result"] == again["result"] == other["result"]
    assert inbox(client, hoa)[0]["read_at"] == "2026-11-24T05:03:00+07:00"
    assert unread(client, hoa) == 0
    assert statuses(session)[cast.sao_bac.people["anh"].id] == ["sent"]


def test_a_read_time_that_cannot_be_is_the_time_it_arrived(
    cast: Cast, told: str, clock: SetClock, client: FlaskClient
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    clock.move(minutes=5)
    early = command("message_read", {"message": told}, FIVE - timedelta(days=1))
    result = send(client, hoa, early)[0]["result"]
    assert datetime.fromisoformat(result["read_at"]) == clock.at


@pytest.mark.parametrize("message", [None, "", "x", 7, {"a": 1}])
def test_reading_needs_the_name_of_a_message(
    cast: Cast, clock: SetClock, client: FlaskClient, message: Any
) -> None:
    asked = command("message_read", {"message": message}, clock.at)
    assert send(client, cast.sao_bac.people["hoa"], asked)[0]["code"] == "fields.invalid"


def test_nobody_reads_anybody_elses_message(
    cast: Cast, told: str, clock: SetClock, client: FlaskClient, session: Any
) -> None:
    asked = command("message_read", {"message": told}, clock.at)
    for person in (
        cast.sao_bac.people["men"],
        cast.minh_tri.people["binh"],
        cast.sao_bac.people["hanh"],
    ):
        result = send(client, person, asked | {"key": new_id(clock.at)})[0]
        assert (result["outcome"], result["code"]) == ("refused", "not_found")
        assert inbox(client, person) == []
    assert {each for found in statuses(session).values() for each in found} == {"sent"}


def test_an_answer_of_ones_own_counts_as_read_and_one_given_by_another_does_not(
    cast: Cast, told: str, clock: SetClock, client: FlaskClient, session: Any
) -> None:
    people = cast.sao_bac.people
    clock.move(minutes=1)
    send(client, people["hoa"], check_in(clock.at))
    by_other = check_in(clock.at)
    by_other["body"] |= {"badge": people["anh"].badge, "company": "SAOBAC"}
    assert send(client, people["hanh"], by_other)[0]["outcome"] == "applied"
    assert statuses(session) == {people["hoa"].id: ["read"], people["anh"].id: ["sent"]}


def test_an_answer_for_another_shift_reads_nothing(
    cast: Cast, told: str, clock: SetClock, client: FlaskClient, session: Any
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    send(client, hoa, check_in(clock.at, shift_on="2026-11-25"))
    assert statuses(session)[hoa.id] == ["sent"]


def test_waiting_deliveries_are_skipped_when_the_answer_arrives(
    cast: Cast, clock: SetClock, client: FlaskClient, session: Any, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    write(lambda s: say(s, cast.sao_bac, [hoa], FIVE, answer_key="2026-11-24:ca1"))
    send(client, hoa, check_in(clock.at))
    clock.at = FIVE + timedelta(minutes=1)
    send_due_deliveries()
    assert statuses(session)[hoa.id] == ["skipped"]
    assert inbox(client, hoa) == []


def test_urgent_unread_messages_stand_first_and_the_rest_newest_first(
    cast: Cast, told: str, clock: SetClock, client: FlaskClient, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    urgent = write(
        lambda s: say(
            s, cast.sao_bac, [hoa], clock.at, kind=MessageKind.NOTICE, lane=Lane.URGENT, vi="Cổng 3"
        )
    )
    send_due_deliveries()
    clock.move(minutes=30)
    newest = write(lambda s: say(s, cast.sao_bac, [hoa], clock.at, vi="Ăn"))
    send_due_deliveries()
    assert [each["id"] for each in inbox(client, hoa)] == [urgent, newest, told]
    send(client, hoa, command("message_read", {"message": urgent}, clock.at))
    assert [each["id"] for each in inbox(client, hoa)] == [newest, urgent, told]


def test_yesterdays_reminder_is_not_shown_today_and_counts_as_not_arrived(
    cast: Cast, told: str, clock: SetClock, client: FlaskClient, session: Any
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    assert len(inbox(client, anh)) == 1
    clock.move(days=1)
    assert inbox(client, hoa) == inbox(client, anh) == []
    assert unread(client, hoa) == unread(client, anh) == 0
    send_due_deliveries()
    assert statuses(session) == {hoa.id: ["temporary-failure"], anh.id: ["delivered"]}
    assert only_message(session).closed_at == clock.at
    late = command("message_read", {"message": told}, clock.at)
    assert send(client, anh, late)[0]["outcome"] == "applied"
    assert statuses(session)[anh.id] == ["read"]


def tell_urgently(
    session: Session, company: Company, people: list[Person], now: datetime, vi: str = "Cổng 3"
) -> str:
    return say(session, company, people, now, kind=MessageKind.NOTICE, lane=Lane.URGENT, vi=vi)


def pressing(client: FlaskClient, person: Person) -> list[str]:
    me: Any = client.get("/api/v1/me", headers=person.headers).json
    return [each["id"] for each in me["inbox"]["urgent"]]


def test_an_urgent_message_presses_until_it_is_read(
    cast: Cast, told: str, clock: SetClock, client: FlaskClient, write: Write
) -> None:
    people = cast.sao_bac.people
    hoa, anh = people["hoa"], people["anh"]
    urgent = write(lambda s: tell_urgently(s, cast.sao_bac, [hoa, anh], clock.at))
    assert pressing(client, hoa) == []
    send_due_deliveries()
    assert pressing(client, hoa) == pressing(client, anh) == [urgent]
    first = inbox(client, hoa)[0]
    assert (first["id"], first["urgent"], first["cancelled"], first["corrects"]) == (
        urgent,
        True,
        False,
        None,
    )
    assert first["expires_at"] == "2026-11-24T14:00:00+07:00"
    send(client, hoa, command("message_read", {"message": urgent}, clock.at))
    assert (pressing(client, hoa), pressing(client, anh)) == ([], [urgent])
    clock.move(hours=9)
    assert pressing(client, anh) == []


def test_who_has_a_message_that_was_taken_back_reads_that_and_nobody_else_gets_it(
    cast: Cast, clock: SetClock, client: FlaskClient, write: Write
) -> None:
    clock.at, people = FIVE, cast.sao_bac.people
    hoa, anh, men = people["hoa"], people["anh"], people["men"]
    urgent = write(lambda s: tell_urgently(s, cast.sao_bac, [hoa, anh, men], clock.at))
    send_due_deliveries()
    assert [each["cancelled"] for each in inbox(client, hoa)] == [False]
    assert len(inbox(client, men)) == 1
    send(client, men, command("message_read", {"message": urgent}, clock.at))
    clock.move(minutes=5)
    for _ in range(2):
        write(lambda s: withdraw_message(s, urgent, now=clock.at))
    assert [each["cancelled"] for each in inbox(client, hoa)] == [True]
    assert [each["cancelled"] for each in inbox(client, men)] == [True]
    assert inbox(client, anh) == []
    assert (unread(client, hoa), unread(client, anh)) == (1, 0)
    assert pressing(client, hoa) == []


def test_a_correction_names_what_it_corrects_and_only_the_newer_one_presses(
    cast: Cast, clock: SetClock, client: FlaskClient, write: Write
) -> None:
    clock.at, people = FIVE, cast.sao_bac.people
    hoa, anh = people["hoa"], people["anh"]
    old = write(lambda s: tell_urgently(s, cast.sao_bac, [hoa, anh], clock.at))
    send_due_deliveries()
    clock.move(minutes=5)

    def correct(s: Session) -> str:
        new = tell_urgently(s, cast.sao_bac, [hoa], clock.at, "Cổng 4")
        put_in_place_of(s, new, old)
        return new

    new = write(correct)
    assert pressing(client, hoa) == [old]
    send_due_deliveries()
    assert (pressing(client, hoa), pressing(client, anh)) == ([new], [old])
    assert [(each["id"], each["corrects"]) for each in inbox(client, hoa)] == [
        (new, old),
        (old, None),
    ]


def test_a_message_speaks_the_readers_language(cast: Cast, told: str, client: FlaskClient) -> None:
    hoa = cast.sao_bac.people["hoa"]
    answer = client.get("/api/v1/inbox", headers=hoa.headers | {"Accept-Language": "en"})
    assert [(each["title"], each["text"]) for each in answer.json or []] == [
        ("Reminder", "Wash your hands")
    ]


def test_an_inbox_needs_a_token(client: FlaskClient) -> None:
    assert client.get("/api/v1/inbox").status_code == 401


def test_late_deliveries_expire_and_are_never_sent(
    cast: Cast, clock: SetClock, client: FlaskClient, session: Any, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    write(lambda s: say(s, cast.sao_bac, [hoa], FIVE))
    clock.at = FIVE + timedelta(hours=1)
    send_due_deliveries()
    assert statuses(session)[hoa.id] == ["expired"]
    assert inbox(client, hoa) == []


def test_a_second_delivery_under_one_key_is_not_written(
    cast: Cast, clock: SetClock, session: Any, write: Write, in_app: Flask
) -> None:
    hoa = cast.sao_bac.people["hoa"]

    def twice(s: Session) -> list[set[str]]:
        messages = [say(s, cast.sao_bac, [], FIVE) for _ in range(2)]
        return [
            add_deliveries(
                s,
                message_id,
                [NewDelivery(hoa.id, "vi", once_key="r:x:2026-11-24:ca1")],
                channel=ChannelName.IN_APP,
                lane=Lane.NORMAL,
                not_before=FIVE,
                expires_at=FIVE + timedelta(hours=1),
                now=FIVE,
            )
            for message_id in (*messages, messages[0])
        ]

    assert write(twice) == [{hoa.id}, set(), set()]
    session.rollback()
    assert len(session.scalars(select(Delivery.id)).all()) == 1
