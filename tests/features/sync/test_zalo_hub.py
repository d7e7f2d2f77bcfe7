"""A park without a Zalo account and the province that sends for it, over their logs."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.checkins.models import CheckIn
from app.delivery.actions.contacts import keep_address
from app.delivery.actions.grants import keep_grant
from app.delivery.actions.ledger import stop_message
from app.delivery.channels.in_app import InApp
from app.delivery.gateways import Outcome
from app.delivery.jobs.hearing import hear_reports
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import ChannelState, ContactPoint, Delivery, Message
from app.delivery.registry import build_channels, office_of, refuse_unsafe_channels
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.grants import ZALO
from app.delivery.rules.roads import AddressKind, Roads
from app.delivery.rules.zalo_calls import ZaloCall
from app.feedback.models import Feedback
from app.hub.actions.sending import claim_parcels, list_stopped_parcels, settle_parcels
from app.hub.actions.settling import take_calls
from app.hub.actions.taking import note_address, take_parcels, take_stops
from app.hub.jobs import destroy_old_parcels, pass_on, send_for_parks
from app.hub.models import HubDelivery, HubEvent
from app.hub.queries.figures import find_parcel_facts
from app.hub.rules.parcels import Parcel, parcels_body, stops_body
from app.settings import Settings, UnsafeSetting
from app.sync.actions.log import locked_node, public_keys
from app.sync.actions.settling import revoke_park
from app.sync.gateways.boxing import box
from app.sync.models import LogEntry, ThisNode
from app.sync.rules import Direction, EntryArrived
from tests.factories.people import Cast
from tests.features.delivery.test_failing_over import sign_out, tell
from tests.features.delivery.test_sending import FIVE, Post
from tests.features.delivery.test_zalo_grants import ADMIN, queue_for
from tests.features.sync.conftest import Centre, HandMade, Park, signed_in
from tests.peers.zalo import CS as CS_DOOR
from tests.peers.zalo import UID as UID_DOOR
from tests.peers.zalo import Zalo, settings_for, signed, zalo

CHECK_INS = select(CheckIn)
UID_ROAD, PHONE_ROAD = ChannelName.ZALO_TPL_UID, ChannelName.ZALO_TPL_PHONE
HOA_UID = "251252362540000"


@pytest.fixture
def database() -> str:
    """What is asked here does not depend on the database."""
    return "sqlite"


@pytest.fixture
def peer() -> Iterator[Zalo]:
    with zalo() as told:
        yield told


@pytest.fixture
def enrolled(cast: Cast, park: Park, centre: Centre, peer: Zalo, tmp_path: Any) -> Iterator[str]:
    """A park that asks its province, which has the account; the park's node."""
    park.node.clock.at = centre.node.clock.at = FIVE
    node = park.enrol_at(centre)
    before = [each.node.app.extensions["channels"] for each in (park, centre)]
    writer = park.node.app.extensions["writer"]
    settings_before = writer.info["settings"]
    by_hub = (("ANCA_ZALO_HUB", "1"),)
    writer.info["settings"] = replace(settings_before, channel_settings=by_hub)
    groups = ({"ANCA_ZALO_HUB": "1"}, settings_for(peer))
    for peer_node, values in zip((park, centre), groups, strict=True):
        set_up = Settings(instance=tmp_path, channel_settings=tuple(values.items()))
        made = build_channels(set_up, peer_node.node.clock.now)
        peer_node.node.app.extensions["channels"] = made
    centre.run(
        lambda s: keep_grant(
            s, ZALO, "access-0", "refresh-0", channels=[UID_ROAD], actor=ADMIN, now=FIVE
        )
    )
    yield node
    office = office_of(centre.node.app.extensions["channels"])
    assert office is not None
    office.close()
    writer.info["settings"] = settings_before
    for each, channels in zip((park, centre), before, strict=True):
        each.node.app.extensions["channels"] = channels


def ask(park: Park) -> None:
    """The park hands on what is due."""
    with park.node.app.app_context():
        pass_on()


def send(centre: Centre) -> None:
    """The province sends what it was asked for."""
    with centre.node.app.app_context():
        hear_reports()
        send_for_parks()


def go_round(park: Park, centre: Centre) -> None:
    """Everything that waits is handed on, sent, and told of."""
    ask(park)
    park.push()
    send(centre)
    park.pull()


def rows(park: Park) -> list[tuple[str, str | None]]:
    chosen = select(Delivery.status, Delivery.error_code).order_by(Delivery.id)
    return park.read(lambda s: [(row.status, row.error_code) for row in s.execute(chosen)])


def later(park: Park, centre: Centre, **span: float) -> None:
    for each in (park, centre):
        each.node.clock.at += timedelta(**span)


def tell_zalo(centre: Centre, raw: bytes) -> int:
    client = centre.node.app.test_client()
    return client.post("/api/v1/zalo", data=raw, headers=signed(raw)).status_code


def test_messages_go_out_once_at_the_province_and_their_fate_comes_back(
    enrolled: str, cast: Cast, park: Park, centre: Centre, peer: Zalo
) -> None:
    queue_for(park.run, cast, peer, UID_ROAD, "hoa", "anh", lane=Lane.NORMAL)
    peer.users["251252362540001"].follows = False
    with park.node.app.app_context():
        send_queued(park.node.clock.now)
    assert peer.taken == [], "nothing leaves the park by itself"
    ask(park)
    assert rows(park) == [("sending", None)] * 2
    go_round(park, centre)
    assert sorted(rows(park)) == [("permanent-failure", "-213"), ("sent", None)]
    assert [each.to for each in peer.taken] == [HOA_UID]

    receipt = peer.event(
        "user_seen_message",
        timestamp=str(int(FIVE.timestamp() * 1000)),
        sender={"id": HOA_UID},
        recipient={"id": "388613280878808645"},
        message={"msg_ids": [peer.taken[0].number]},
    )
    assert [tell_zalo(centre, receipt) for _ in range(3)] == [200] * 3
    for _ in range(2):
        go_round(park, centre)
    assert sorted(rows(park)) == [("permanent-failure", "-213"), ("read", None)]
    assert len(peer.taken) == 1


def test_an_entry_that_comes_again_sends_nothing_again(
    enrolled: str, cast: Cast, park: Park, centre: Centre, peer: Zalo
) -> None:
    queue_for(park.run, cast, peer, PHONE_ROAD, "hoa", "anh", "men", lane=Lane.URGENT)
    go_round(park, centre)
    go_round(park, centre)
    again = centre.read(
        lambda s: s.scalars(select(LogEntry).where(LogEntry.kind == "zalo_out")).one().seq
    )
    body = body_of(park, again)
    assert "849" not in str(body), "sealed"
    event = EntryArrived(Direction.UP, enrolled, again, "zalo_out", body, FIVE)
    for _ in range(2):
        centre.run(lambda s: take_parcels(s, event, now=FIVE))
        go_round(park, centre)
    assert len(peer.taken) == 3
    assert rows(park) == [("sent", None)] * 3
    tracked = centre.read(lambda s: set(s.scalars(select(HubDelivery.id))))
    assert {each.tracking_id for each in peer.taken} == tracked, "not the park's own name for it"


def body_of(park: Park, seq: int) -> Any:
    """The body of an entry up, as it stands in the park's log."""
    compact = next(text for number, _, text in park.entries() if number == seq)
    payload = compact.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["body"]


def test_what_comes_too_late_is_never_sent_and_its_park_hears_so(
    enrolled: str, cast: Cast, park: Park, centre: Centre, peer: Zalo
) -> None:
    queue_for(park.run, cast, peer, UID_ROAD, "hoa", lane=Lane.NORMAL)
    ask(park)
    later(park, centre, minutes=61)
    go_round(park, centre)
    assert (peer.taken, rows(park)) == ([], [("expired", "too_late")])
    kept = centre.read(lambda s: s.scalars(select(HubDelivery)).one())
    assert (kept.address, kept.words) == (None, None)


def test_a_park_without_its_province_keeps_what_is_due_and_looks_for_other_roads(
    enrolled: str, cast: Cast, park: Park, centre: Centre, peer: Zalo
) -> None:
    queue_for(park.run, cast, peer, UID_ROAD, "hoa", lane=Lane.NORMAL)
    park.run(lambda s: s.execute(update(ThisNode).values(failures=2)) and None)
    ask(park)
    assert rows(park) == [("queued", None)], "known not to have left"
    reason = select(ChannelState.pause_reason).where(ChannelState.channel == UID_ROAD)
    assert park.read(lambda s: s.scalar(reason)) == "pause no_province"
    page = signed_in(park.node, "an").get("/admin/channels").text
    assert "Chưa nối được với tỉnh" in page
    assert 'href="/admin/zalo"' not in page, "the account is the province's"
    park.run(lambda s: s.execute(update(ThisNode).values(failures=0)) and None)
    go_round(park, centre)
    assert rows(park) == [("sent", None)]


def test_what_is_unclear_at_the_province_is_unclear_at_the_park(
    enrolled: str, cast: Cast, park: Park, centre: Centre, peer: Zalo
) -> None:
    queue_for(park.run, cast, peer, UID_ROAD, "hoa", lane=Lane.NORMAL)
    peer.drops = 1
    for _ in range(3):
        go_round(park, centre)
        later(park, centre, minutes=3)
    assert [status for status, _ in rows(park)] == ["unclear"]
    assert len(peer.taken) == 1


def test_who_follows_or_leaves_is_told_to_the_park_that_has_them_alone(
    enrolled: str, cast: Cast, park: Park, centre: Centre, peer: Zalo, hand_made: HandMade
) -> None:
    queue_for(park.run, cast, peer, UID_ROAD, "hoa", lane=Lane.NORMAL)
    go_round(park, centre)
    stamp = str(int(FIVE.timestamp() * 1000))
    for uid in (HOA_UID, "999"):
        raw = peer.event("unfollow", timestamp=stamp, oa_id="1", follower={"id": uid})
        assert tell_zalo(centre, raw) == 200
    go_round(park, centre)
    of_hoa = select(ContactPoint.state).where(ContactPoint.channel == AddressKind.ZALO)
    assert park.read(lambda s: s.scalar(of_hoa)) == "invalid"
    to_other = select(func.count()).where(
        LogEntry.node == hand_made.node, LogEntry.kind == "zalo_state"
    )
    assert centre.read(
        lambda s: (s.scalar(to_other), s.scalar(select(func.count(HubEvent.id))))
    ) == (
        0,
        0,
    )


def test_who_shares_the_number_that_a_park_wrote_to_is_linked_there(
    enrolled: str, cast: Cast, park: Park, centre: Centre, peer: Zalo
) -> None:
    person = cast.sao_bac.people["hoa"].id
    queue_for(park.run, cast, peer, PHONE_ROAD, "hoa", lane=Lane.URGENT)
    go_round(park, centre)
    peer.join("77", "84900000000")
    assert tell_zalo(centre, peer.shares("77")) == 200
    go_round(park, centre)
    of_hoa = select(ContactPoint.address).where(
        ContactPoint.channel == AddressKind.ZALO, ContactPoint.person_id == person
    )
    assert "77" in park.read(lambda s: s.scalars(of_hoa).all())


def test_what_is_personal_is_destroyed_some_days_after_it_is_settled(
    enrolled: str, cast: Cast, park: Park, centre: Centre, peer: Zalo
) -> None:
    queue_for(park.run, cast, peer, UID_ROAD, "hoa", lane=Lane.NORMAL)
    go_round(park, centre)

    def kept(session: Session) -> list[tuple[bool, bool]]:
        found = session.scalars(select(HubDelivery))
        return [(row.address is not None, row.words is not None) for row in found]

    def destroyed() -> list[tuple[bool, bool]]:
        with centre.node.app.app_context():
            destroy_old_parcels()
        return centre.read(kept)

    assert destroyed() == [(True, True)]
    later(park, centre, days=8)
    assert destroyed() == [(False, False)]
    later(park, centre, days=30)
    assert destroyed() == []


def test_a_park_has_an_account_of_its_own_or_the_provinces(tmp_path: Any) -> None:
    both = (("ANCA_ZALO_HUB", "1"), ("ANCA_ZALO_APP_ID", "1"))
    with pytest.raises(UnsafeSetting, match="ANCA_ZALO_APP_ID"):
        refuse_unsafe_channels(Settings(instance=tmp_path, channel_settings=both))


def test_the_admin_of_the_province_sees_the_account(
    centre: Centre, staff: Any, enrolled: str
) -> None:
    client = signed_in(centre.node, "minh")
    assert client.get("/admin/zalo").status_code == 200
    went = {"status": "sent", "tried_at": FIVE, "sent_at": FIVE}
    failed = {"status": "permanent-failure", "tried_at": FIVE, "sent_at": None}
    for n, more in enumerate((went, went, failed, {"status": "queued"})):
        parcel = {"id": str(n), "node": enrolled, "ref": str(n), "road": UID_ROAD, "lane": "normal"}
        held = HubDelivery(**parcel, expires_at=FIVE + timedelta(hours=1), changed_at=FIVE, **more)
        centre.run(partial(Session.add, instance=held))
    centre.node.clock.at = FIVE + timedelta(minutes=2)
    facts = centre.read(lambda s: find_parcel_facts(s, UID_ROAD, today=FIVE, hour=FIVE, now=FIVE))
    assert (facts.sent, facts.failed, facts.waiting) == ((2, 2), (1, 1), 1)
    page = " ".join(client.get("/admin/channels").text.split())
    assert 'Được nhận</th> <td class="num">2</td> <td class="num">2</td>' in page


@pytest.mark.parametrize(("lane", "sms"), [(Lane.URGENT, 1), (Lane.NORMAL, 0)])
def test_only_what_is_urgent_takes_another_road_while_the_province_says_nothing(
    enrolled: str,
    cast: Cast,
    park: Park,
    lane: Lane,
    sms: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    roads = Roads(dict.fromkeys(Lane, (UID_ROAD, ChannelName.SMS_HTTP)), quiet=None)
    monkeypatch.setattr("app.delivery.jobs.rounds.roads_of", lambda settings: roads)
    person, post = cast.sao_bac.people["hoa"].id, Post()
    park.run(sign_out)
    park.run(lambda s: keep_address(s, person, AddressKind.ZALO, HOA_UID, now=FIVE))
    tell(park.run, cast, person, lane=lane, at=FIVE, roads=roads)
    channels = park.node.app.extensions["channels"] | {
        ChannelName.IN_APP: InApp(),
        ChannelName.SMS_HTTP: post,
    }
    for minutes in (4, 0, 0):
        ask(park)
        with park.node.app.app_context():
            send_queued(park.node.clock.now, channels=channels)
        park.node.clock.at += timedelta(minutes=minutes)
    assert len(post.given) == sms
    handed = select(Delivery.status).where(Delivery.channel == UID_ROAD)
    assert park.read(lambda s: s.scalar(handed)) == "sending"


def test_parcels_in_any_order_and_as_often_as_you_like_go_out_once_each(
    enrolled: str, centre: Centre, peer: Zalo
) -> None:
    peer.join(HOA_UID)
    key = centre.run(lambda s: public_keys(locked_node(s, FIVE))[1])
    made = count()

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.lists(st.integers(0, 5), max_size=4), min_size=1, max_size=6))
    def ends_the_same(entries: list[list[int]]) -> None:
        run = next(made)
        for numbers in entries:
            parcels = [
                Parcel(f"{run}-{n}", UID_ROAD, Lane.NORMAL, FIVE + timedelta(hours=1), HOA_UID, w)
                for n, w in ((n, f"tin {run}-{n}") for n in numbers)
            ]
            body = {"jwe": box(parcels_body(parcels), key)}
            arrived = EntryArrived(Direction.UP, enrolled, 1, "zalo_out", body, FIVE)
            centre.run(partial(take_parcels, event=arrived, now=FIVE))
            if len(numbers) % 2:
                send(centre)
        send(centre)
        wanted = sorted({f"tin {run}-{n}" for numbers in entries for n in numbers})
        went = sorted(each.words for each in peer.taken if f" {run}-" in each.words)
        assert went == wanted

    ends_the_same()


def writes(centre: Centre, peer: Zalo, text: str, number: str = "m1", times: int = 1) -> None:
    raw = peer.event(
        "user_send_text",
        timestamp=str(int(FIVE.timestamp() * 1000)),
        sender={"id": HOA_UID},
        recipient={"id": "388613280878808645"},
        message={"msg_id": number, "text": text},
    )
    assert [tell_zalo(centre, raw) for _ in range(times)] == [200] * times


def test_the_word_written_to_the_province_is_one_check_in_at_the_park(
    enrolled: str, cast: Cast, park: Park, centre: Centre, peer: Zalo, hand_made: HandMade
) -> None:
    person = cast.sao_bac.people["hoa"].id
    queue_for(park.run, cast, peer, UID_ROAD, "hoa", lane=Lane.NORMAL)
    go_round(park, centre)
    earlier = FIVE - timedelta(days=30)
    centre.run(lambda s: note_address(s, hand_made.node, "zalo", HOA_UID, now=earlier))
    writes(centre, peer, "khoẻ", times=3)
    writes(centre, peer, "xe chật quá", "m2")
    with centre.node.app.app_context():
        hear_reports()
    assert "xe chật" in waiting_for(centre, enrolled)
    assert "xe chật" not in waiting_for(centre, hand_made.node), "it wrote to them long ago"
    go_round(park, centre)

    def kept(session: Session) -> tuple[list[Any], list[str]]:
        answers = [(row.worker_id, row.level, row.source) for row in session.scalars(CHECK_INS)]
        return answers, list(session.scalars(select(Feedback.text)))

    wanted = ([(person, "green", "zalo")], ["xe chật quá"])
    assert park.read(kept) == wanted
    call = ZaloCall("user_send_text", FIVE, HOA_UID, ("m2",), text="xe chật quá")
    park.run(lambda s: take_calls(s, [call], now=FIVE))
    assert park.read(kept) == wanted, "told again in another entry it is the same"
    ask(park)
    go_round(park, centre)
    assert {each.words[:14] for each in peer.taken if each.door == CS_DOOR} == {
        "Đã ghi: khoẻ, ",
        "Đã chuyển lời ",
    }


def waiting_for(centre: Centre, node: str) -> str:
    """What a park is to be told of its people."""
    of_node = select(HubEvent.told).where(HubEvent.node == node)
    told = centre.read(lambda s: s.scalars(of_node).all())
    assert told
    return " ".join(told)


def stop(park: Park) -> None:
    message_id = park.read(lambda s: s.scalars(select(Message.id)).one())
    park.run(lambda s: stop_message(s, message_id, now=park.node.clock.at))


def test_a_stop_after_the_hand_over_keeps_back_what_the_province_has_not_sent(
    enrolled: str, cast: Cast, park: Park, centre: Centre, peer: Zalo
) -> None:
    queue_for(park.run, cast, peer, PHONE_ROAD, "hoa", "anh", lane=Lane.URGENT)
    ask(park)
    park.push()
    ids = centre.read(lambda s: s.scalars(select(HubDelivery.id).order_by(HubDelivery.id)).all())
    under_way = update(HubDelivery).where(HubDelivery.id == ids[1]).values(status="sending")
    centre.run(lambda s: s.execute(under_way) and None)
    stop(park)
    for _ in range(2):
        ask(park)
        park.push()
    stopped = centre.read(lambda s: list_stopped_parcels(s, ids))
    assert sorted(stopped) == sorted(ids), "who holds one sees it"
    statuses = select(HubDelivery.status).order_by(HubDelivery.id)
    assert centre.read(lambda s: s.scalars(statuses).all()) == ["cancelled", "sending"]
    send(centre)
    park.pull()
    assert peer.taken == []
    assert sorted(rows(park)) == [("cancelled", "stopped"), ("sending", None)]
    sent = select(func.count()).where(LogEntry.kind == "zalo_stop")
    assert park.read(lambda s: s.scalar(sent)) == 1


def test_who_has_answered_meanwhile_is_not_written_to_and_a_stop_may_come_first(
    enrolled: str, cast: Cast, park: Park, centre: Centre, peer: Zalo
) -> None:
    queue_for(park.run, cast, peer, UID_ROAD, "hoa", lane=Lane.NORMAL)
    ask(park)
    park.run(lambda s: s.execute(update(Delivery).values(answered_at=FIVE)) and None)
    ref = park.read(lambda s: s.scalars(select(Delivery.id)).one())
    key = centre.run(lambda s: public_keys(locked_node(s, FIVE))[1])
    body = {"jwe": box(stops_body([ref, ref, "never-heard-of"]), key)}
    early = EntryArrived(Direction.UP, enrolled, 1, "zalo_stop", body, FIVE)
    centre.run(lambda s: take_stops(s, early, now=FIVE))
    go_round(park, centre)
    go_round(park, centre)
    assert (peer.taken, rows(park)) == ([], [("skipped", "stopped")])


def test_a_channel_that_fails_at_the_province_rests_and_is_tried_out_with_one(
    enrolled: str, centre: Centre, peer: Zalo
) -> None:
    peer.join(HOA_UID)
    ends = FIVE + timedelta(hours=1)
    parcels = [Parcel(str(n), UID_ROAD, Lane.NORMAL, ends, HOA_UID, f"tin {n}") for n in range(40)]
    key = centre.run(lambda s: public_keys(locked_node(s, FIVE))[1])
    body = {"jwe": box(parcels_body(parcels), key)}
    arrived = EntryArrived(Direction.UP, enrolled, 1, "zalo_out", body, FIVE)
    centre.run(lambda s: take_parcels(s, arrived, now=FIVE))
    peer.broken = True
    send(centre)
    reason = select(ChannelState.pause_reason).where(ChannelState.channel == UID_ROAD)
    assert centre.read(lambda s: s.scalar(reason)) == "circuit"
    asked = peer.calls[UID_DOOR]
    centre.node.clock.at += timedelta(minutes=3)
    send(centre)
    assert peer.calls[UID_DOOR] == asked + 1
    peer.broken = False
    for _ in range(8):
        centre.node.clock.at += timedelta(minutes=3)
        send(centre)
    assert len(peer.taken) == 40
    assert centre.read(lambda s: s.scalar(reason)) is None


def taken_in(centre: Centre, node: str, parcels: list[Parcel], seq: int = 1) -> None:
    """The province has read these out of a park's log."""
    key = centre.run(lambda s: public_keys(locked_node(s, FIVE))[1])
    body = {"jwe": box(parcels_body(parcels), key)}
    arrived = EntryArrived(Direction.UP, node, seq, "zalo_out", body, FIVE)
    centre.run(lambda s: take_parcels(s, arrived, now=FIVE))


def parcels_of(lane: Lane, number: int) -> list[Parcel]:
    ends = FIVE + timedelta(hours=1)
    return [
        Parcel(f"{lane}-{n}", UID_ROAD, lane, ends, HOA_UID, f"tin {lane} {n}")
        for n in range(number)
    ]


def test_what_is_in_hand_leaves_the_room_for_urgent_ones_alone(
    enrolled: str, centre: Centre, peer: Zalo
) -> None:
    peer.join(HOA_UID)
    peer.daily, peer.slow_seconds = 508, 0.25  # of which 500 are for urgent ones
    taken_in(centre, enrolled, parcels_of(Lane.NORMAL, 100))
    send(centre)
    went = len(peer.taken)
    assert 8 <= went < 60
    statuses = select(HubDelivery.status, HubDelivery.attempt_count).distinct()
    assert set(centre.read(lambda s: s.execute(statuses).all())) == {("sent", 1), ("queued", 0)}
    peer.slow_seconds = 0.0
    taken_in(centre, enrolled, parcels_of(Lane.URGENT, 40), seq=2)
    send(centre)
    assert sorted({each.words for each in peer.taken[went:]}) == sorted(
        f"tin urgent {n}" for n in range(40)
    )


def test_a_park_that_is_believed_no_more_sends_nothing_more(
    enrolled: str, centre: Centre, peer: Zalo
) -> None:
    peer.join(HOA_UID)
    taken_in(centre, enrolled, parcels_of(Lane.URGENT, 3))
    held = centre.run(lambda s: claim_parcels(s, UID_ROAD, Lane.URGENT, limit=1, now=FIVE))
    assert len(held) == 1
    centre.run(lambda s: revoke_park(s, enrolled, actor=ADMIN, now=FIVE))
    assert centre.run(lambda s: claim_parcels(s, UID_ROAD, Lane.URGENT, limit=9, now=FIVE)) == []
    assert centre.read(lambda s: list_stopped_parcels(s, [held[0].id])) == [held[0].id]
    centre.run(lambda s: settle_parcels(s, [Outcome(held[0])], jitter=0.0, now=FIVE) and None)
    send(centre)
    assert peer.taken == []
    ends = select(HubDelivery.status, HubDelivery.error_code).distinct()
    assert centre.read(lambda s: s.execute(ends).all()) == [("cancelled", "stopped")]
