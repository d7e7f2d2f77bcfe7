"""Who leaves is written to no more from that moment on, and what was sent stays."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from app.checkins.models import Duty
from app.delivery.actions.ledger import NewDelivery, NewMessage, add_deliveries, open_message
from app.delivery.models import Delivery
from app.delivery.rules import ChannelName, Lane, Status
from app.delivery.rules.messages import MessageKind
from app.reminders.jobs import plan_due_reminders
from app.web.transaction import transact
from app.workforce.actions.importing import deciding
from app.workforce.actions.people import end_work
from app.workforce.models import Worker
from app.workforce.queries.imports import count_leaving_missing
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast
from tests.factories.reminders import make_schedule, statuses
from tests.factories.rosters import save_book
from tests.features.workforce.test_importing import LEAVERS, TODAY, Officer
from tests.features.workforce.test_undoing import Undoer, everyone

FIVE = datetime(2026, 11, 23, 22, tzinfo=UTC)  # 05:00 of the day in the park
Write = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def told(cast: Cast, write: Write, clock: SetClock) -> dict[str, str]:
    """Mến and Hoa are each to get two messages; one has gone already."""
    ids = {name: cast.sao_bac.people[name].id for name in ("men", "hoa")}

    def queue(session: Session) -> None:
        for channel in (ChannelName.IN_APP, ChannelName.SMS_HTTP):
            for source in ("sent", "waiting"):
                message = NewMessage(
                    MessageKind.REMINDER,
                    source,
                    {"vi": "Rửa tay."},
                    {},
                    cast.sao_bac.id,
                    "Tổ an toàn",
                    clock.at,
                    clock.at + timedelta(hours=9),
                )
                add_deliveries(
                    session,
                    open_message(session, message, now=clock.at),
                    [NewDelivery(each, "vi", answer_key="key") for each in ids.values()],
                    channel=channel,
                    lane=Lane.NORMAL,
                    not_before=clock.at,
                    expires_at=clock.at + timedelta(hours=9),
                    now=clock.at,
                )
        gone = update(Delivery).where(Delivery.channel == ChannelName.IN_APP)
        session.execute(gone.values(status=Status.SENT))

    write(queue)
    return ids


def standing(session: scoped_session[Session], person_id: str) -> list[str]:
    session.rollback()
    return sorted(session.scalars(select(Delivery.status).where(Delivery.person_id == person_id)))


def test_leaving_by_the_page_cancels_what_was_not_sent_yet(
    told: dict[str, str], write: Write, clock: SetClock, session: scoped_session[Session]
) -> None:
    write(
        lambda s: end_work(
            s, s.get_one(Worker, told["men"]), last_on=TODAY, actor=STORY, now=clock.at
        )
    )
    assert standing(session, told["men"]) == ["cancelled", "cancelled", "sent", "sent"]
    assert standing(session, told["hoa"]) == ["queued", "queued", "sent", "sent"]
    ahead = select(Duty).where(Duty.worker_id == told["men"], Duty.shift_on > TODAY)
    assert session.scalars(ahead).all() == []


@pytest.fixture
def officer(node: Any, cast: Cast, in_app: Any, tmp_path: Any) -> Undoer:
    return Undoer(node, cast, tmp_path)


def test_leaving_by_a_list_cancels_what_was_not_sent_yet(
    officer: Officer, told: dict[str, str], tmp_path: Any, session: scoped_session[Session]
) -> None:
    path = save_book(tmp_path / "left.xlsx", [("SB-20733", "Giáp Thị Mến", "nghỉ việc")], LEAVERS)
    officer.save(officer.stage(path), ends_work=True)
    assert standing(session, told["men"]) == ["cancelled", "cancelled", "sent", "sent"]
    assert standing(session, told["hoa"]) == ["queued", "queued", "sent", "sent"]


def test_who_left_today_gets_no_reminder_of_today(
    cast: Cast, write: Write, clock: SetClock, session: Any, in_app: Any
) -> None:
    clock.at = FIVE - timedelta(minutes=10)
    settings, men = in_app.config["SETTINGS"], cast.sao_bac.people["men"].id
    write(lambda s: make_schedule(s, cast.sao_bac.id, settings, clock.at))
    write(lambda s: end_work(s, s.get_one(Worker, men), last_on=TODAY, actor=STORY, now=clock.at))
    clock.at = FIVE
    plan_due_reminders(FIVE)
    reminded = statuses(session)
    assert men not in reminded
    assert reminded


def test_who_is_not_in_the_list_leaves_only_when_chosen_and_comes_back_with_undoing(
    officer: Undoer, tmp_path: Any, session: scoped_session[Session], clock: SetClock
) -> None:
    rows = [("SB-20733", "Giáp Thị Mến"), ("NV1", "Lê Thị Mới")]
    import_id = officer.stage(save_book(tmp_path / "list.xlsx", rows))
    before = everyone(session())
    ids = {badge: one.worker.worker_id for badge, one in officer.roster().items()}
    eve = TODAY - timedelta(days=1)

    def choose(worker_ids: list[str] | None, last_on: Any) -> None:
        now = clock.at
        transact(lambda s: deciding.end_missing(s, import_id, worker_ids, last_on=last_on, now=now))
        session.rollback()

    choose([ids["SB-20417"]], eve)
    assert count_leaving_missing(session(), import_id) == 1
    choose(None, TODAY)
    choose([ids["SB-20418"]], None)
    assert count_leaving_missing(session(), import_id) == 2
    officer.save(import_id)
    left = {badge: one.worker.particulars.has_left for badge, one in officer.roster().items()}
    assert left == {
        "SB-20417": True,
        "SB-20418": False,
        "SB-20001": True,
        "SB-20733": False,
        "NV1": False,
    }
    assert officer.undo(import_id) == {"removed": 1, "restored": 2}
    assert everyone(session()) == before


def test_nobody_missing_leaves_unasked(officer: Undoer, tmp_path: Any) -> None:
    import_id = officer.stage(save_book(tmp_path / "list.xlsx", [("NV1", "Lê Thị Mới")]))
    officer.save(import_id)
    assert not any(one.worker.particulars.has_left for one in officer.roster().values())
