"""The board of today: true figures, only one's own people, every look kept."""

import contextlib
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from app.accounts.models import Branch
from app.audit.models import AuditEntry
from app.checkins.actions.answers import record_check_in
from app.checkins.actions.levels import clear_level, mark_absent, unmark_absent
from app.checkins.jobs import plan_due_duties
from app.checkins.models import CheckIn, Duty, HealthState
from app.checkins.rules import DutyState, Level
from app.checkins.rules.requests import CheckInRequest
from app.dashboards.queries.today import get_figures
from app.kernel.actors import Actor
from app.kernel.refusals import Refusal
from app.web.transaction import transact
from app.workforce.models import Worker
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import Node, SetClock
from tests.factories.people import Cast, Person, make_worker

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Any], Any]], Any]
TODAY = date(2026, 11, 24)
WELL = {"symptoms": [], "temperature_c": None, "exposures": {}}
RUNNY = {"symptoms": ["runny_nose"], "temperature_c": None, "exposures": {}}
FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}


def answer(session: Any, worker_id: str, answers: Any, app: Flask, clock: SetClock) -> None:
    """A check-in for today's first shift."""
    request = CheckInRequest(worker_id, TODAY, ShiftCode.CA1, answers, clock.at)
    record_check_in(
        session,
        request,
        settings=app.config["SETTINGS"],
        actor=Actor(worker_id, "", worker_id=worker_id),
        now=clock.at,
    )


@pytest.fixture
def told(write: Write, in_app: Flask, clock: SetClock) -> Callable[..., None]:
    """Somebody answered for today's first shift."""

    def tell(person: Person, answers: Any = WELL) -> None:
        write(lambda s: answer(s, person.id, answers, in_app, clock))

    return tell


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def looks(session: Any, page: str = "today") -> list[list[str]]:
    """The people whom looks at a page showed."""
    session.rollback()
    rows = session.scalars(
        select(AuditEntry.details)
        .where(AuditEntry.act == "health.viewed")
        .order_by(AuditEntry.at, AuditEntry.id)
    )
    return [row["workers"] for row in rows if row["page"] == page]


def test_an_officer_sees_the_company_and_a_team_member_the_own_line(
    cast: Cast, enter: Enter, told: Callable[..., None]
) -> None:
    told(cast.sao_bac.people["hoa"], FEVER)
    told(cast.sao_bac.people["men"], RUNNY)
    told(cast.minh_tri.people["binh"], FEVER)
    officer = enter(cast.sao_bac.people["hanh"]).get("/today").text
    assert "Nguyễn Thị Hoa" in officer
    assert "Giáp Thị Mến" in officer
    assert "Trần Văn Bình" not in officer
    team = enter(cast.sao_bac.people["nhung"]).get("/today").text
    assert "Nguyễn Thị Hoa" in team
    assert "Giáp Thị Mến" not in team
    assert "Chuyền 7" not in team
    for address in ("/today/standing", "/today/missing", "/today/absent"):
        page = enter(cast.sao_bac.people["nhung"]).get(address).text
        assert "Giáp Thị Mến" not in page
        assert "Trần Văn Bình" not in page


def test_a_park_manager_sees_no_board(cast: Cast, enter: Enter) -> None:
    browser = enter(cast.people["lam"])
    for address in ("/today", "/today/standing", "/today/missing", "/today/absent"):
        assert browser.get(address).status_code == 403


def test_a_list_cannot_be_narrowed_to_somebody_elses_unit(cast: Cast, enter: Enter) -> None:
    own, other = cast.sao_bac.lines["Chuyền 3"], cast.sao_bac.lines["Chuyền 7"]
    browser = enter(cast.sao_bac.people["nhung"])
    assert browser.get(f"/today/missing?unit={own}").status_code == 200
    assert browser.get(f"/today/missing?unit={other}").status_code == 404


def test_every_look_keeps_whom_it_showed_and_refreshing_is_the_same_look(
    cast: Cast, enter: Enter, told: Callable[..., None], session: Any, clock: SetClock
) -> None:
    told(cast.sao_bac.people["hoa"], FEVER)
    browser = enter(cast.sao_bac.people["hanh"])
    browser.get("/today")
    (first,) = looks(session)
    people = cast.sao_bac.people
    assert set(first) == {people[name].id for name in ("hoa", "anh", "men", "nhung")}
    clock.move(seconds=20)
    browser.get("/today", headers={"X-Refresh": "board"})
    assert len(looks(session)) == 1
    for _ in range(4):
        clock.move(minutes=10)
        browser.get("/settings/rules")  # somebody is there: the session goes on
    browser.get("/today", headers={"X-Refresh": "board"})
    assert len(looks(session)) == 2
    browser.get("/today/standing")
    assert looks(session, "standing") == [[people["hoa"].id]]
    browser.get("/today/missing")
    assert len(looks(session, "missing")[0]) == 3


def test_signs_temperature_and_a_wrong_clock_are_told_in_words(
    cast: Cast, enter: Enter, told: Callable[..., None], write: Write
) -> None:
    told(cast.sao_bac.people["hoa"], FEVER)

    def disturb(session: Any) -> None:
        session.scalars(select(CheckIn)).one().clock_suspect = True

    write(disturb)
    page = enter(cast.sao_bac.people["hanh"]).get("/today").text
    assert "38,4\u00a0°C, ho" in page
    assert "đồng hồ điện thoại sai giờ" in page
    assert "quy tắc đề xuất" in page


def test_who_stands_at_red_stays_listed_after_the_answer_was_purged(
    cast: Cast, enter: Enter, told: Callable[..., None], write: Write
) -> None:
    told(cast.sao_bac.people["hoa"], FEVER)
    write(lambda s: s.execute(delete(CheckIn)))
    page = enter(cast.sao_bac.people["hanh"]).get("/today/standing").text
    assert "Nguyễn Thị Hoa" in page


def test_clearing_needs_a_reason_and_comes_back_to_where_it_was_asked(
    cast: Cast, enter: Enter, told: Callable[..., None], session: Any
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    told(hoa, FEVER)
    browser = enter(cast.sao_bac.people["hanh"])
    address = f"/workers/{hoa.id}/clear?shift=ca1&origin=standing"
    token = token_in(browser.get(address).text)
    refused = browser.post(address, data={"csrf_token": token, "reason": "  "})
    assert refused.status_code == 422
    assert session.get(HealthState, hoa.id) is not None
    done = browser.post(address, data={"csrf_token": token, "reason": "Đã đo lại 36,5"})
    assert done.location == "/today/standing?shift=ca1"
    session.rollback()
    assert session.get(HealthState, hoa.id) is None


def test_only_those_who_may_clear_a_level(
    cast: Cast, enter: Enter, told: Callable[..., None]
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    told(hoa, FEVER)
    for person, status in (
        (cast.sao_bac.people["nhung"], 403),
        (cast.minh_tri.people["khoi"], 404),
        (cast.people["lam"], 403),
    ):
        assert enter(person).get(f"/workers/{hoa.id}/clear").status_code == status


def test_an_absence_is_noted_and_taken_back(cast: Cast, enter: Enter, session: Any) -> None:
    hoa = cast.sao_bac.people["hoa"]
    browser = enter(cast.sao_bac.people["nhung"])
    token = token_in(browser.get("/today").text)
    duty = {"csrf_token": token, "duty_on": TODAY.isoformat(), "duty_shift": "ca1"}
    assert browser.post(f"/workers/{hoa.id}/absence", data=duty | {"reason": "ốm"}).location
    page = browser.get("/today/absent?shift=ca1").text
    assert "ốm" in page
    assert "Nguyễn Thị Hoa" in page
    undo = f"/workers/{hoa.id}/absence/undo?duty_on={TODAY.isoformat()}&duty_shift=ca1"
    assert undo.replace("&", "&amp;") in page
    browser.post(undo, data={"csrf_token": token})
    session.rollback()
    assert session.get(Duty, (hoa.id, TODAY, "ca1")).state == DutyState.EXPECTED


def test_who_has_answered_meanwhile_is_not_made_absent(
    cast: Cast, enter: Enter, told: Callable[..., None]
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    browser = enter(cast.sao_bac.people["hanh"])
    token = token_in(browser.get("/today").text)
    told(hoa)
    duty = {"csrf_token": token, "duty_on": TODAY.isoformat(), "duty_shift": "ca1"}
    assert browser.post(f"/workers/{hoa.id}/absence", data=duty).status_code == 409


def test_a_stranger_cannot_note_an_absence(cast: Cast, enter: Enter) -> None:
    men = cast.sao_bac.people["men"]
    browser = enter(cast.sao_bac.people["nhung"])
    token = token_in(browser.get("/today").text)
    duty = {"csrf_token": token, "duty_on": TODAY.isoformat(), "duty_shift": "ca1"}
    assert browser.post(f"/workers/{men.id}/absence", data=duty).status_code == 404


def test_nobody_yet_and_everybody_look_different(
    cast: Cast, enter: Enter, told: Callable[..., None]
) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    assert "Chưa ai khai báo" in browser.get("/today").text
    for name in ("hoa", "anh", "men", "nhung"):
        told(cast.sao_bac.people[name])
    page = browser.get("/today").text
    assert "Mọi người đã khai báo" in page
    assert "100,0\u00a0%" in page


def test_a_company_without_people_is_told_where_to_begin(
    cast: Cast, enter: Enter, write: Write
) -> None:
    def leave(session: Any) -> None:
        for worker in session.scalars(select(Worker)):
            worker.left_on = TODAY - timedelta(days=9)
        session.execute(delete(Duty))
        session.execute(delete(Duty.metadata.tables["shift_count"]))

    write(leave)
    page = enter(cast.sao_bac.people["hanh"]).get("/today").text
    assert "Chưa có ai trong danh sách" in page
    assert 'href="/workers/import"' in page


def test_a_day_without_anybody_says_so_and_counts_nothing(cast: Cast, enter: Enter) -> None:
    page = enter(cast.sao_bac.people["hanh"]).get("/today?on=2026-08-01").text
    assert "Không ai có lịch làm" in page
    assert "0,0" not in page


def test_units_are_sorted_as_the_address_says(
    cast: Cast, enter: Enter, told: Callable[..., None]
) -> None:
    for name in ("hoa", "anh", "nhung"):
        told(cast.sao_bac.people[name])
    browser = enter(cast.sao_bac.people["hanh"])

    def order(address: str) -> bool:
        table = browser.get(address).text.partition('class="table units"')[2]
        return table.index("Chuyền 3") < table.index("Chuyền 7")

    assert not order("/today")
    assert order("/today?sort=name")
    assert not order("/today?sort=-name")
    assert order("/today?sort=-share")
    assert not order("/today?sort=nonsense")


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["hoa", "anh", "men", "nhung", "direct"]),
        st.sampled_from(["well", "runny", "fever", "absent", "back", "clear"]),
    ),
    max_size=14,
)


def do(node: Node, who: Person, act: str, officer: Actor) -> None:
    """One act of a story; what is refused changes nothing."""
    app, clock = node.app, node.clock
    key = (who.id, TODAY, "ca1")
    works: dict[str, Callable[[Any], Any]] = {
        "well": lambda s: answer(s, who.id, WELL, app, clock),
        "runny": lambda s: answer(s, who.id, RUNNY, app, clock),
        "fever": lambda s: answer(s, who.id, FEVER, app, clock),
        "absent": lambda s: mark_absent(s, *key, "", actor=officer, now=clock.at),
        "back": lambda s: unmark_absent(s, *key, actor=officer, now=clock.at),
        "clear": lambda s: clear_level(s, who.id, "khoẻ", actor=officer, now=clock.at),
    }
    with contextlib.suppress(Refusal):
        transact(works[act])


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS)
def test_the_figures_equal_a_recount_of_duties_whatever_was_done(
    acts: list[tuple[str, str]], cast: Cast, node: Node, in_app: Flask, session: Any
) -> None:
    sao_bac, clock = cast.sao_bac, node.clock
    direct = session.scalars(select(Worker.id).where(Worker.badge == "SB-29999")).first()
    if direct is None:
        made = transact(
            lambda s: make_worker(
                s, s.get_one(Branch, sao_bac.id), "SB-29999", "Lý Văn Tự", clock.at
            )
        )
        direct = made.id
    plan_due_duties()
    people = sao_bac.people | {"direct": Person(direct, "", "", "")}
    officer = Actor(sao_bac.people["hanh"].id, "Hạnh")
    for name, act in acts:
        clock.move(seconds=7)
        do(node, people[name], act, officer)
    session.rollback()
    for paths in ([sao_bac.path], [f"{sao_bac.path}{sao_bac.lines['Chuyền 3']}/"]):
        figures = get_figures(
            session,
            sao_bac.id,
            paths,
            wanted="ca1",
            on=TODAY,
            today=TODAY,
            settings=in_app.config["SETTINGS"],
            now=clock.at,
        )
        rows = session.execute(
            select(Duty.state, Duty.level, Duty.on_time, func.count())
            .join(Branch, Branch.id == Duty.branch_id)
            .where(Branch.path.startswith(paths[0]), Duty.shift_on == TODAY, Duty.shift == "ca1")
            .group_by(Duty.state, Duty.level, Duty.on_time)
        ).all()
        counts = figures.counts
        assert counts.expected == sum(n for *_, n in rows)
        assert counts.answered == sum(n for state, *_, n in rows if state == DutyState.ANSWERED)
        assert counts.absent == sum(n for state, *_, n in rows if state == DutyState.ABSENT)
        assert counts.on_time == sum(n for *_, on_time, n in rows if on_time)
        for level in Level:
            assert getattr(counts, level) == sum(n for _, each, _, n in rows if each == level)
        assert figures.silent == sum(
            n for state, *_, n in rows if state in ("expected", "not_asked")
        )
        assert figures.share is None or 0 <= figures.share <= 1
