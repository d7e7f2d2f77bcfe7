"""The park manager carries reminders to another company, where they wait until looked at."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.kernel.ids import new_id
from app.reminders.actions.carrying import Carried, carry_schedules
from app.reminders.actions.schedules import set_running
from app.reminders.jobs import plan_due_reminders
from app.reminders.models import ReminderOccurrence, ReminderSchedule
from app.settings import Settings
from app.workforce.models import WorkGroup
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast
from tests.factories.reminders import make_schedule
from tests.features.reminders.test_pages import TYPED, Browser, token_of

Write = Callable[[Callable[[Any], Any]], Any]
FIVE = datetime(2026, 11, 23, 22, tzinfo=UTC)


@pytest.fixture
def settings(in_app: Flask) -> Settings:
    """The park's settings."""
    found: Settings = in_app.config["SETTINGS"]
    return found


@pytest.fixture
def own(cast: Cast, clock: SetClock, write: Write, settings: Settings) -> str:
    """A reminder of Sao Bắc for one line and one bus."""
    clock.at = FIVE - timedelta(minutes=30)

    def work(s: Any) -> str:
        s.add(WorkGroup(id="b", company_id=cast.sao_bac.id, kind="bus", name="Xe 3"))
        s.flush()
        return make_schedule(
            s,
            cast.sao_bac.id,
            settings,
            clock.at,
            group_ids=frozenset({"b"}),
            branch_ids=frozenset({cast.sao_bac.lines["Chuyền 7"]}),
        )

    made: str = write(work)
    return made


class Manager(Browser):
    """The park manager's browser."""

    def post(self, address: str, data: dict[str, Any] | None = None, at: str = "") -> Any:
        token = token_of(self.client.get("/reminders/carry").text)
        return self.client.post(address, data={"csrf_token": token, **(data or {})})


@pytest.fixture
def lam(cast: Cast, own: str, client: FlaskClient) -> Manager:
    """The park manager, signed in."""
    return Manager(client, "lam")


def of(session: Any, company_id: int) -> list[ReminderSchedule]:
    session.rollback()
    found: list[ReminderSchedule] = session.scalars(
        select(ReminderSchedule)
        .where(ReminderSchedule.company_id == company_id, ReminderSchedule.removed_at.is_(None))
        .order_by(ReminderSchedule.id)
    ).all()
    return found


def carry(lam: Manager, own: str, cast: Cast) -> Any:
    return lam.post(
        "/reminders/carry?from=SAOBAC", {"schedules": [own], "companies": [cast.minh_tri.id]}
    )


def test_what_cannot_come_along_is_named_and_the_copy_waits(
    lam: Manager, own: str, cast: Cast, session: Any
) -> None:
    page = lam.get("/reminders/carry?from=SAOBAC")
    assert "Chuyền 7, Xe 3" in page
    assert "Nguyễn Thị Hoa" not in page
    assert carry(lam, own, cast).status_code == 302
    (copied,) = of(session, cast.minh_tri.id)
    (source,) = of(session, cast.sao_bac.id)
    assert (copied.active, copied.group_ids, copied.branch_ids) == (False, [], [])
    assert (copied.template, copied.texts) == (source.template, source.texts)
    assert (copied.carried_from, copied.left_behind) == ("Điện tử Sao Bắc", ["Chuyền 7", "Xe 3"])
    plan_due_reminders(FIVE)
    told = select(ReminderOccurrence.id).where(ReminderOccurrence.company_id == cast.minh_tri.id)
    assert session.scalars(told).all() == []


def test_the_officer_is_told_what_stayed_behind_until_it_was_looked_at(
    own: str, cast: Cast, session: Any, write: Write, client: FlaskClient
) -> None:
    write(lambda s: carried(s, own, cast))
    (copied,) = of(session, cast.minh_tri.id)
    khoi = Browser(client, "khoi")
    page = khoi.get(f"/reminders/{copied.id}")
    assert "Chép từ Sao Bắc. Không mang theo được: Chuyền 7, Xe 3." in page
    khoi.post(f"/reminders/{copied.id}", TYPED | {"version": "1", "text": "Khai báo {line}"})
    (looked_at,) = of(session, cast.minh_tri.id)
    assert (looked_at.version, looked_at.left_behind) == (2, [])


def carried(session: Any, own: str, cast: Cast) -> Carried:
    return carry_schedules(
        session,
        [own],
        cast.minh_tri.id,
        source="Sao Bắc",
        carry_id=new_id(FIVE),
        actor=STORY,
        now=FIVE,
    )


def test_what_says_the_same_at_the_same_time_is_not_made_twice(
    lam: Manager, own: str, cast: Cast, session: Any
) -> None:
    carry(lam, own, cast)
    carry(lam, own, cast)
    assert "1 lời nhắc nơi nhận đã có." in lam.get("/reminders/carry")
    assert len(of(session, cast.minh_tri.id)) == 1


def test_it_is_taken_back_while_nobody_has_looked(
    lam: Manager, own: str, cast: Cast, session: Any
) -> None:
    carry(lam, own, cast)
    (copied,) = of(session, cast.minh_tri.id)
    undo = f"/reminders/carry/undo?carry={copied.carry_id}"
    assert undo in lam.get("/reminders/carry")
    assert lam.post(undo).status_code == 302
    assert of(session, cast.minh_tri.id) == []
    assert len(of(session, cast.sao_bac.id)) == 1
    assert lam.post(undo).status_code == 404


def test_what_was_looked_at_stays(
    lam: Manager, own: str, cast: Cast, session: Any, write: Write, settings: Settings
) -> None:
    carry(lam, own, cast)
    (copied,) = of(session, cast.minh_tri.id)
    write(
        lambda s: set_running(s, copied.id, active=True, settings=settings, actor=STORY, now=FIVE)
    )
    lam.post(f"/reminders/carry/undo?carry={copied.carry_id}")
    assert "1 bản nơi nhận đã xem lại, giữ nguyên." in lam.get("/reminders/carry")
    (kept,) = of(session, cast.minh_tri.id)
    assert kept.active


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"schedules": ["x"], "companies": ["1"]},
        {"schedules": ["x"]},
        {"companies": ["nothing"]},
    ],
)
def test_nothing_chosen_is_said(
    lam: Manager, cast: Cast, session: Any, data: dict[str, Any]
) -> None:
    answer = lam.post("/reminders/carry?from=SAOBAC", data)
    assert answer.status_code == 422
    assert "Chọn ít nhất một lời nhắc và một công ty khác." in answer.text
    assert of(session, cast.minh_tri.id) == []


def test_a_company_of_nobody_is_not_there(lam: Manager) -> None:
    lam.get("/reminders/carry?from=NOBODY", status=404)
    assert lam.post("/reminders/carry?from=NOBODY").status_code == 404
    assert lam.post("/reminders/carry/undo?carry=x").status_code == 404


@pytest.mark.parametrize("way", ["/carry", "/carry/undo"])
def test_an_officer_carries_nothing(
    own: str, node: Any, session: Any, cast: Cast, way: str
) -> None:
    hanh = Browser(node.app.test_client(), "hanh")
    answer = hanh.post(f"/reminders{way}", {"schedules": [own], "companies": [cast.minh_tri.id]})
    assert answer.status_code == 403
    assert of(session, cast.minh_tri.id) == []


@pytest.mark.parametrize("way", ["/carry", "/carry/undo"])
def test_a_carry_needs_the_pages_token(
    lam: Manager, own: str, cast: Cast, session: Any, way: str
) -> None:
    data = {"schedules": [own], "companies": [cast.minh_tri.id]}
    assert lam.client.post(f"/reminders{way}", data=data).status_code == 400
    assert of(session, cast.minh_tri.id) == []
