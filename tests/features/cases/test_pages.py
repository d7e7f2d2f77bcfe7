"""The queue and the page of a case: the right people, the right order, nothing typed is lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.cases.models import CaseTask, FollowUpCase
from app.cases.rules.plans import TaskKind
from app.cases.rules.states import CaseState
from tests.conftest import SetClock
from tests.factories.cases import FEVER, RUNNY, answer, case_of, make_case, task_id, tasks_of
from tests.factories.people import Cast, Person

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Session], Any]], Any]
TOKEN = re.compile(r'name="[a-z-]*csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def case_id(write: Write, cast: Cast, clock: SetClock) -> str:
    people = cast.sao_bac.people
    found: str = write(
        lambda s: make_case(s, people["hoa"], people["hanh"], CaseState.FOLLOWING, clock.at)
    )
    return found


def token_in(page: str) -> str:
    found = TOKEN.search(page)
    assert found is not None
    return found[1]


def send(browser: FlaskClient, page: str, address: str, **values: Any) -> Any:
    """Fill in a form of a page and send it; names with `__` stand for `-`."""
    token = token_in(browser.get(page).text)
    fields = {name.replace("__", "-"): value for name, value in values.items()}
    prefixes = {name.partition("-")[0] for name in fields if "-" in name}
    tokens = {"csrf_token": token} | {f"{prefix}-csrf_token": token for prefix in prefixes}
    return browser.post(address, data=fields | tokens)


def test_the_queue_begins_with_what_is_longest_overdue(
    cast: Cast, enter: Enter, write: Write, clock: SetClock
) -> None:
    people = cast.sao_bac.people
    write(lambda s: answer(s, people["men"], RUNNY, clock.at))
    clock.move(minutes=20)
    write(lambda s: answer(s, people["hoa"], FEVER, clock.at))
    clock.move(hours=1)
    page = enter(people["hanh"]).get("/cases").text
    assert page.index("Nguyễn Thị Hoa") < page.index("Giáp Thị Mến")
    assert "quá hạn từ" in page
    late = enter(people["hanh"]).get("/cases?view=overdue").text
    assert "Nguyễn Thị Hoa" in late
    assert "Giáp Thị Mến" not in late


def test_the_menu_counts_the_open_cases_of_the_own_company(
    cast: Cast, enter: Enter, write: Write, clock: SetClock, case_id: str
) -> None:
    def shown(person: Person) -> str:
        page = enter(person).get("/cases").text
        return " ".join(page[page.index("<nav") :].split("Ca theo dõi")[1].split("</a>")[0].split())

    assert '<span class="count">1</span>' in shown(cast.sao_bac.people["hanh"])
    assert "count" not in shown(cast.minh_tri.people["khoi"])
    binh = cast.minh_tri.people["binh"]
    write(lambda s: answer(s, binh, RUNNY, clock.at))
    assert '<span class="count">1</span>' in shown(cast.minh_tri.people["khoi"])


def test_who_sees_which_cases(
    cast: Cast, enter: Enter, write: Write, clock: SetClock, case_id: str
) -> None:
    people = cast.sao_bac.people
    write(lambda s: answer(s, people["men"], RUNNY, clock.at))
    team = enter(people["nhung"]).get("/cases").text
    assert "Nguyễn Thị Hoa" in team
    assert "Giáp Thị Mến" not in team
    assert "Bàn giao" not in team
    other = enter(cast.minh_tri.people["khoi"])
    assert "Nguyễn Thị Hoa" not in other.get("/cases").text
    assert other.get(f"/cases/{case_id}").status_code == 404
    for person in (cast.people["lam"], cast.people["an"], people["anh"]):
        assert enter(person).get("/cases").status_code == 403
        assert enter(person).get(f"/cases/{case_id}").status_code == 403


def test_every_look_is_kept(cast: Cast, enter: Enter, session: Session, case_id: str) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    browser.get("/cases")
    browser.get(f"/cases/{case_id}")
    hoa = cast.sao_bac.people["hoa"].id
    views = session.scalars(
        select(AuditEntry).where(AuditEntry.act == "health.viewed").order_by(AuditEntry.id)
    ).all()
    assert [(each.details["page"], each.details["workers"]) for each in views] == [
        ("cases", [hoa]),
        ("case", [hoa]),
    ]
    assert {each.company_id for each in views} == {cast.sao_bac.id}


def test_an_empty_queue_says_what_will_come(cast: Cast, enter: Enter) -> None:
    assert "Không có ca nào đang mở" in enter(cast.sao_bac.people["hanh"]).get("/cases").text


def test_a_note_a_task_and_a_result_are_in_the_timeline(
    cast: Cast, enter: Enter, session: Session, case_id: str
) -> None:
    browser, page = enter(cast.sao_bac.people["hanh"]), f"/cases/{case_id}"
    assert send(browser, page, f"{page}/note", note__words="Không bắt máy").status_code == 302
    test = task_id(session, case_id, TaskKind.TEST)
    assert send(browser, page, f"{page}/tasks/{test}/finish", x="").status_code == 302
    done = send(browser, page, f"{page}/tasks/{test}/result", result__result="negative")
    assert done.status_code == 302
    shown = browser.get(page).text
    for words in ("Không bắt máy", "Đã lấy mẫu xét nghiệm", "Kết quả xét nghiệm: Âm tính"):
        assert words in shown


def test_what_was_typed_for_a_case_that_another_closed_stays_on_the_page(
    cast: Cast, enter: Enter, write: Write, clock: SetClock, session: Session, case_id: str
) -> None:
    browser, page = enter(cast.sao_bac.people["hanh"]), f"/cases/{case_id}"
    token = token_in(browser.get(page).text)
    other = enter(cast.sao_bac.people["hanh"])
    assert send(other, f"{page}/clear", f"{page}/clear", words="Đo lại 36,5 °C").status_code == 302
    session.rollback()
    assert session.get_one(FollowUpCase, case_id).state == "closed"
    due = (clock.at + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")
    refused = browser.post(
        f"{page}/tasks",
        data={
            "task-csrf_token": token,
            "task-kind": "call",
            "task-due_at": due,
            "task-note": "Gọi số của chị gái",
        },
    )
    assert refused.status_code == 409
    assert "Ca này đã đóng" in refused.text
    assert "Gọi số của chị gái" in refused.text
    assert tasks_of(session, case_id) == []


def test_who_decides_on_an_old_page_sees_what_changed_and_may_send_again(
    cast: Cast, enter: Enter, session: Session, case_id: str
) -> None:
    people = cast.sao_bac.people
    browser, page = enter(people["hanh"]), f"/cases/{case_id}"
    version = session.get_one(FollowUpCase, case_id).version
    session.rollback()
    send(enter(people["nhung"]), page, f"{page}/note", note__words="Đã gọi, đang ngủ")
    values = {"assign__owner": people["nhung"].id, "assign__seen": version}
    refused = send(browser, page, f"{page}/owner", **values)
    assert refused.status_code == 409
    assert "Đã gọi, đang ngủ" in refused.text
    again = {"assign__owner": people["nhung"].id, "assign__seen": version + 1}
    assert send(browser, page, f"{page}/owner", **again).status_code == 302


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("note", {"note__words": ""}),
        ("owner", {"assign__owner": "nobody"}),
        ("hand-over", {"hand__owner": "", "hand__words": ""}),
        ("tasks", {"task__kind": "call", "task__due_at": "hôm nay"}),
        ("plan", {"plan__person_class": "F1", "plan__from_on": "", "plan__days": "0"}),
        ("days", {"day__on": "", "day__said": ""}),
        ("days", {"day__on": "2026-11-24", "day__said": "signs"}),
        ("clear", {"words": ""}),
        ("close", {"words": ""}),
        ("escalate", {"words": ""}),
    ],
)
def test_a_form_that_is_not_filled_in_changes_nothing(
    cast: Cast,
    enter: Enter,
    session: Session,
    case_id: str,
    address: str,
    values: dict[str, str],
) -> None:
    before = session.get_one(FollowUpCase, case_id).version
    session.rollback()
    browser, page = enter(cast.sao_bac.people["hanh"]), f"/cases/{case_id}"
    answer = send(browser, page, f"{page}/{address}", **values)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert session.get_one(FollowUpCase, case_id).version == before


@pytest.mark.parametrize(
    "address",
    [
        *("note", "owner", "hand-over", "tasks", "plan", "days", "clear", "close", "escalate"),
        *("reopen", "clear-by-rule", "tasks/{task}/finish", "tasks/{task}/result"),
    ],
)
def test_a_post_without_a_token_is_refused(
    cast: Cast, enter: Enter, session: Session, case_id: str, address: str
) -> None:
    task = task_id(session, case_id, TaskKind.CALL)
    version = session.get_one(FollowUpCase, case_id).version
    session.rollback()
    browser = enter(cast.sao_bac.people["hanh"])
    where = f"/cases/{case_id}/" + address.format(task=task)
    assert browser.post(where, data={"words": "Khoẻ", "note-words": "x"}).status_code == 400
    assert browser.post("/cases", data={"case": case_id, "act": "finish"}).status_code == 400
    hoa = cast.sao_bac.people["hoa"].id
    assert browser.post(f"/workers/{hoa}/case", data={"words": "x"}).status_code == 400
    assert session.get_one(FollowUpCase, case_id).version == version


def test_closing_names_the_tasks_that_go_and_is_refused_while_the_level_stands(
    cast: Cast, enter: Enter, case_id: str
) -> None:
    browser, page = enter(cast.sao_bac.people["hanh"]), f"/cases/{case_id}/close"
    assert "Còn 3 việc chưa làm" in browser.get(page).text
    refused = send(browser, page, page, words="Đã khỏi")
    assert refused.status_code == 409
    assert "Gỡ mức trước" in refused.text
    assert "Đã khỏi" in refused.text


def test_without_a_province_a_case_is_not_said_to_have_gone_up(
    cast: Cast, enter: Enter, session: Session, case_id: str
) -> None:
    browser, page = enter(cast.sao_bac.people["hanh"]), f"/cases/{case_id}/escalate"
    assert "chỉ tỉnh mở được" in browser.get(page).text
    refused = send(browser, page, page, words="Ba người cùng phòng sốt")
    assert refused.status_code == 409
    assert session.get_one(FollowUpCase, case_id).escalated_at is None


def test_a_case_is_opened_by_hand_from_the_workers_page(
    cast: Cast, enter: Enter, session: Session
) -> None:
    people = cast.sao_bac.people
    browser, page = enter(people["hanh"]), f"/workers/{people['anh'].id}/case"
    assert page in browser.get(f"/workers/{people['anh'].id}").text
    assert send(browser, page, page, words="").status_code == 422
    assert send(browser, page, page, words="Ngồi cạnh F0 trên xe").status_code == 302
    case = case_of(session, people["anh"])
    assert (case.origin, case.owner_name) == ("hand", people["hanh"].name)
    assert browser.get(page).location.endswith(case.id)
    assert "Ngồi cạnh F0 trên xe" in browser.get(f"/cases/{case.id}").text


def test_many_are_given_and_finished_at_once_and_who_was_refused_is_named(
    cast: Cast, enter: Enter, write: Write, clock: SetClock, session: Session
) -> None:
    people = cast.sao_bac.people
    write(lambda s: answer(s, people["hoa"], FEVER, clock.at))
    write(lambda s: answer(s, people["men"], RUNNY, clock.at))
    ids = [case_of(session, people[name]).id for name in ("hoa", "men")]
    session.rollback()
    browser = enter(people["hanh"])
    given = send(browser, "/cases", "/cases", case=ids, act="assign", owner=people["hanh"].id)
    assert given.status_code == 302
    assert {case_of(session, people[n]).owner_name for n in ("hoa", "men")} == {"Nguyễn Thị Hạnh"}
    session.rollback()
    done = send(browser, "/cases", "/cases", case=ids, act="finish", kind="isolate")
    assert done.status_code == 409
    assert "Giáp Thị Mến" in done.text
    assert "Đã ghi cho 1 ca" in done.text
    refused = send(browser, "/cases", "/cases", case=ids, act="hand_over", owner="", words="")
    assert refused.status_code == 409
    assert send(browser, "/cases", "/cases", act="assign").status_code == 422


def test_a_team_member_finishes_tasks_of_the_own_line_and_gives_nothing_away(
    cast: Cast, enter: Enter, write: Write, clock: SetClock, session: Session, case_id: str
) -> None:
    people = cast.sao_bac.people
    write(lambda s: answer(s, people["men"], RUNNY, clock.at))
    other = case_of(session, people["men"]).id
    session.rollback()
    browser = enter(people["nhung"])
    ids = [case_id, other]
    assert send(browser, "/cases", "/cases", case=ids, act="assign", owner="x").status_code == 403
    assert send(browser, "/cases", "/cases", case=ids, act="finish", kind="call").status_code == 302
    states = {
        task.case_id: task.state
        for task in session.scalars(select(CaseTask).where(CaseTask.kind == "call"))
    }
    assert states == {case_id: "done", other: "open"}


def test_a_call_with_signs_is_written_down_and_shown_in_the_days(
    cast: Cast, enter: Enter, case_id: str
) -> None:
    browser, page = enter(cast.sao_bac.people["hanh"]), f"/cases/{case_id}"
    values = {
        "day__on": "2026-11-24",
        "day__said": "signs",
        "day__signs": ["cough"],
        "day__temperature_c": "38,1",
    }
    assert send(browser, page, f"{page}/days", **values).status_code == 302
    shown = browser.get(page).text
    assert "38,1\u00a0°C" in shown
    assert "Nguyễn Thị Hạnh gọi" in shown


def test_a_rule_clears_only_when_it_is_met(
    cast: Cast, enter: Enter, clock: SetClock, session: Session, case_id: str
) -> None:
    browser, page = enter(cast.sao_bac.people["hanh"]), f"/cases/{case_id}"
    values = {
        "plan__person_class": "F1",
        "plan__isolated_on": "24/11/2026",
        "plan__from_on": "2026-11-24",
        "plan__days": "10",
        "plan__seen": session.get_one(FollowUpCase, case_id).version,
    }
    session.rollback()
    assert send(browser, page, f"{page}/plan", **values).status_code == 302
    assert "1909/BYT-DP" in browser.get(page).text
    by_rule = f"{page}/clear-by-rule"
    assert "Không có quy tắc này" in browser.get(f"{by_rule}?rule=f0_2022_02@1").text
    refused = send(browser, f"{by_rule}?rule=f1_2022_04@1", by_rule, rule="f0_2022_02@1")
    assert refused.status_code == 409
    met = send(browser, f"{by_rule}?rule=f1_2022_04@1", by_rule, rule="f1_2022_04@1")
    assert met.status_code == 302
    assert session.get_one(FollowUpCase, case_id).state == "cleared"  # ten days are left
