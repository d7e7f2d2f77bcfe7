"""`demo load`: a believable park, the same for the same seed, and never over somebody's data."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import check_pin, check_secret
from app.cases.models import CaseEntry, FollowUpCase
from app.checkins.models import CheckIn, Clearance, Duty, HealthState, ShiftCount
from app.checkins.queries.duties import list_missing
from app.demo.actions.rows import ORDER
from app.extensions import db
from app.feedback.models import Feedback, FeedbackEntry
from app.kernel.clock import local_day
from app.notices.models import Notice
from app.notices.queries.progress import count_progress
from app.risk.queries.assessments import list_places
from app.workforce.models import Membership, Worker, WorkGroup
from app.workforce.queries.schedules import facts_by_worker
from app.workforce.rules.shifts import next_shift
from tests.conftest import Node

SMALL = ("--workers", "160", "--days", "9", "--seed", "3")
DRAWN_ANEW = {"secret_hash", "pin_hash"}
# Their ids are drawn as in everybody's park, not out of the seed.
DONE_BY_ACTIONS = ("reminders.", "cases.", "risk.", "notices.", "feedback.")
DEVICE = {"device": {"id": "d1", "label": "test"}}


def run(node: Node, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = node.app.test_cli_runner().invoke(args=["demo", "load", *arguments, "--json"])
    assert done.output, done.exc_info
    return done.exit_code, json.loads(done.output)


def everything(node: Node) -> dict[str, list[str]]:
    with node.app.app_context():
        return {
            model.__tablename__: sorted(
                repr([value for name, value in row._mapping.items() if name not in DRAWN_ANEW])
                for row in db.session.execute(select(model.__table__))
                if not str(row._mapping.get("act", "")).startswith(DONE_BY_ACTIONS)
            )
            for model in (Branch, *ORDER, ShiftCount)
        }


def test_the_same_seed_gives_the_same_park_and_another_seed_another(node: Node) -> None:
    parks = []
    for seed in ("3", "3", "4"):
        node.empty()
        assert run(node, *SMALL[:-1], seed)[0] == 0
        parks.append(everything(node))
    for table, rows in parks[0].items():
        assert parks[1][table] == rows, table
    assert parks[2]["worker"] != parks[0]["worker"]


def test_a_past_notice_was_sent_and_mostly_read_the_same_for_the_same_seed(node: Node) -> None:
    told = []
    for _twice in range(2):
        node.empty()
        assert run(node, *SMALL)[0] == 0
        with node.app.app_context():
            notice = db.session.scalars(select(Notice)).one()
            assert notice.state == "sent"
            progress = count_progress(db.session(), notice)
            assert progress.audience > progress.read > progress.audience // 2
            told.append(progress)
    assert told[0] == told[1]


def test_every_account_of_the_answer_signs_in(node: Node) -> None:
    code, told = run(node, *SMALL)
    roles = [account["role"] for account in told["accounts"]]
    assert code == 0
    assert roles == ["worker", "team_member", "safety_officer", "gate", "park_manager", "admin"]
    for account in told["accounts"]:
        body = {key: value for key, value in account.items() if key != "role"} | DEVICE
        answer = node.app.test_client().post("/api/v1/sign-in", json=body)
        assert answer.status_code == 200, (account, answer.text)
        assert account["role"] in answer.json["roles"]
        assert not answer.json["pin_must_change"]
        if "login" in account:
            check_secret(account["secret"], account["login"])
        else:
            check_pin(account["pin"], account["badge"])


def test_a_province_gets_its_accounts_and_no_workers(province: Node) -> None:
    code, told = run(province, *SMALL)
    roles = [each["role"] for each in told["accounts"]]
    assert (code, roles) == (0, ["province_staff", "province_staff", "admin"])  # one approves
    for account in told["accounts"]:
        body = {key: account[key] for key in ("login", "secret")} | DEVICE
        assert province.app.test_client().post("/api/v1/sign-in", json=body).status_code == 200
    board = province.app.test_client().get("/bulletins").text
    assert (board.count("Thêm 8 ca mới"), board.count("Đã sửa")) == (2, 1)
    assert run(province, *SMALL)[1]["code"] == "demo.not_empty"


def test_a_database_that_holds_anything_is_refused_and_left_alone(node: Node) -> None:
    assert run(node, *SMALL)[0] == 0
    before = everything(node)
    code, told = run(node, *SMALL)
    assert (code, told["code"]) == (1, "demo.not_empty")
    assert everything(node) == before


@pytest.mark.parametrize("arguments", [("--workers", "20"), ("--days", "0")])
def test_a_park_without_people_or_days_is_refused(node: Node, arguments: tuple[str, str]) -> None:
    done = node.app.test_cli_runner().invoke(args=["demo", "load", *SMALL, *arguments, "--json"])
    assert done.exit_code in {1, 2}


def test_the_demo_worker_has_a_next_shift_and_has_not_answered_it(
    node: Node, session: Session
) -> None:
    zone = node.app.config["SETTINGS"].timezone
    for hour in (2, 7, 11, 18):
        session.rollback()
        node.empty()
        node.clock.at = datetime(2026, 11, 24, hour, 20, tzinfo=UTC)
        told = run(node, *SMALL)[1]
        account = next(each for each in told["accounts"] if each["role"] == "worker")
        hoa = session.scalars(select(Worker).where(Worker.badge == account["badge"])).one()
        today = local_day(node.clock.at, zone)
        days = timedelta(days=30)
        facts = facts_by_worker(session, hoa.company_id, [hoa.id], today - days, today + days)
        shift = next_shift(node.clock.at, facts[hoa.id], zone)
        assert shift is not None
        duty = session.get(Duty, (hoa.id, shift.on, shift.shift))
        assert duty is not None
        assert duty.state == "expected"
        assert session.get(HealthState, hoa.id) is None


def test_nothing_happens_in_the_future_and_today_is_only_partly_answered(
    node: Node, session: Session
) -> None:
    node.clock.at = datetime(2026, 11, 24, 2, 20, tzinfo=UTC)
    run(node, *SMALL)
    now, today = node.clock.at, local_day(node.clock.at, node.app.config["SETTINGS"].timezone)
    assert not session.scalars(select(CheckIn).where(CheckIn.received_at > now)).all()
    assert not session.scalars(select(Clearance).where(Clearance.at > now)).all()
    states = set(session.scalars(select(Duty.state).where(Duty.shift_on == today)))
    assert {"answered", "expected"} <= states
    tomorrow = session.scalars(select(Duty).where(Duty.shift_on > today)).all()
    assert {duty.shift_on - today for duty in tomorrow} == {timedelta(days=1), timedelta(days=2)}


def test_a_later_present_only_adds_to_what_had_happened(node: Node, session: Session) -> None:
    seen = []
    for hour in (1, 9):
        node.empty()
        node.clock.at = datetime(2026, 11, 24, hour, 20, tzinfo=UTC)
        run(node, *SMALL)
        rows = session.execute(select(CheckIn.worker_id, CheckIn.received_at, CheckIn.version))
        seen.append({tuple(row) for row in rows})
        session.rollback()
    assert seen[0] < seen[1]


def test_a_park_of_the_past_ends_with_its_last_day(node: Node, session: Session) -> None:
    run(node, *SMALL, "--until", "2026-11-10")
    days = session.scalars(select(Duty.shift_on).distinct()).all()
    assert max(days).isoformat() == "2026-11-10"
    assert (max(days) - min(days)).days == 8
    assert session.scalar(select(CheckIn.id).limit(1))


def test_the_park_has_its_stories(node: Node, session: Session) -> None:
    node.clock.at = datetime(2026, 11, 24, 2, 20, tzinfo=UTC)
    assert run(node, "--workers", "500", "--days", "12", "--seed", "1")[0] == 0
    company = {row.code: row for row in session.scalars(select(Branch)) if row.kind == "company"}
    newest = {
        code: max(
            session.scalars(
                select(CheckIn.received_at)
                .join(Worker, Worker.id == CheckIn.worker_id)
                .where(Worker.company_id == row.id)
            )
        )
        for code, row in company.items()
    }
    silent = [code for code, at in newest.items() if node.clock.at - at > timedelta(days=3)]
    assert silent == ["TIENPHAT"]
    small = session.scalars(
        select(ShiftCount.expected).where(ShiftCount.branch_id == company["KHOVAN"].id)
    )
    assert 0 < max(small) < 10
    shifts = set(
        session.scalars(select(Duty.shift).where(Duty.company_id == company["SONGCAU"].id))
    )
    assert shifts == {"day12", "night12"}
    line = session.scalars(select(Branch).where(Branch.name == "Chuyền 7")).first()
    assert line is not None
    ill = session.scalars(
        select(HealthState)
        .join(Worker, Worker.id == HealthState.worker_id)
        .where(HealthState.level == "red")
    ).all()
    on_line = [each for each in ill if session.get_one(Worker, each.worker_id).branch_id == line.id]
    assert len(on_line) >= 5
    assert len(ill) > len(on_line)
    assert list_missing(session, ["/"], local_day(node.clock.at, UTC), ["ca1", "office"])


def test_most_safety_teams_are_full_and_some_are_short(node: Node, session: Session) -> None:
    run(node, "--workers", "900", "--days", "1", "--seed", "1")
    teams = session.scalars(select(WorkGroup.id).where(WorkGroup.kind == "safety_team")).all()
    held = session.scalars(select(Membership.group_id)).all()
    sizes = [held.count(team) for team in teams]
    assert sum(size >= 3 for size in sizes) > len(sizes) / 2
    assert min(sizes) < 3


def test_the_officer_has_worked_on_cases_and_nothing_of_it_lies_in_the_future(
    node: Node, session: Session
) -> None:
    node.clock.at = datetime(2026, 11, 24, 9, 20, tzinfo=UTC)
    run(node, *SMALL)
    cases = session.scalars(select(FollowUpCase)).all()
    assert {case.closed_at is None for case in cases} == {True, False}
    assert any(case.owner_id for case in cases if case.closed_at is None)
    assert all(case.opened_at <= node.clock.at for case in cases)
    entries = session.scalars(select(CaseEntry)).all()
    assert {"open", "assign", "finish_task", "follow_up", "close"} <= {each.act for each in entries}
    assert max(each.at for each in entries) <= node.clock.at
    standing = set(session.scalars(select(HealthState.worker_id)))
    assert {case.worker_id for case in cases if case.closed_at is None} <= standing


def test_feedback_came_under_names_and_without_and_some_of_it_was_answered(
    node: Node, session: Session
) -> None:
    node.clock.at = datetime(2026, 11, 24, 9, 20, tzinfo=UTC)
    run(node, *SMALL)
    notes = session.scalars(select(Feedback)).all()
    assert {note.source for note in notes} == {"app", "anonymous", "hotline"}
    assert {"new", "taken_up", "answered"} <= {note.state for note in notes}
    assert any(note.same_as for note in notes)
    assert all(note.worker_id is None for note in notes if note.source == "anonymous")
    assert max(note.created_on for note in notes) <= node.clock.at.date()
    assert max(each.at for each in session.scalars(select(FeedbackEntry))) <= node.clock.at


def test_most_companies_were_scored_twice_and_one_in_seven_never(
    node: Node, session: Session
) -> None:
    run(node, *SMALL)
    ids = session.scalars(select(Branch.id).where(Branch.kind == "company")).all()
    places = [place for place in list_places(session, ["/"]) if place.kind == "company"]
    assert len(places) == len(ids)
    assert sum(1 for place in places if place.scored is None) == len(ids) // 7
    assert all(len(place.trend) == 2 for place in places if place.scored)
