"""A worker in follow-up is asked on the own phone, once a day, and only where no shift asks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.actions.consent import record_consent
from app.cases.actions import ending
from app.cases.jobs import ask_due_days
from app.cases.models import FollowUpDay
from app.checkins.jobs import plan_due_duties
from app.checkins.models import Duty
from app.checkins.queries.answers import find_standing
from app.delivery.jobs.rounds import send_due_deliveries
from app.delivery.models import Delivery
from app.kernel.ids import new_id
from app.workforce.models import Worker
from tests.conftest import SetClock
from tests.factories.cases import (
    FEVER,
    TODAY,
    WELL,
    as_actor,
    case_of,
    open_by_hand,
    tasks_of,
)
from tests.factories.people import STORY, Cast, Person
from tests.features.cases.test_actions import ask_days

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def hoa(cast: Cast) -> Person:
    return cast.sao_bac.people["hoa"]


@pytest.fixture
def case_id(write: Write, cast: Cast, hoa: Person, clock: SetClock) -> str:
    """Hoa stays at home in follow-up: no shift of today asks her."""

    def work(session: Session) -> str:
        case_id = open_by_hand(session, hoa, cast.sao_bac.people["hanh"], clock.at)
        ask_days(session, case_id)
        session.execute(delete(Duty).where(Duty.worker_id == hoa.id))
        return case_id

    found: str = write(work)
    return found


def asked(client: FlaskClient, hoa: Person) -> Any:
    answer = client.get("/api/v1/me", headers=hoa.headers).json
    assert answer is not None
    return answer["follow_up"]


def send(
    client: FlaskClient,
    person: Person,
    case_id: str,
    clock: SetClock,
    answers: Any = WELL,
    **more: Any,
) -> Any:
    body = {"case": case_id, "on": TODAY.isoformat(), "answers": answers} | more
    told = {"key": new_id(clock.at), "kind": "follow_up", "made_at": clock.at.isoformat()}
    answer = client.post(
        "/api/v1/commands", json={"commands": [told | {"body": body}]}, headers=person.headers
    ).json
    assert answer is not None
    return answer["results"][0]


def test_the_phone_asks_once(
    client: FlaskClient, hoa: Person, case_id: str, clock: SetClock, session: Session
) -> None:
    assert asked(client, hoa) == {"case": case_id, "on": TODAY.isoformat()}
    assert send(client, hoa, case_id, clock)["outcome"] == "applied"
    assert asked(client, hoa) is None
    days = session.scalars(select(FollowUpDay)).all()
    assert [(each.on, each.source, each.level) for each in days] == [(TODAY, "form", "green")]


def test_nothing_more_is_asked_where_a_shift_of_today_asks(
    client: FlaskClient, hoa: Person, case_id: str
) -> None:
    plan_due_duties()
    assert case_id
    assert asked(client, hoa) is None


def test_who_is_not_in_follow_up_is_not_asked(
    client: FlaskClient, cast: Cast, case_id: str
) -> None:
    assert case_id
    assert asked(client, cast.sao_bac.people["anh"]) is None


def test_signs_on_a_day_off_raise_the_level_by_the_next_shift_planned(
    client: FlaskClient,
    write: Write,
    cast: Cast,
    hoa: Person,
    case_id: str,
    clock: SetClock,
    session: Session,
) -> None:
    write(lambda s: expect_tomorrow(s, cast.sao_bac.id, hoa.id))
    assert asked(client, hoa) is not None
    assert send(client, hoa, case_id, clock, FEVER)["outcome"] == "applied"
    standing = find_standing(session, hoa.id)
    assert standing is not None
    assert standing.level == "red"
    assert sorted(tasks_of(session, case_id)) == ["call", "isolate", "test"]


def expect_tomorrow(session: Session, company_id: int, worker_id: str) -> None:
    session.add(
        Duty(
            worker_id=worker_id,
            shift_on=TODAY + timedelta(days=1),
            shift="ca1",
            company_id=company_id,
            branch_id=session.get_one(Worker, worker_id).branch_id,
            state="expected",
            version=0,
        )
    )


def test_signs_without_any_shift_ahead_ask_for_a_call(
    client: FlaskClient, hoa: Person, case_id: str, clock: SetClock, session: Session
) -> None:
    assert send(client, hoa, case_id, clock, FEVER)["outcome"] == "applied"
    case = case_of(session, hoa)
    assert case.level == "red"
    assert tasks_of(session, case_id) == ["call", "isolate", "test"]


def test_an_answer_after_the_end_is_refused_in_the_workers_words(
    client: FlaskClient, write: Write, cast: Cast, hoa: Person, case_id: str, clock: SetClock
) -> None:
    hanh = as_actor(cast.sao_bac.people["hanh"])
    write(lambda s: ending.close_case(s, case_id, "Không phải F1", actor=hanh, now=clock.at))
    refused = send(client, hoa, case_id, clock)
    assert (refused["outcome"], refused["code"]) == ("refused", "cases.no_longer_asked")
    assert "không cần trả lời nữa" in refused["message"]


def test_nobody_answers_for_somebody_elses_case(
    client: FlaskClient, cast: Cast, case_id: str, clock: SetClock, session: Session
) -> None:
    for name in ("anh", "hanh"):
        refused = send(client, cast.sao_bac.people[name], case_id, clock)
        assert (refused["outcome"], refused["code"]) == ("refused", "not_found")
    assert session.scalars(select(FollowUpDay)).all() == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"case": "x"}, "fields.missing"),
        ({"on": "hôm nay"}, "fields.day_wanted"),
        ({"answers": None}, "fields.object_wanted"),
        ({"answers": {"symptoms": ["unknown"]}}, "checkins.unknown_symptom"),
        ({"on": "2026-11-20"}, "cases.no_longer_asked"),
    ],
)
def test_what_cannot_be_read_is_refused(
    client: FlaskClient, hoa: Person, case_id: str, clock: SetClock, more: Any, code: str
) -> None:
    refused = send(client, hoa, case_id, clock, **more)
    assert refused["outcome"] == "refused"
    assert code in str(refused)


def test_who_did_not_agree_to_the_notice_is_not_kept(
    client: FlaskClient, write: Write, hoa: Person, case_id: str, clock: SetClock
) -> None:
    write(lambda s: record_consent(s, hoa.id, "1", agreed=False, actor=STORY, now=clock.at))
    assert send(client, hoa, case_id, clock)["code"] == "checkins.consent_needed"


def inbox(client: FlaskClient, person: Person) -> list[str]:
    answer = client.get("/api/v1/inbox", headers=person.headers).json
    return [each["text"] for each in answer or []]


def test_the_inbox_asks_once_a_day_and_no_more_when_the_person_was_heard(
    client: FlaskClient, hoa: Person, case_id: str, clock: SetClock, session: Session
) -> None:
    assert ask_due_days() == 0  # ten past five
    clock.move(hours=2)
    assert [ask_due_days() for _ in range(2)] == [1, 0]
    send_due_deliveries()
    assert inbox(client, hoa) == ["Hôm nay bạn thấy thế nào? Mở trang Khai báo và trả lời một lần."]
    assert send(client, hoa, case_id, clock)["outcome"] == "applied"
    assert {each.status for each in session.scalars(select(Delivery))} == {"read"}


def test_closing_stops_what_was_not_read_yet(
    client: FlaskClient,
    write: Write,
    cast: Cast,
    hoa: Person,
    case_id: str,
    clock: SetClock,
    session: Session,
) -> None:
    clock.move(hours=2)
    ask_due_days()
    hanh = as_actor(cast.sao_bac.people["hanh"])
    write(lambda s: ending.close_case(s, case_id, "Không phải F1", actor=hanh, now=clock.at))
    send_due_deliveries()
    assert inbox(client, hoa) == []
    assert {each.status for each in session.scalars(select(Delivery))} == {"cancelled"}
    assert ask_due_days() == 0


def test_who_did_not_agree_to_the_notice_is_not_written_to(
    write: Write, hoa: Person, case_id: str, clock: SetClock
) -> None:
    write(lambda s: record_consent(s, hoa.id, "1", agreed=False, actor=STORY, now=clock.at))
    clock.move(hours=2)
    assert case_id
    assert ask_due_days() == 0


def test_who_has_a_shift_today_gets_no_message_of_the_case(
    hoa: Person, case_id: str, clock: SetClock, session: Session
) -> None:
    plan_due_duties()
    clock.move(hours=2)
    assert case_id
    assert ask_due_days() == 0
    assert session.scalars(select(Delivery)).all() == []
