"""A notice of the province over sticks: out in the park at once, and figures come back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.alerts.actions.drafting import begin_correction, change_alert
from app.alerts.actions.going import begin_due, write_chunk
from app.alerts.actions.releasing import approve_alert, ask_approval
from app.alerts.actions.withdrawing import cancel_alert
from app.alerts.models import Alert, AlertPark
from app.alerts.queries.records import get_progress
from app.alerts.rules.told import ParkStage
from app.delivery.actions.ledger import mark_read
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import Delivery
from app.notices.models import Notice, NoticeTarget
from app.notices.rules.states import NoticeState
from app.sync.models import KnownNode, LogEntry
from app.workforce.models import Worker
from tests.factories.alerts import PHUC, THU, TITLE, alert_draft
from tests.factories.people import Cast
from tests.features.alerts.conftest import Road


def notices(road: Road) -> list[Notice]:
    return road.park.read(lambda s: list(s.scalars(select(Notice).order_by(Notice.version))))


def stage(road: Road, alert_id: str) -> ParkStage:
    def question(session: Session) -> ParkStage:
        alert = session.get_one(Alert, alert_id)
        (park,) = get_progress(session, alert, road.centre.node.clock.at).parks
        return park.stage

    return road.centre.read(question)


def read_by_one(road: Road) -> None:
    """Somebody opens the newest notice."""
    now = road.park.node.clock.at
    with road.park.node.app.app_context():
        send_queued(road.park.node.clock.now)

    def work(session: Session) -> None:
        newest = session.scalars(select(Notice).order_by(Notice.version.desc())).first()
        assert newest is not None
        person = session.scalars(
            select(Delivery.person_id)
            .where(Delivery.message_id == newest.message_id)
            .order_by(Delivery.person_id)
        ).first()
        mark_read(session, str(person), str(newest.message_id), read_at=now, now=now)

    road.park.run(work)


def test_it_goes_out_at_the_park_and_the_read_count_comes_back(road: Road, cast: Cast) -> None:
    alert_id = road.write(alert_draft(road.centre.node.clock.at))
    road.let_go(alert_id)
    assert stage(road, alert_id) is ParkStage.WAITING
    assert road.row(alert_id).audience is None  # not heard from is no data, never 0
    road.down()
    (notice,) = notices(road)
    assert (notice.state, notice.sender) == (NoticeState.SENDING, "Sở Y tế Bắc Giang")
    assert notice.titles["vi"] == TITLE
    road.run()
    people = road.park.read(lambda s: s.scalar(select(func.count()).select_from(Worker)))
    road.up()
    row = road.row(alert_id)
    assert (row.told_state, row.audience, row.read) == ("sent", people, 0)
    read_by_one(road)
    road.pass_time(minutes=11)
    road.run()
    road.up()
    row = road.row(alert_id)
    assert (row.audience, row.reached, row.read) == (people, 1, 1)
    assert stage(road, alert_id) is ParkStage.SENT
    entries = road.park.entries()
    road.pass_time(minutes=30)
    road.run()
    assert road.park.entries() == entries  # nothing changed, nothing is told


def test_a_correction_replaces_it_and_a_cancel_ends_it_in_the_same_batch(
    road: Road, cast: Cast
) -> None:
    alert_id = road.write(alert_draft(road.centre.node.clock.at))
    road.let_go(alert_id)
    road.down()
    road.run()
    read_by_one(road)
    now = road.centre.node.clock.at
    fresh = road.centre.run(lambda s: begin_correction(s, alert_id, "Sai giờ", actor=THU, now=now))
    better = alert_draft(now, text="Từ 13:00, xe tuyến tạm dừng.", parks=("nobody",))
    road.centre.run(lambda s: change_alert(s, fresh, better, seen=1, actor=THU, now=now))
    road.let_go(fresh)
    end = road.centre.node.clock.at
    road.centre.run(lambda s: cancel_alert(s, fresh, "Đã xong", actor=THU, now=end))
    road.run()
    road.down()
    first, second, told = notices(road)
    assert (first.state, second.state) == (NoticeState.SENT, NoticeState.CANCELLED)
    assert second.corrects_id == first.id
    assert (told.kind, told.reason, told.audience) == ("Cancel", "Đã xong", 1)
    road.run()
    road.up()
    assert stage(road, fresh) is ParkStage.CANCELLED


def test_companies_and_shifts_are_found_by_code_and_unknown_codes_are_told(
    road: Road, cast: Cast
) -> None:
    now = road.centre.node.clock.at
    draft = alert_draft(now, parks=(road.node,), companies=("SAOBAC", "KHONGCO"))
    alert_id = road.write(draft)
    road.let_go(alert_id)
    road.down()
    road.run()
    road.up()
    targets = road.park.read(lambda s: list(s.scalars(select(NoticeTarget.company_id))))
    assert targets == [cast.sao_bac.id]
    assert road.row(alert_id).unknown == ["KHONGCO"]


def test_what_came_too_late_is_kept_as_expired_and_sent_to_nobody(road: Road, cast: Cast) -> None:
    alert_id = road.write(alert_draft(road.centre.node.clock.at, hours=2))
    road.let_go(alert_id)
    road.pass_time(hours=3)
    road.down()
    (notice,) = notices(road)
    assert (notice.state, notice.message_id) == (NoticeState.EXPIRED, None)
    road.run()
    road.up()
    assert stage(road, alert_id) is ParkStage.EXPIRED


def test_what_the_park_cannot_read_is_marked_and_the_province_hears_of_it(
    road: Road, cast: Cast
) -> None:
    alert_id = road.write(alert_draft(road.centre.node.clock.at))

    def spoil(session: Session) -> None:
        session.get_one(Alert, alert_id).severity = "Worst"

    road.centre.run(spoil)
    road.let_go(alert_id)
    road.down()
    road.up()
    marked = road.park.read(
        lambda s: s.scalar(select(LogEntry.unapplied).where(LogEntry.kind == "notice"))
    )
    assert marked == "notices.malformed"
    assert stage(road, alert_id) is ParkStage.UNAPPLIED
    assert road.row(alert_id).told_code == "notices.malformed"


def test_it_dies_between_parks_and_every_park_is_told_once(road: Road) -> None:
    def crowd(session: Session) -> None:
        own = session.get_one(KnownNode, road.node)
        for n in range(60):
            session.add(
                KnownNode(
                    node=f"park-{n:03}",
                    name=f"KCN {n}",
                    sign_key=own.sign_key,
                    box_key=own.box_key,
                    enrolled_at=own.enrolled_at,
                )
            )

    road.centre.run(crowd)
    alert_id = road.write(alert_draft(road.centre.node.clock.at))
    now = road.centre.node.clock

    def release(session: Session) -> None:
        alert = session.get_one(Alert, alert_id)
        ask_approval(session, alert_id, seen=1, actor=THU, now=now.at)
        approve_alert(session, alert_id, alert.seal, actor=PHUC, now=now.at)

    road.centre.run(release)
    later = now.at + timedelta(seconds=30)
    road.centre.run(lambda s: begin_due(s, alert_id, now=later))
    assert road.centre.run(lambda s: write_chunk(s, alert_id, now=later)).parks == 25

    def dies(session: Session) -> None:
        write_chunk(session, alert_id, now=later)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        road.centre.run(dies)
    road.pass_time(minutes=1)
    road.run()
    counts = road.centre.read(
        lambda s: s.execute(
            select(func.count(), func.count(AlertPark.seq)).where(AlertPark.alert_id == alert_id)
        ).one()
    )
    assert tuple(counts) == (61, 61)
    entries = road.centre.read(
        lambda s: s.execute(
            select(LogEntry.node, func.count()).where(LogEntry.kind == "notice").group_by("node")
        ).all()
    )
    assert len(entries) == 61
    assert {count for _, count in entries} == {1}
