"""Assessing places: what the pages show, what is kept, and what is refused."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import get_branch
from app.checkins.actions.counting import add_counts
from app.checkins.rules import Counts
from app.risk.actions.assessments import begin_assessment
from app.risk.models import RiskAssessment, RiskSet, RiskVersion
from app.risk.queries.assessments import get_assessment
from app.risk.queries.figures import get_figures
from app.risk.queries.sets import list_sets_in_force
from app.risk.rules.refusals import DayAhead, SetNotInForce
from app.risk.rules.scoring import Basis
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast, Person
from tests.factories.risk import MAXIMA_2194, make_assessment, typed_paper

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Session], Any]], Any]
TODAY = date(2026, 11, 24)


@pytest.fixture
def begun(cast: Cast, write: Write, clock: SetClock) -> str:
    """An assessment of Sao Bắc by the national set, with nothing in it yet."""
    return str(write(lambda session: make_assessment(session, cast.sao_bac.id, clock.at)))


def save(client: FlaskClient, begun: str, seen: int, **fields: str) -> Any:
    return client.post(f"/risk/{begun}/edit", data={"seen": str(seen)} | typed_paper(**fields))


def test_an_officer_begins_fills_in_and_sees_what_it_came_to(cast: Cast, enter: Enter) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    page = hanh.get("/risk").text
    assert "Chưa nơi nào được chấm" in page
    assert "Minh Trí" not in page
    answer = hanh.post(
        "/risk/new",
        data={"place": cast.sao_bac.id, "index_set": "qd2194", "on": TODAY.isoformat()},
    )
    assert answer.status_code == 302
    begun = answer.location.split("/")[-2]
    page = hanh.get(f"/risk/{begun}/edit").text
    assert "Đúng như số liệu: 4 người trên danh sách lúc 05:10, 1 điểm" in page
    assert "13 trên 15 chỉ số" in page
    fields = {"workers_total-choice": "live", "workers_total-live": "0"}
    assert save(hanh, begun, 0, **fields, **{"canteen-points": "30"}).status_code == 302
    page = hanh.get(f"/risk/{begun}").text
    assert "31 trên 300 điểm" in page
    assert "10\N{NO-BREAK SPACE}%" in page
    assert "13 trên 15 chỉ số chưa được kiểm chứng" in page
    assert "4 người trên danh sách, 05:10" in page
    assert "Rất ít nguy cơ lây nhiễm" in hanh.get("/risk").text
    assert save(hanh, begun, 1, **{"canteen-points": "20"}).status_code == 302
    assert "4 người trên danh sách, 05:10" in hanh.get(f"/risk/{begun}").text
    assert save(hanh, begun, 2, **{"workers_total-choice": "1"}).status_code == 302
    assert "trên danh sách" not in hanh.get(f"/risk/{begun}").text


def test_what_lacks_components_is_kept_without_a_percent(
    cast: Cast, begun: str, enter: Enter, session: Session
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    fields = {"inspection-points": "", "inspection-max": ""}
    answer = hanh.post(
        f"/risk/{begun}/edit", data={"seen": "0"} | typed_paper(**fields), follow_redirects=True
    )
    assert "Còn 1 chỉ số chưa có điểm" in answer.text
    assert "trên 300 điểm" not in answer.text
    newest = session.scalars(select(RiskVersion)).one()
    assert (newest.missing, newest.points, newest.band) == (1, None, None)
    assert "Chưa có điểm" in hanh.get("/risk").text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"hand_washing-points": "11"}, "cao hơn điểm tối đa 10"),
        ({"hand_washing-points": "x"}, "cần là số từ 0 trở lên"),
        ({"hand_washing-points": "-1"}, "cần là số từ 0 trở lên"),
        ({"inspection-max": ""}, "cần điểm tối đa"),
        ({"inspection-points": "25"}, "cao hơn điểm tối đa 20"),
        ({"inspection-max": "30"}, "Cộng điểm tối đa được 310, cả bộ là 300"),
        ({"density-choice": "9"}, "chấm theo phương án"),
        ({"density-choice": "figure", "density-area": "10"}, "cần là số từ 0 trở lên"),
        (
            {"density-choice": "figure", "density-area": "10", "density-people": "0"},
            "cần là số từ 0 trở lên",
        ),
        ({"workers_total-choice": "live", "workers_total-live": "3"}, "vừa thay đổi"),
        ({"workers_total-choice": "live"}, "vừa thay đổi"),
    ],
)
def test_a_wrong_field_is_told_and_nothing_typed_is_lost(
    cast: Cast, begun: str, enter: Enter, session: Session, fields: dict[str, str], told: str
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    answer = save(hanh, begun, 0, **fields, **{"canteen-points": "12,5"})
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="12,5"' in answer.text
    assert session.scalar(select(func.count()).select_from(RiskVersion)) == 0


def test_area_and_people_give_the_points_exactly(
    cast: Cast, begun: str, enter: Enter, session: Session
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    fields = {"density-choice": "figure", "density-area": "1.199,9", "density-people": "1.200"}
    assert save(hanh, begun, 0, **fields).status_code == 302
    newest = get_assessment(session, begun).newest
    assert newest is not None
    density = newest.answers["density"]
    assert (density.answer.points, density.answer.basis) == (10, Basis.MEASURED)
    assert "1.199,9 m² cho 1.200 người" in hanh.get(f"/risk/{begun}").text
    assert 'value="1199,9"' in hanh.get(f"/risk/{begun}/edit").text
    english = hanh.get(f"/risk/{begun}/edit?lang=en").text
    assert 'value="1199.9"' in english


def test_two_people_at_once_lose_nothing(
    cast: Cast, begun: str, enter: Enter, session: Session
) -> None:
    hanh, lam = enter(cast.sao_bac.people["hanh"]), enter(cast.people["lam"])
    assert save(hanh, begun, 0).status_code == 302
    assert save(lam, begun, 1, **{"canteen-points": "30"}).status_code == 302
    answer = save(hanh, begun, 1, **{"transport-points": "7"})
    assert answer.status_code == 409
    assert "Trần Văn Lâm đã lưu phiếu này" in answer.text
    assert 'name="seen" value="2"' in answer.text
    assert 'value="7"' in answer.text
    assert session.scalar(select(func.count()).select_from(RiskVersion)) == 2
    assert save(hanh, begun, 2, **{"transport-points": "7"}).status_code == 302
    session.rollback()
    assert [each.number for each in get_assessment(session, begun).versions] == [3, 2, 1]
    page = hanh.get(f"/risk/{begun}").text
    assert "Tổ chức ăn ca (khoảng cách, vách ngăn, chia ca): 30 thành 0" in page


def test_of_two_who_save_in_the_same_moment_one_is_told(
    cast: Cast, begun: str, enter: Enter, session: Session
) -> None:
    clients = [enter(cast.sao_bac.people["hanh"]), enter(cast.people["lam"])]
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda c=client: answers.append(save(c, begun, 0).status_code))
        for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409]
    session.rollback()
    assert session.scalar(select(func.count()).select_from(RiskVersion)) == 1


@pytest.mark.parametrize("seen", ["", "x", "7", "-1", "99999999999999999999"])
def test_a_form_that_saw_no_version_is_refused(
    cast: Cast, begun: str, enter: Enter, seen: str
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    answer = hanh.post(f"/risk/{begun}/edit", data={"seen": seen} | typed_paper())
    assert answer.status_code == 409


def test_the_cheapest_changes_are_those_the_officer_can_make(
    cast: Cast, begun: str, enter: Enter
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    high = {f"{name}-points": str(most) for name, most in MAXIMA_2194.items()}
    can = {"canteen-down_to": "0", "canteen-effort": "3", "mask_wearing-down_to": "0"}
    never = {"dormitory-down_to": "0", "dormitory-effort": "never"}
    assert save(hanh, begun, 0, **high, **can, **never).status_code == 302
    page = hanh.get(f"/risk/{begun}").text
    assert "Xuống Nguy cơ lây nhiễm trung bình" in page
    assert "Chưa có cách" in page
    assert "tổng công sức 4" not in page.split("Xuống Nguy cơ lây nhiễm trung bình")[0]


def test_an_assessment_is_not_begun_on_a_day_to_come_or_before_its_set(
    cast: Cast, write: Write, clock: SetClock, enter: Enter, session: Session
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    form = {"place": cast.sao_bac.id, "index_set": "qd2194"}
    answer = hanh.post("/risk/new", data=form | {"on": "2026-11-25"})
    assert answer.status_code == 422
    assert "Ngày này chưa tới" in answer.text
    assert hanh.post("/risk/new", data=form | {"on": "2020-05-26"}).status_code == 422
    assert hanh.post("/risk/new", data=form | {"on": ""}).status_code == 422
    other = {"place": cast.minh_tri.id, "index_set": "qd2194", "on": TODAY.isoformat()}
    assert hanh.post("/risk/new", data=other).status_code == 422
    assert session.scalar(select(func.count()).select_from(RiskAssessment)) == 0

    def work(day: date) -> Callable[[Session], str]:
        return lambda s: begin_assessment(
            s,
            get_branch(s, cast.sao_bac.id),
            list_sets_in_force(s, TODAY)[0],
            day,
            today=TODAY,
            actor=STORY,
            now=clock.at,
        )

    with pytest.raises(DayAhead):
        write(work(date(2026, 11, 25)))
    with pytest.raises(SetNotInForce):
        write(work(date(2020, 5, 26)))


def test_a_set_is_kept_once_as_it_stood(
    cast: Cast, begun: str, enter: Enter, session: Session
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    line = cast.sao_bac.lines["Chuyền 3"]
    form = {"place": line, "index_set": "qd2194", "on": TODAY.isoformat()}
    assert hanh.post("/risk/new", data=form).status_code == 302
    assert session.scalar(select(func.count()).select_from(RiskSet)) == 1
    assert "Chuyền 3" in hanh.get("/risk").text


def test_figures_are_those_of_the_place(
    cast: Cast, write: Write, clock: SetClock, session: Session
) -> None:
    line, on = cast.sao_bac.lines["Chuyền 3"], date(2026, 11, 23)
    told = Counts(expected=40, answered=27, on_time=20, absent=10, green=27)

    def work(s: Session) -> None:
        both = {cast.sao_bac.id: told, line: told}
        add_counts(s, both, company_id=cast.sao_bac.id, shift_on=on, shift="ca2", now=clock.at)

    write(work)
    for branch_id, workers in ((line, 3), (cast.sao_bac.id, 4), (cast.park_id, 5)):
        branch = get_branch(session, branch_id)
        found = get_figures(session, branch, today=TODAY, now=clock.at)
        assert (found.workers, found.fullest_shift, found.as_of) == (workers, 30, clock.at)
        assert (found.answered, found.asked) == (27, 30)
    empty = get_branch(session, cast.minh_tri.id)
    found = get_figures(session, empty, today=TODAY, now=clock.at)
    assert (found.workers, found.checked) == (1, None)


def test_the_park_manager_sees_every_company_and_another_officer_none_of_it(
    cast: Cast, begun: str, enter: Enter
) -> None:
    khoi, lam = enter(cast.minh_tri.people["khoi"]), enter(cast.people["lam"])
    assert save(enter(cast.sao_bac.people["hanh"]), begun, 0).status_code == 302
    assert khoi.get(f"/risk/{begun}").status_code == 404
    assert save(khoi, begun, 1).status_code == 404
    assert "Sao Bắc" not in khoi.get("/risk").text
    page = lam.get("/risk").text
    assert "Sao Bắc" in page
    assert "Minh Trí" in page
    assert lam.get(f"/risk/{begun}").status_code == 200
    assert "Quyết định 1203" in lam.get("/risk/sets").text


def test_several_assessments_of_a_place_show_its_trend(
    cast: Cast, write: Write, clock: SetClock, enter: Enter
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    ids = []
    for weeks, points in ((2, "30"), (1, "20"), (0, "0")):
        day = clock.at - timedelta(weeks=weeks)
        ids.append(str(write(lambda s, day=day: make_assessment(s, cast.sao_bac.id, day))))
        assert save(hanh, ids[-1], 0, **{"canteen-points": points}).status_code == 302
    page = hanh.get(f"/risk/{ids[0]}").text
    assert "3 lần chấm: từ 10\N{NO-BREAK SPACE}% đến 0\N{NO-BREAK SPACE}%" in page
    assert "Số liệu giúp chấm: 4 người" in hanh.get(f"/risk/{ids[0]}/edit").text
    table = hanh.get("/risk").text
    assert table.index(">10<") < table.index(">7<") < table.index(">0<")
