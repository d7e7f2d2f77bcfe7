"""Alerts to whoever keeps the node: once each, together, over when over, and never a flood."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.delivery.actions.channels import keep_health, resume_channel
from app.delivery.channels.staff_alert import StaffAlert, read_alerts
from app.delivery.models import ChannelState
from app.delivery.rules import ChannelName, ConfigProblem, Health, Outbound, Temporary
from app.kernel.actors import program
from app.settings import UnsafeSetting
from app.upkeep.jobs import alerting
from app.upkeep.jobs.alerting import alert_staff
from app.upkeep.models import BackupRecord
from app.upkeep.rules.troubles import (
    AGAIN,
    MOST_AN_HOUR,
    REST_OF_ONE,
    Held,
    News,
    Trouble,
    TroubleKind,
    find_news,
)
from tests.conftest import SetClock
from tests.features.delivery.test_sending import FIVE, Post
from tests.peers.gateway import Gateway, Says, gateway

Write = Callable[[Callable[[Session], Any]], Any]
ESMS = ChannelName.SMS_ESMS


@pytest.fixture
def desk() -> Iterator[Gateway]:
    """Where somebody reads alerts."""
    with gateway() as told:
        yield told


def channel_to(*urls: str) -> StaffAlert:
    group = read_alerts({"ANCA_ALERT_URLS": " ".join(urls)})
    assert group is not None
    return StaffAlert(group, lambda: FIVE)


@pytest.fixture
def alerted(in_app: Flask, desk: Gateway, clock: SetClock) -> Iterator[StaffAlert]:
    """A node that tells its keeper."""
    clock.at = FIVE
    channel = channel_to(desk.url.replace("http", "json") + "/alerts")
    before = in_app.extensions["channels"]
    in_app.extensions["channels"] = {
        **before,
        ESMS: Post(name=ESMS),
        ChannelName.STAFF_ALERT: channel,
    }
    yield channel
    in_app.extensions["channels"] = before


def pause(session: Session) -> None:
    session.merge(
        ChannelState(
            channel=ESMS, paused=True, pause_reason="pause 103", paused_at=FIVE, error_window={}
        )
    )


def lines(desk: Gateway, at: int = -1) -> list[str]:
    text: str = desk.asked[at].json["message"]
    return text.split("\n")


@pytest.mark.usefixtures("alerted")
def test_a_paused_channel_and_a_failed_backup_are_told_together_once_and_when_over(
    desk: Gateway, write: Write, clock: SetClock
) -> None:
    assert not alert_staff(), "nothing is wrong"
    write(pause)
    write(lambda s: s.add(BackupRecord(id="b1", made_at=FIVE, path="x", code="backup.damaged")))
    for _ in range(5):
        alert_staff()
        clock.move(minutes=1)
    (asked,) = desk.asked
    assert asked.json["title"] == "An Ca – KCN Vân Trung: việc cần xem"
    told = lines(desk)
    assert told[0].startswith("Kênh sms_esms đang dừng từ 05:00")
    assert told[0].endswith("Hết tiền trong tài khoản eSMS. (103)")
    assert told[1].startswith("Sao lưu lúc 05:00")
    write(lambda s: resume_channel(s, ESMS, actor=program("test"), now=clock.at))
    assert alert_staff()
    assert lines(desk) == ["Đã ổn: Kênh sms_esms"]
    write(pause)
    clock.move(minutes=30)
    assert not alert_staff(), "what comes and goes is not told each time"
    clock.move(minutes=40)
    assert alert_staff()
    assert len(desk.asked) == 3


@pytest.mark.usefixtures("alerted")
def test_what_is_ill_is_told_and_what_a_person_paused_is_not(
    desk: Gateway, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    sick = Health(ok=False, why="101")
    write(lambda s: keep_health(s, ESMS, sick, now=FIVE))
    monkeypatch.setattr(alerting, "disk_free", lambda folder: 150 * 1024 * 1024)
    assert alert_staff()
    assert lines(desk) == [
        "Kênh sms_esms không gửi được: Sai ApiKey hoặc SecretKey. (101)",
        "Ổ đĩa máy chủ chỉ còn 150 MB",
    ]


@pytest.mark.usefixtures("alerted")
def test_an_alert_that_nobody_took_is_told_again(desk: Gateway, write: Write) -> None:
    write(pause)
    desk.says = [Says(500, content=b""), Says(200, content=b"")]
    assert not alert_staff()
    assert alert_staff()
    assert not alert_staff()


def test_one_of_several_addresses_is_enough_and_none_is_told_by_name(desk: Gateway) -> None:
    here = desk.url.replace("http", "json")
    out = Outbound("x", "", "Ổ đĩa đầy", title="An Ca")
    desk.says = [Says(500, content=b""), Says(200, content=b"")]
    assert channel_to(here + "/a", here + "/b").send(out).external_ids == ("1/2",)
    desk.says = [Says(500, content=b"")]
    with pytest.raises(Temporary, match="not_taken"):
        channel_to(here + "/a").send(out)
    broken = channel_to(here + "/a", "nobody-knows://secret-token")
    with pytest.raises(ConfigProblem) as raised:
        broken.send(out)
    assert (raised.value.code, raised.value.detail) == ("url", "2")
    assert broken.health().why == "url 2"
    assert "secret-token" not in repr(broken.group)


def test_a_half_set_up_alert_is_refused_by_name() -> None:
    assert read_alerts({}) is None
    for more in ({"ANCA_ALERT_URLS": "x"}, {"ANCA_ALERT_SYNC_HOURS": "3"}):
        with pytest.raises(UnsafeSetting, match="ANCA_ALERT_URLS"):
            read_alerts(more)


troubles = st.builds(Trouble, st.sampled_from(TroubleKind), st.sampled_from(["", "a", "b"]))
minutes = st.integers(0, 3000).map(lambda count: timedelta(minutes=count))


@given(st.lists(st.tuples(st.frozensets(troubles), minutes), max_size=30))
def test_no_story_makes_a_flood(story: list[tuple[frozenset[Trouble], timedelta]]) -> None:
    held: dict[str, Held] = {}
    sent = []
    told: dict[str, list[Any]] = {}
    now = FIVE
    for found, wait in story:
        now += wait
        recent = sum(1 for at in sent if at > now - timedelta(hours=1))
        news: News = find_news(found, held, recent, now)
        if not news:
            continue
        sent.append(now)
        for each in news.wrong:
            before = told.setdefault(each.key, [])
            assert not before or now - before[-1] >= min(AGAIN, REST_OF_ONE)
            before.append(now)
            held[each.key] = Held(now)
        for key in news.over:
            assert key not in {each.key for each in found}
            held[key] = Held(now, now)
    for at in sent:
        assert sum(1 for other in sent if at - timedelta(hours=1) < other <= at) <= MOST_AN_HOUR


@pytest.mark.usefixtures("alerted")
def test_an_account_that_is_nearly_empty_is_told_of_once_and_when_somebody_has_paid(
    in_app: Flask, desk: Gateway, write: Write, clock: SetClock
) -> None:
    paid = in_app.extensions["channels"][ESMS]
    paid.low_balance = 200_000
    for balance, alerts in ((200_000, 0), (199_999, 1), (90_000, 1), (700_000, 2)):
        said = Health(ok=True, balance=balance)
        write(lambda s, said=said: keep_health(s, ESMS, said, now=clock.at))
        alert_staff()
        clock.move(minutes=15)
        assert len(desk.asked) == alerts, balance
    assert lines(desk, 0) == ["Tài khoản của kênh sms_esms chỉ còn 199.999 đồng"]
    assert lines(desk) == ["Đã ổn: Tài khoản của kênh sms_esms"]


@pytest.mark.usefixtures("alerted")
def test_damage_is_told_once_an_hour_though_nobody_can_write_down_that_it_was(
    desk: Gateway, in_app: Flask, clock: SetClock
) -> None:
    in_app.extensions["writer"].damaged = True
    try:
        for _ in range(70):
            alert_staff()
            clock.move(minutes=1)
    finally:
        in_app.extensions["writer"].damaged = False
        in_app.extensions.pop(alerting.RESTS_UNTIL)
    assert len(desk.asked) == 2
    assert lines(desk)[0].startswith("Dữ liệu trên máy chủ bị hỏng")
