"""What a worker writes back on Zalo: a check-in by one word, a note by any other, answered once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Consent
from app.checkins.actions.answers import record_check_in
from app.checkins.models import CheckIn, Duty, HealthState
from app.checkins.rules.requests import CheckInRequest
from app.delivery.actions.contacts import keep_address
from app.delivery.actions.grants import keep_grant
from app.delivery.jobs.hearing import hear_reports
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import ContactPoint, Delivery, ProviderEvent
from app.delivery.registry import Channels, office_of
from app.delivery.rules.grants import ZALO
from app.delivery.rules.heard import MessageHeard
from app.delivery.rules.roads import AddressKind
from app.feedback.models import Feedback
from app.feedback.rules.said import MOST_A_DAY
from app.kernel.actors import Actor
from app.reactions import REACTIONS
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_sending import FIVE
from tests.features.delivery.test_zalo_calls import UID, call, channels, hoa, peer
from tests.features.delivery.test_zalo_grants import ADMIN
from tests.peers.zalo import OA_ID, Zalo

__all__ = ["channels", "hoa", "peer"]
Write = Callable[[Callable[[Session], Any]], Any]
TODAY = date(2026, 11, 24)
FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}


@pytest.fixture
def database() -> str:
    """What is asked here does not depend on the database, but for the first story."""
    return "sqlite"


@pytest.fixture
def says(client: FlaskClient, peer: Zalo, hoa: str, write: Write) -> Callable[..., None]:
    """Hoa writes, or somebody else does; the park hears it."""
    write(lambda s: keep_grant(s, ZALO, "access-0", "r", channels=[], actor=ADMIN, now=FIVE))
    peer.join(UID)
    count = iter(range(100))

    def say(
        text: str = "KHOE",
        *,
        event: str = "user_send_text",
        at: datetime = FIVE,
        uid: str = UID,
        times: int = 1,
        hear: bool = True,
    ) -> None:
        raw = peer.event(
            event,
            timestamp=str(int(at.timestamp() * 1000)),
            sender={"id": uid},
            recipient={"id": OA_ID},
            message={"msg_id": f"m{next(count)}", "text": text},
        )
        assert [call(client, raw) for _ in range(times)] == [200] * times
        if hear:
            hear_reports()

    return say


@pytest.fixture
def replies(clock: SetClock, channels: Channels, peer: Zalo) -> Callable[[], list[str]]:
    """What the park has answered by now, each as its first words."""

    def sent() -> list[str]:
        send_queued(clock.now, channels=channels)
        return [each.words for each in peer.taken]

    return sent


def answers(session: Session) -> list[CheckIn]:
    session.rollback()
    return list(session.scalars(select(CheckIn).order_by(CheckIn.received_at)))


def notes(session: Session) -> list[Feedback]:
    session.rollback()
    return list(session.scalars(select(Feedback).order_by(Feedback.text)))


def checks_in(write: Write, app: Flask, who: str, on: date, told: Any) -> None:
    request = CheckInRequest(who, on, ShiftCode.CA1, told, FIVE)
    settings, actor = app.config["SETTINGS"], Actor(who, "Hoa", worker_id=who)
    write(lambda s: record_check_in(s, request, settings=settings, actor=actor, now=FIVE))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_word_told_ten_times_is_one_check_in_and_one_answer(
    session: Session,
    hoa: str,
    clock: SetClock,
    says: Callable[..., None],
    replies: Callable[[], list[str]],
) -> None:
    says("khỏe", times=10)
    hear_reports()
    (kept,) = answers(session)
    assert (kept.worker_id, kept.shift_on, kept.shift) == (hoa, TODAY, "ca1")
    assert (kept.source, kept.level, kept.on_time, kept.version) == ("zalo", "green", True, 1)
    assert session.get_one(Duty, (hoa, TODAY, "ca1")).state == "answered"
    (said,) = replies()
    assert said.startswith("Đã ghi: khoẻ, ca 1 ngày 24/11/2026.")
    clock.move(minutes=1)
    says("#KHOE")
    says("Tôi khoẻ")
    assert len(answers(session)) == 1
    assert [each[:20] for each in replies() if each != said] == ["Bạn đã khai báo ca 1"]
    assert notes(session) == []


def test_the_hour_of_zalo_counts_when_the_park_hears_it_later(
    session: Session, clock: SetClock, says: Callable[..., None]
) -> None:
    said_at = FIVE + timedelta(minutes=50)
    clock.move(hours=2)
    says(at=said_at)
    (kept,) = answers(session)
    assert (kept.on_time, kept.clock_suspect, kept.counted_at) == (True, False, said_at)


def test_a_stamp_of_tomorrow_counts_as_the_hour_it_came(
    session: Session, says: Callable[..., None]
) -> None:
    says(at=FIVE + timedelta(days=9))
    (kept,) = answers(session)
    assert (kept.shift_on, kept.counted_at) == (TODAY, FIVE)


def test_who_has_not_agreed_reads_where_to_agree(
    session: Session,
    hoa: str,
    write: Write,
    says: Callable[..., None],
    replies: Callable[[], list[str]],
) -> None:
    write(lambda s: s.execute(delete(Consent).where(Consent.account_id == hoa)))
    says()
    says()
    assert not answers(session)
    assert not notes(session)
    (said,) = replies()
    assert "chưa đồng ý" in said


def test_a_fever_of_the_morning_stays(
    session: Session,
    in_app: Flask,
    hoa: str,
    write: Write,
    clock: SetClock,
    says: Callable[..., None],
    replies: Callable[[], list[str]],
) -> None:
    checks_in(write, in_app, hoa, TODAY, FEVER)
    says()
    assert [each.level for each in answers(session)] == ["red"]
    clock.move(hours=24)
    says(at=clock.at)
    first, second = answers(session)
    assert (second.shift_on, second.level) == (TODAY + timedelta(days=1), "green")
    assert session.get_one(Duty, (hoa, second.shift_on, "ca1")).level == "red"
    assert session.get_one(HealthState, hoa).check_in_id == first.id
    already, standing = sorted(replies())
    assert already.startswith("Bạn đã khai báo ca 1")
    assert "Mức theo dõi trước đó vẫn giữ" in standing
    assert "khoẻ" not in standing


def test_any_other_text_is_a_note_under_the_name_and_a_flood_is_not_kept(
    session: Session, hoa: str, says: Callable[..., None], replies: Callable[[], list[str]]
) -> None:
    says("Không khoẻ,\u202e đau đầu\x00 <b>quá</b>\n\n\n\nMai nghỉ")
    says("", event="user_send_sticker")
    says("nhà vệ sinh", event="user_send_image")
    says("KHOE", event="user_send_link")
    for _ in range(MOST_A_DAY):
        says("a" * 5000)
    kept = notes(session)
    assert {each.text for each in kept} == {
        "Không khoẻ, đau đầu <b>quá</b>\n\nMai nghỉ",
        "[Nhãn dán gửi qua Zalo]",
        "[Ảnh gửi qua Zalo] nhà vệ sinh",
        "[Đường dẫn gửi qua Zalo] KHOE",
        "a" * 2000,
    }
    assert {(each.worker_id, each.source, each.category) for each in kept} == {
        (hoa, "zalo", "other")
    }
    assert answers(session) == []
    assert sorted(each[:12] for each in replies()) == ["Hôm nay đã n", "Đã chuyển lờ"]


def test_an_answer_to_a_night_letter_waits_for_the_morning(
    session: Session,
    clock: SetClock,
    says: Callable[..., None],
    replies: Callable[[], list[str]],
) -> None:
    clock.move(hours=-1)
    says(at=clock.at)
    assert len(answers(session)) == 1
    assert replies() == []
    clock.move(hours=1)
    assert len(replies()) == 1


def test_what_cannot_be_followed_holds_up_nobody_after_it(
    session: Session,
    client: FlaskClient,
    peer: Zalo,
    says: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(session: Session, event: Any, *, now: datetime) -> None:
        if event.said == "hỏng":
            raise ValueError(event.said)

    heard = (breaks, *REACTIONS[MessageHeard])
    monkeypatch.setitem(REACTIONS, MessageHeard, heard)
    says("hỏng", hear=False)
    says()
    raw = peer.from_user(UID, text="XX").replace(b"XX", b"a\\ud800b")
    assert call(client, raw) == 200
    hear_reports()
    session.rollback()
    outcomes = session.scalars(select(ProviderEvent.outcome).order_by(ProviderEvent.id)).all()
    assert outcomes == ["failed", "applied", "applied"]
    assert [each.text for each in notes(session)] == ["a?b"]
    assert len(answers(session)) == 1


def test_of_an_account_that_two_share_nobody_knows_whose_word_it_is(
    session: Session, cast: Cast, write: Write, says: Callable[..., None]
) -> None:
    anh = cast.sao_bac.people["anh"].id
    write(lambda s: keep_address(s, anh, AddressKind.ZALO, UID, now=FIVE))
    says()
    says("ho")
    assert not answers(session)
    assert not notes(session)


def test_who_wants_no_zalo_has_answered_all_the_same_and_reads_it_in_the_inbox(
    session: Session,
    hoa: str,
    write: Write,
    says: Callable[..., None],
) -> None:
    opted = update(ContactPoint).where(ContactPoint.person_id == hoa).values(state="opted_out")
    write(lambda s: s.execute(opted))
    says()
    assert len(answers(session)) == 1
    assert session.scalars(select(Delivery.channel)).all() == ["in_app"]


def test_who_links_reads_the_word_to_use(
    client: FlaskClient,
    cast: Cast,
    write: Write,
    says: Callable[..., None],
    peer: Zalo,
    replies: Any,
) -> None:
    men = cast.sao_bac.people["men"].id
    write(lambda s: keep_address(s, men, AddressKind.PHONE, "0900000119", now=FIVE))
    peer.join("77", "84900000119")
    assert call(client, peer.shares("77")) == 200
    hear_reports()
    (said,) = replies()
    assert "trả lời KHOE" in said


def test_nobody_is_told_once_a_day_who_can_help_where_no_number_can_be_asked_for(
    says: Callable[..., None], channels: Channels, peer: Zalo, session: Session
) -> None:
    office = office_of(channels)
    assert office is not None
    office.account = replace(office.account, asking=None)
    peer.join("78")
    says(uid="78")
    says("xin chào", uid="78")
    (told,) = peer.taken
    assert told.words.startswith("Tài khoản Zalo này chưa gắn với hồ sơ nào")
    assert not answers(session)
    assert not notes(session)
