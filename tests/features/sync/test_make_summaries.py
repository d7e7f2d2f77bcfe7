"""Summaries of a park: made when due, out of the figures as they are, telling on nobody."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import BranchKind, Role
from app.checkins.actions.answers import record_check_in
from app.checkins.actions.duties import plan_duties
from app.checkins.models import ShiftCount
from app.checkins.rules import Counts
from app.checkins.rules.requests import CheckInRequest
from app.kernel.actors import Actor
from app.sync.gateways.signing import payload_of
from app.workforce.actions.sites import unit_named
from app.workforce.models import Holiday
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import SetClock
from tests.factories.people import (
    Cast,
    Person,
    make_company,
    make_officer,
    make_park,
    make_worker,
)
from tests.features.sync.conftest import ON, Park, Peer


@pytest.fixture
def two_firms(park: Park, clock: SetClock) -> Cast:
    """Two companies of which nobody is expected yet, and who may read their summaries."""

    def work(session: Session) -> Cast:
        root = make_park(session, clock.at)
        firms = [
            make_company(session, root, "SAOBAC", "Điện tử Sao Bắc", clock.at),
            make_company(session, root, "MINHTRI", "Điện tử Minh Trí", clock.at),
        ]
        officer = make_officer(
            session, firms[0].id, Role.SAFETY_OFFICER, "hanh", "Nguyễn Thị Hạnh", clock.at
        )
        firms[0].people["hanh"] = officer
        people = {
            "lam": make_officer(
                session, root.id, Role.PARK_MANAGER, "lam", "Trần Văn Lâm", clock.at
            ),
            "an": make_officer(session, root.id, Role.ADMIN, "an", "Phạm Quốc An", clock.at),
        }
        return Cast(root.id, *firms, people)

    return park.run(work)


FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}
WELL: dict[str, Any] = {"symptoms": [], "temperature_c": None, "exposures": {}}
Body = dict[str, Any]


def figures(green: int = 0, amber: int = 0, red: int = 0, silent: int = 0) -> Counts:
    answered = green + amber + red
    return Counts(answered + silent, answered, answered, green=green, amber=amber, red=red)


def at(clock: SetClock, hour: int, minute: int = 0, day: int = 0) -> None:
    """Set the clock to an hour in the park on the day of the story, or days later."""
    midnight = clock.at.replace(year=2026, month=11, day=23, hour=17, minute=0)
    clock.at = midnight + timedelta(days=day, hours=hour, minutes=minute)


def row(body: Body, code: str) -> Body | None:
    return next((each for each in body["companies"] if each["code"] == code), None)


def made(park: Park) -> list[tuple[str | None, int, bool]]:
    return [(each.shift, each.revision, each.final) for each in park.make()]


def logged(park: Park) -> list[Body]:
    return [payload_of(compact.encode())["body"] for *_, compact in park.entries()]


def test_each_shift_becomes_final_an_hour_after_it_began_and_goes_into_the_log(
    park: Park, two_firms: Cast, clock: SetClock
) -> None:
    park.count(two_firms.sao_bac.id, figures(20, 2, 1, silent=7), symptoms=["cough", "fever"])
    park.count(two_firms.sao_bac.id, figures(0, silent=15), shift="ca2")
    at(clock, 6, 59)
    assert made(park) == []
    at(clock, 7)
    assert made(park) == [("ca1", 1, True)]
    assert made(park) == []
    body = park.bodies()[ON.isoformat(), "ca1"]
    assert logged(park) == [body]
    assert row(body, "SAOBAC") == {
        "code": "SAOBAC",
        "expected": 30,
        "answered": 23,
        "on_time": 23,
        "absent": 0,
        "not_asked": 0,
        "not_answered": 7,
        "green": 20,
        "amber": 2,
        "red": 1,
        "symptoms": {"cough": 1, "fever": 1},
        "cases_open": 0,
        "reminders_sent": 0,
        "reminders_read": 0,
        "teams_staffed": 0,
        "teams_needed": 0,
        "hidden": False,
    }
    assert (body["starts_at"], body["ends_at"]) == (
        "2026-11-23T23:00:00+00:00",
        "2026-11-24T07:00:00+00:00",
    )


def test_the_day_goes_up_as_it_stands_at_ten_and_four_and_is_final_with_its_last_shift(
    park: Park, two_firms: Cast, clock: SetClock
) -> None:
    park.count(two_firms.sao_bac.id, figures(12))
    park.count(two_firms.sao_bac.id, figures(0, silent=15), shift="ca2")
    at(clock, 7)
    assert made(park) == [("ca1", 1, True)]
    at(clock, 10)
    assert made(park) == [(None, 1, False)]  # the shift says nothing new
    at(clock, 15)
    assert made(park) == [("ca2", 1, True), (None, 2, True)]
    total = row(park.bodies()[ON.isoformat(), None], "SAOBAC")
    assert total is not None
    assert (total["expected"], total["green"], total["not_answered"]) == (27, 12, 15)
    at(clock, 16)
    assert made(park) == []


def test_what_changes_after_the_cut_off_makes_a_revision_and_only_one(
    park: Park, two_firms: Cast, clock: SetClock
) -> None:
    park.count(two_firms.sao_bac.id, figures(12, silent=5))
    at(clock, 7)
    park.make()
    at(clock, 8)
    park.count(two_firms.sao_bac.id, figures(3, silent=-3))
    assert made(park) == []
    at(clock, 10)
    assert made(park) == [("ca1", 2, True), (None, 2, True)]
    assert made(park) == []
    assert [body["revision"] for body in logged(park) if body["shift"]] == [1, 2]
    found = row(park.bodies()[ON.isoformat(), "ca1"], "SAOBAC")
    assert found is not None
    assert (found["green"], found["not_answered"]) == (15, 2)


def test_an_answer_that_was_days_on_a_phone_still_reaches_the_province(
    park: Park, two_firms: Cast, clock: SetClock
) -> None:
    park.count(two_firms.sao_bac.id, figures(12, silent=5))
    at(clock, 10, day=1)
    assert made(park) == [("ca1", 1, True), (None, 1, True)]
    at(clock, 11, day=5)
    park.count(two_firms.sao_bac.id, figures(1, silent=-1))
    assert made(park) == []
    at(clock, 16, day=5)
    assert made(park) == [("ca1", 2, True), (None, 2, True)]
    assert made(park) == []
    at(clock, 10, day=6)
    assert made(park) == []


def test_a_shift_that_turns_up_days_later_changes_the_days_total(
    park: Park, two_firms: Cast, clock: SetClock
) -> None:
    park.count(two_firms.sao_bac.id, figures(12))
    at(clock, 10, day=1)
    park.make()
    at(clock, 11, day=4)
    park.count(two_firms.minh_tri.id, figures(11), shift="ca3")
    assert made(park) == [("ca3", 1, True), (None, 2, True)]
    total = row(park.bodies()[ON.isoformat(), None], "MINHTRI")
    assert total is not None
    assert total["green"] == 11


def test_two_who_make_at_once_make_it_once(park: Park, two_firms: Cast, clock: SetClock) -> None:
    park.count(two_firms.sao_bac.id, figures(12))
    at(clock, 7)
    threads = [threading.Thread(target=park.make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(park.entries()) == 2  # the shift and, as it is the last one, the day


def test_small_companies_show_no_health_and_are_merged_when_that_tells_on_nobody(
    park: Park, two_firms: Cast, clock: SetClock
) -> None:
    park.count(two_firms.sao_bac.id, figures(8, 1), symptoms=["cough"])
    park.count(two_firms.minh_tri.id, figures(9))
    at(clock, 7)
    park.make()
    body = park.bodies()[ON.isoformat(), "ca1"]
    for code in ("SAOBAC", "MINHTRI"):
        small = row(body, code)
        assert small is not None
        assert small["hidden"] is True
        assert [small[name] for name in ("green", "amber", "red", "symptoms")] == [None] * 4
        assert small["answered"] == 9
    merged = row(body, "*")
    assert merged is not None
    assert (merged["green"], merged["amber"], merged["symptoms"]) == (17, 1, {"cough": 1})


def test_a_single_small_company_is_never_merged_with_itself(
    park: Park, two_firms: Cast, clock: SetClock
) -> None:
    park.count(two_firms.sao_bac.id, figures(8, 1))
    park.count(two_firms.minh_tri.id, figures(30, 2))
    at(clock, 7)
    park.make()
    body = park.bodies()[ON.isoformat(), "ca1"]
    assert row(body, "*") is None
    assert (row(body, "SAOBAC") or {})["amber"] is None


def test_one_more_answer_between_two_revisions_does_not_tell_who_gave_it(
    park: Park, two_firms: Cast, clock: SetClock
) -> None:
    park.count(two_firms.sao_bac.id, figures(6))
    park.count(two_firms.minh_tri.id, figures(6, silent=1))
    at(clock, 7)
    park.make()
    at(clock, 8)
    park.count(two_firms.minh_tri.id, figures(0, 1, silent=-1))
    at(clock, 10)
    park.make()
    body = park.bodies()[ON.isoformat(), "ca1"]
    merged = row(body, "*")
    assert body["revision"] == 2
    assert merged is not None
    assert (merged["green"], merged["amber"], merged["revision"]) == (12, 0, 1)


def test_companies_without_figures_are_missing_unless_nobody_should_work(
    park: Park, two_firms: Cast, clock: SetClock
) -> None:
    """Minh Trí's people are on shift 1 every day, and nothing is known of them."""

    def newcomers(session: Session) -> None:
        root = session.get_one(Branch, two_firms.park_id)
        company = session.get_one(Branch, two_firms.minh_tri.id)
        line = unit_named(session, company, BranchKind.LINE, "Chuyền 1", now=clock.at)
        make_worker(session, line, "MT-00001", "Trần Văn Bình", clock.at, pin=None)
        session.execute(delete(ShiftCount))
        make_company(session, root, "TRONG", "Công ty chưa có danh sách", clock.at)
        resting = make_company(session, root, "NGHI", "Công ty nghỉ lễ", clock.at)
        session.add(Holiday(branch_id=resting.id, on=ON, name="Nghỉ bù"))

    park.run(newcomers)
    park.count(two_firms.sao_bac.id, figures(12))
    park.count(two_firms.sao_bac.id, figures(12), shift="ca2")
    at(clock, 15)
    park.make()
    assert park.bodies()[ON.isoformat(), "ca1"]["missing"] == ["MINHTRI", "TRONG"]
    assert park.bodies()[ON.isoformat(), "ca2"]["missing"] == ["TRONG"]
    assert park.bodies()[ON.isoformat(), None]["missing"] == ["MINHTRI", "TRONG"]


def test_the_figures_are_those_of_the_answers(park: Park, two_firms: Cast, clock: SetClock) -> None:
    settings = park.node.app.config["SETTINGS"]

    def morning(session: Session) -> None:
        company = session.get_one(Branch, two_firms.sao_bac.id)
        line = unit_named(session, company, BranchKind.LINE, "Chuyền 3", now=clock.at)
        everybody = [
            make_worker(session, line, f"SB-3{n:04}", f"Nguyễn Văn {n}", clock.at, pin=None)
            for n in range(12)
        ]
        ids = [each.id for each in everybody]
        plan_duties(session, company.id, ids, ON, ON, now=clock.at)
        for person, answers in zip(everybody[:11], [FEVER] + [WELL] * 10, strict=True):
            request = CheckInRequest(person.id, ON, ShiftCode.CA1, answers, clock.at)
            actor = Actor(person.id, person.name, worker_id=person.id)
            record_check_in(session, request, settings=settings, actor=actor, now=clock.at)

    park.run(morning)
    at(clock, 7)
    park.make()
    found = row(park.bodies()[ON.isoformat(), "ca1"], "SAOBAC")
    assert found is not None
    assert (found["expected"], found["answered"], found["not_answered"]) == (12, 11, 1)
    assert (found["green"], found["red"], found["symptoms"]["cough"]) == (10, 1, 1)
    assert "Nguyễn" not in str(logged(park))
    assert "SB-" not in str(logged(park))


def test_a_revision_replaces_the_lower_one_at_the_province_whatever_comes_first(
    park: Park, centre: Peer, two_firms: Cast, clock: SetClock, staff: dict[str, str]
) -> None:
    park.enrol_at(centre)
    park.count(two_firms.sao_bac.id, figures(12, silent=5))
    at(clock, 7)
    park.make()
    park.push()
    at(clock, 10)
    centre.node.clock.at = clock.at
    park.count(two_firms.sao_bac.id, figures(3, silent=-3))
    park.make()
    park.push()
    assert centre.bodies() == park.bodies()
    assert centre.bodies()[ON.isoformat(), "ca1"]["revision"] == 2
    centre.node.clock.at = clock.at + timedelta(minutes=5)
    client = centre.node.app.test_client()
    (told,) = client.get("/api/v1/parks", headers=staff).json
    assert set(told) == {"node", "name", "as_of", "lag_seconds", "accepted_through", "latest"}
    assert (told["name"], told["lag_seconds"], told["accepted_through"]) == (
        "KCN Vân Trung",
        300,
        4,
    )
    assert told["as_of"] == "2026-11-24T10:00:00+07:00"
    assert told["latest"] == park.bodies()[ON.isoformat(), None]


def test_a_park_without_any_summary_has_no_freshness_and_not_zero(
    park: Park, centre: Peer, staff: dict[str, str]
) -> None:
    park.enrol_at(centre)
    (told,) = centre.node.app.test_client().get("/api/v1/parks", headers=staff).json
    assert (told["as_of"], told["lag_seconds"], told["latest"]) == (None, None, None)


def test_a_summary_shows_whether_it_went_up(
    park: Park, centre: Peer, two_firms: Cast, clock: SetClock, client: FlaskClient
) -> None:
    park.enrol_at(centre)
    park.count(two_firms.sao_bac.id, figures(12))
    at(clock, 7)
    park.make()
    headers = two_firms.people["lam"].headers
    states = []
    for _ in range(2):
        answer = client.get("/api/v1/summaries?on=2026-11-24", headers=headers).json
        states.append([(each["shift"], each["state"]) for each in answer["summaries"]])
        park.push()
    assert states[0] == [(None, "waiting"), ("ca1", "waiting")]
    assert states[1] == [(None, "accepted"), ("ca1", "accepted")]


def test_a_company_reads_its_own_row_only(
    park: Park, two_firms: Cast, clock: SetClock, client: FlaskClient
) -> None:
    park.count(two_firms.sao_bac.id, figures(6))
    park.count(two_firms.minh_tri.id, figures(6))
    at(clock, 7)
    park.make()

    def told(person: Person) -> list[list[str]]:
        answer = client.get("/api/v1/summaries?on=today", headers=person.headers)
        assert answer.status_code == 200
        return [[row["code"] for row in body["companies"]] for body in answer.json["summaries"]]

    assert told(two_firms.people["lam"]) == [["MINHTRI", "SAOBAC", "*"]] * 2
    assert told(two_firms.sao_bac.people["hanh"]) == [["SAOBAC"]] * 2
    admin = two_firms.people["an"].headers
    assert client.get("/api/v1/summaries", headers=admin).status_code == 403


@pytest.mark.parametrize("on", ["yesterday", "2026-13-01", ""])
def test_a_day_that_is_none_is_refused(
    park: Park, two_firms: Cast, client: FlaskClient, on: str
) -> None:
    answer = client.get(f"/api/v1/summaries?on={on}", headers=two_firms.people["lam"].headers)
    assert (answer.status_code, answer.json["code"]) == (422, "fields.invalid")


def test_a_day_may_be_made_by_itself(park: Park, two_firms: Cast, clock: SetClock) -> None:
    for day in (ON, ON - timedelta(days=1)):
        park.count(two_firms.sao_bac.id, figures(12), on=day)
    at(clock, 8)
    assert {each.on for each in park.make(ON - timedelta(days=1))} == {date(2026, 11, 23)}
    assert {each.on for each in park.make()} == {ON}
