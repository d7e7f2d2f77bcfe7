"""Groups built by an officer: pasted, filtered, from a column; moved, closed, undone."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import get_branch
from app.accounts.rules import Role
from app.audit.models import AuditEntry
from app.dashboards.queries.groups import list_groups as board_groups
from app.reminders.queries.groups import list_groups as reminder_groups
from app.workforce.actions.groups import place_in_group
from app.workforce.actions.importing.placing import Places
from app.workforce.actions.people import end_work
from app.workforce.actions.sites import group_named
from app.workforce.models import GroupChange, Membership, Worker, WorkGroup
from app.workforce.queries.groups import natural_key
from app.workforce.queries.workers import get_worker, list_groups_of
from app.workforce.rules.groups import GroupKind
from tests.conftest import SetClock
from tests.factories.browser import Browser
from tests.factories.people import STORY, Cast, make_officer, make_worker

TODAY = date(2026, 11, 24)
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def officer(browser: Browser, cast: Cast) -> Browser:
    browser.sign_in(cast.sao_bac.people["hanh"])
    return browser


@pytest.fixture
def rooms(write: Write, cast: Cast, clock: SetClock) -> dict[str, str]:
    """Two dorm rooms of Sao Bắc and one of Minh Trí; Hoa has lived in the first since October."""

    def work(session: Session) -> dict[str, str]:
        own = {
            name: group_named(session, cast.sao_bac.id, GroupKind.DORM_ROOM, name, now=clock.at).id
            for name in ("Phòng 1", "Phòng 2")
        }
        other = group_named(session, cast.minh_tri.id, GroupKind.DORM_ROOM, "Phòng 9", now=clock.at)
        place_in_group(
            session,
            own["Phòng 1"],
            [cast.sao_bac.people["hoa"].id],
            moves=False,
            on=date(2026, 10, 1),
            act_id="0" * 36,
            actor=STORY,
            now=clock.at,
        )
        return own | {"Phòng 9": other.id}

    made: dict[str, str] = write(work)
    return made


def rooms_of(session: Session, worker_id: str, on: date = TODAY) -> list[str]:
    session.rollback()
    held = list_groups_of(session, worker_id, on)
    return [group.name for group in held if group.kind == GroupKind.DORM_ROOM]


def acts(session: Session, group_id: str) -> list[str]:
    session.rollback()
    return list(
        session.scalars(
            select(AuditEntry.act).where(AuditEntry.subject_id == group_id).order_by(AuditEntry.id)
        )
    )


def token_of(browser: Browser) -> str:
    browser.open("/groups/new")
    return browser.form("/new").values["csrf_token"]


def open_memberships(session: Session, group_id: str) -> int:
    session.rollback()
    return (
        session.scalar(
            select(func.count()).where(Membership.group_id == group_id, Membership.to_on.is_(None))
        )
        or 0
    )


# The list


def test_the_list_counts_each_kind_and_who_is_in_none(
    officer: Browser, rooms: dict[str, str]
) -> None:
    page = officer.open("/groups").text
    assert "Phòng 1" in page
    assert "Phòng 9" not in page
    missing = officer.open("/groups/none?kind=dorm_room").text
    assert "Giáp Thị Mến" in missing
    assert "Nguyễn Thị Hoa" not in missing
    assert "Trần Văn Bình" not in missing
    assert "Phòng 2" in officer.open("/groups?q=phong+2").text
    assert "Phòng 1" not in officer.open("/groups?kind=dorm_room&q=phong+2").text.split("<main")[1]


def test_room_2_stands_before_room_10() -> None:
    assert sorted(["Phòng 10", "Phòng 2", "Phòng"], key=natural_key) == [
        "Phòng",
        "Phòng 2",
        "Phòng 10",
    ]


def test_a_team_member_and_a_manager_do_not_build_groups(
    browser: Browser, cast: Cast, rooms: dict[str, str]
) -> None:
    for person in (cast.sao_bac.people["nhung"], cast.people["lam"]):
        browser.sign_in(person)
        assert browser.open("/groups").status_code == 403
        browser.open("/my-account")
        browser.send("/sign-out")


def test_an_own_group_is_read_only_by_the_own_company(
    browser: Browser, cast: Cast, rooms: dict[str, str]
) -> None:
    browser.sign_in(cast.minh_tri.people["khoi"])
    token = token_of(browser)
    for part in ("", "/people", "/print"):
        assert browser.open(f"/groups/{rooms['Phòng 1']}{part}").status_code == 404
    for part in ("people", "badges", "take-out", "move", "rename", "departures", "close"):
        sent = browser.post(f"/groups/{rooms['Phòng 1']}/{part}", {"csrf_token": token})
        assert sent.status_code == 404


# Making and naming


def test_a_new_group_leads_to_adding_people_and_a_second_of_that_name_is_refused(
    officer: Browser, session: Session, cast: Cast
) -> None:
    officer.open("/groups/new?kind=bus")
    page = officer.send("/new", name="Xe 07 Bắc Giang")
    assert "Thêm người vào Xe 07 Bắc Giang" in page.text
    group = session.scalars(select(WorkGroup).where(WorkGroup.name == "Xe 07 Bắc Giang")).one()
    assert (group.kind, group.company_id) == (GroupKind.BUS, cast.sao_bac.id)
    assert acts(session, group.id) == ["workforce.group_added"]
    officer.open("/groups/new")
    page = officer.send("/new", kind="bus", name="xe 07 bac giang")
    assert page.status_code == 409
    assert "đã có nhóm tên" in page.text
    assert officer.send("/new", kind="line", name="Chuyền lạ").status_code == 422


def test_a_group_takes_another_name_unless_a_sister_has_it(
    officer: Browser, rooms: dict[str, str], session: Session
) -> None:
    officer.open(f"/groups/{rooms['Phòng 1']}")
    assert officer.send("/rename", name="Phòng 2").status_code == 409
    officer.open(f"/groups/{rooms['Phòng 1']}")
    page = officer.send("/rename", name="Phòng 101")
    assert "Đã đổi tên thành Phòng 101" in page.text
    officer.send("/undo")
    session.rollback()
    assert session.get_one(WorkGroup, rooms["Phòng 1"]).name == "Phòng 1"
    officer.open(f"/groups/{rooms['Phòng 1']}")
    assert officer.send("/rename", name="").status_code == 422


def test_a_bus_has_its_times_of_leaving_and_a_room_none(
    officer: Browser, rooms: dict[str, str], session: Session, cast: Cast
) -> None:
    officer.open("/groups/new?kind=bus")
    officer.send("/new", name="Xe 07")
    bus = session.scalars(select(WorkGroup).where(WorkGroup.name == "Xe 07")).one()
    officer.open(f"/groups/{bus.id}")
    assert "Đã lưu giờ xe chạy." in officer.send("/departures", departures="13h10, 5:15").text
    session.rollback()
    assert session.get_one(WorkGroup, bus.id).departures == ["05:15", "13:10"]
    assert acts(session, bus.id)[-1] == "workforce.departures_set"
    officer.open(f"/groups/{bus.id}")
    page = officer.send("/departures", departures="sớm")
    assert page.status_code == 422
    assert "“sớm” không phải giờ. Viết như 05:15." in page.text
    assert 'value="sớm"' in page.text
    officer.open(f"/groups/{bus.id}")
    assert "Đã bỏ giờ xe chạy." in officer.send("/departures", departures="").text
    officer.open(f"/groups/{bus.id}")
    token = officer.form("/departures").values["csrf_token"]
    sent = {"csrf_token": token, "departures": "05:15"}
    assert officer.post(f"/groups/{rooms['Phòng 1']}/departures", sent).status_code == 409
    assert officer.post(f"/groups/{bus.id}/departures", {"departures": "05:15"}).status_code == 400


# Pasting


def test_a_paste_is_read_first_and_every_wrong_badge_is_told_by_line(
    officer: Browser, rooms: dict[str, str], cast: Cast, session: Session
) -> None:
    officer.open(f"/groups/{rooms['Phòng 2']}/people")
    pasted = "SB-20418\nSB-99999, SB-20417\r\nsb20418\tMT-00001"
    page = officer.send("/badges", badges=pasted)
    assert page.status_code == 200
    told = page.text.split('id="paste"')[1].split("</section>")[0]
    assert "1 người sẽ vào nhóm" in told
    assert "Không tìm thấy mã này" in told
    assert "Đang ở Phòng 1" in told
    assert "Dán hai lần" in told
    # A badge of another company is just not found: nobody learns whose it is.
    assert "Minh Trí" not in page.text
    assert "Trần Văn Bình" not in page.text
    assert rooms_of(session, cast.sao_bac.people["anh"].id) == []
    token = officer.form("/badges").values["csrf_token"]
    sent = {"csrf_token": token, "badges": pasted, "confirmed": "1"}
    assert officer.post(f"/groups/{rooms['Phòng 2']}/badges", sent).status_code == 302
    assert rooms_of(session, cast.sao_bac.people["anh"].id) == ["Phòng 2"]
    assert rooms_of(session, cast.sao_bac.people["hoa"].id) == ["Phòng 1"]
    # Once more changes nothing.
    again = officer.post(f"/groups/{rooms['Phòng 2']}/badges", sent)
    assert again.status_code == 200
    assert open_memberships(session, rooms["Phòng 2"]) == 1


def test_whoever_is_elsewhere_is_moved_only_when_asked_and_history_stays(
    officer: Browser, rooms: dict[str, str], cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    officer.open(f"/groups/{rooms['Phòng 2']}/people")
    officer.send("/badges", badges="SB-20417", moves="y")
    page = officer.send("/badges")
    assert "Đã thêm 1 người vào Phòng 2" in page.text
    assert rooms_of(session, hoa) == ["Phòng 2"]
    assert rooms_of(session, hoa, TODAY - timedelta(days=1)) == ["Phòng 1"]
    old = session.scalars(
        select(Membership).where(
            Membership.worker_id == hoa, Membership.group_id == rooms["Phòng 1"]
        )
    ).one()
    assert old.to_on == TODAY - timedelta(days=1)
    officer.send("/undo")
    assert rooms_of(session, hoa) == ["Phòng 1"]
    assert rooms_of(session, hoa, TODAY - timedelta(days=1)) == ["Phòng 1"]
    assert acts(session, rooms["Phòng 2"]) == [
        "workforce.group_joined",
        "workforce.group_change_undone",
    ]


def test_whoever_left_is_told_so_and_not_added(
    officer: Browser,
    rooms: dict[str, str],
    cast: Cast,
    write: Write,
    clock: SetClock,
    session: Session,
) -> None:
    men = cast.sao_bac.people["men"].id
    write(lambda s: end_work(s, get_worker(s, men), last_on=TODAY, actor=STORY, now=clock.at))
    officer.open(f"/groups/{rooms['Phòng 2']}/people")
    page = officer.send("/badges", badges="SB-20733", confirmed="1")
    assert "Đã nghỉ việc" in page.text
    token = officer.form("/badges").values["csrf_token"]
    forced = {"csrf_token": token, "worker": men}
    officer.post(f"/groups/{rooms['Phòng 2']}/people", forced)
    assert rooms_of(session, men) == []


def test_an_officer_of_both_companies_is_told_whose_badge_it_is(
    browser: Browser, rooms: dict[str, str], cast: Cast, write: Write, clock: SetClock
) -> None:
    both = write(
        lambda s: make_officer(
            s, cast.park_id, Role.SAFETY_OFFICER, "ca-hai", "Lê Thị Cả", clock.at
        )
    )
    browser.sign_in(both)
    browser.open(f"/groups/{rooms['Phòng 2']}/people")
    page = browser.send("/badges", badges="MT-00001\nSB-20733")
    assert "Người của Điện tử Minh Trí" in page.text
    assert "1 người sẽ vào nhóm" in page.text
    assert "Phòng 9" in browser.open(f"/groups?company={cast.minh_tri.id}").text
    assert "Phòng 9" not in browser.open(f"/groups?company={cast.sao_bac.id}").text


def test_an_empty_paste_is_refused_at_its_field(officer: Browser, rooms: dict[str, str]) -> None:
    officer.open(f"/groups/{rooms['Phòng 2']}/people")
    assert officer.send("/badges", badges=" ").status_code == 422


# Choosing from a list


def test_people_are_added_by_filter_all_at_once(
    officer: Browser, rooms: dict[str, str], cast: Cast, session: Session
) -> None:
    line3 = cast.sao_bac.lines["Chuyền 3"]
    officer.open(f"/groups/{rooms['Phòng 2']}/people?unit={line3}&none=1")
    assert "Nguyễn Thị Hoa" not in officer.page.text  # type: ignore[union-attr]
    token = token_of(officer)
    sent = {"csrf_token": token, "everybody": "1", "unit": str(line3), "none": "1"}
    officer.post(f"/groups/{rooms['Phòng 2']}/people", sent)
    page = officer.open(f"/groups/{rooms['Phòng 2']}")
    assert "Đã thêm 2 người vào Phòng 2" in page.text
    assert rooms_of(session, cast.sao_bac.people["nhung"].id) == ["Phòng 2"]
    assert rooms_of(session, cast.sao_bac.people["men"].id) == []


def test_nobody_of_another_company_gets_into_a_group(
    officer: Browser, rooms: dict[str, str], cast: Cast, session: Session
) -> None:
    binh = cast.minh_tri.people["binh"].id
    token = token_of(officer)
    officer.post(f"/groups/{rooms['Phòng 2']}/people", {"csrf_token": token, "worker": binh})
    assert rooms_of(session, binh) == []
    sent = {"csrf_token": token, "worker": binh, "kind": "dorm_room", "group": rooms["Phòng 9"]}
    assert officer.post("/groups/none", sent).status_code == 422
    assert open_memberships(session, rooms["Phòng 9"]) == 0


def test_who_is_in_none_is_placed_from_that_list(
    officer: Browser, rooms: dict[str, str], cast: Cast, session: Session
) -> None:
    men = cast.sao_bac.people["men"].id
    sent = {"worker": men, "kind": "dorm_room", "group": rooms["Phòng 2"]}
    officer.post("/groups/none", {"csrf_token": token_of(officer), **sent})
    assert rooms_of(session, cast.sao_bac.people["men"].id) == ["Phòng 2"]


def test_people_move_to_a_group_of_the_same_kind_and_back_by_undoing(
    officer: Browser, rooms: dict[str, str], cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    token = token_of(officer)
    where = f"/groups/{rooms['Phòng 1']}/move"
    moved = officer.post(where, {"csrf_token": token, "worker": hoa, "to": rooms["Phòng 2"]})
    assert moved.status_code == 302
    assert rooms_of(session, hoa) == ["Phòng 2"]
    assert "Đã chuyển 1 người sang Phòng 2" in officer.open(f"/groups/{rooms['Phòng 1']}").text
    officer.open("/groups")
    act = session.scalars(select(GroupChange.act_id).order_by(GroupChange.id.desc())).first()
    undo = f"/groups/changes/{act}/undo"
    assert officer.post(undo, {"csrf_token": token}).status_code == 302
    assert rooms_of(session, hoa) == ["Phòng 1"]
    assert officer.post(undo, {"csrf_token": token}).status_code == 409
    wrong = {"csrf_token": token, "worker": hoa, "to": rooms["Phòng 9"]}
    assert officer.post(where, wrong).status_code == 422
    assert officer.post(where, {"csrf_token": token, "to": rooms["Phòng 2"]}).status_code == 422


def test_undoing_leaves_alone_whoever_was_placed_anew(
    officer: Browser, rooms: dict[str, str], cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    token = token_of(officer)
    officer.post(f"/groups/{rooms['Phòng 1']}/take-out", {"csrf_token": token, "worker": hoa})
    first = session.scalars(select(GroupChange.act_id).order_by(GroupChange.id.desc())).first()
    officer.post(f"/groups/{rooms['Phòng 2']}/people", {"csrf_token": token, "worker": hoa})
    officer.post(f"/groups/changes/{first}/undo", {"csrf_token": token})
    assert rooms_of(session, hoa) == ["Phòng 2"]
    assert "giữ nguyên" in officer.open("/groups").text


def test_nothing_of_yesterday_is_undone(
    officer: Browser, rooms: dict[str, str], cast: Cast, clock: SetClock, session: Session
) -> None:
    token = token_of(officer)
    hoa = cast.sao_bac.people["hoa"].id
    officer.post(f"/groups/{rooms['Phòng 1']}/take-out", {"csrf_token": token, "worker": hoa})
    act = session.scalars(select(GroupChange.act_id).order_by(GroupChange.id.desc())).first()
    clock.move(hours=20)
    officer.sign_in(cast.sao_bac.people["hanh"])
    token = token_of(officer)
    sent = officer.post(f"/groups/changes/{act}/undo", {"csrf_token": token})
    assert sent.status_code == 409
    assert rooms_of(session, hoa) == []


# Closing


def test_a_closed_group_lets_its_people_go_keeps_history_and_takes_nobody(
    officer: Browser, rooms: dict[str, str], cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    room = rooms["Phòng 1"]
    officer.open(f"/groups/{room}")
    assert "Đã đóng nhóm Phòng 1" in officer.send("/close").text
    assert rooms_of(session, hoa) == []
    assert rooms_of(session, hoa, TODAY - timedelta(days=1)) == ["Phòng 1"]
    assert session.get_one(WorkGroup, room).closed_on == TODAY
    assert "Nguyễn Thị Hoa" in officer.open(f"/groups/{room}").text
    assert officer.open(f"/groups/{room}/people").status_code == 409
    assert "Phòng 1" in officer.open("/groups?closed=1").text
    token = token_of(officer)
    sent = officer.post(f"/groups/{room}/people", {"csrf_token": token, "worker": hoa})
    assert sent.status_code == 409


def test_a_closed_group_opens_again_by_undoing_or_by_its_name(
    officer: Browser, rooms: dict[str, str], cast: Cast, session: Session
) -> None:
    hoa, room = cast.sao_bac.people["hoa"].id, rooms["Phòng 1"]
    officer.open(f"/groups/{room}")
    officer.send("/close")
    officer.send("/undo")
    assert rooms_of(session, hoa) == ["Phòng 1"]
    assert session.get_one(WorkGroup, room).closed_on is None
    officer.open(f"/groups/{room}")
    officer.send("/close")
    officer.open("/groups/new")
    officer.send("/new", kind="dorm_room", name="Phòng 1")
    session.rollback()
    assert session.get_one(WorkGroup, room).closed_on is None
    assert rooms_of(session, hoa) == []


def test_a_closed_group_is_offered_nowhere_and_an_import_opens_it_again(
    officer: Browser, rooms: dict[str, str], cast: Cast, session: Session, write: Write, clock: Any
) -> None:
    officer.open(f"/groups/{rooms['Phòng 1']}")
    officer.send("/close")
    session.rollback()
    assert "Phòng 1" not in {row.name for row in reminder_groups(session, cast.sao_bac.id)}
    assert "Phòng 1" not in {row.name for row in board_groups(session, [cast.sao_bac.path], TODAY)}

    def work(session: Session) -> str:
        places = Places(session, cast.sao_bac.id, TODAY, clock.at)
        return places.group_for(GroupKind.DORM_ROOM, "Phòng 1")

    assert write(work) == rooms["Phòng 1"]
    session.rollback()
    assert session.get_one(WorkGroup, rooms["Phòng 1"]).closed_on is None


def test_a_group_of_a_line_is_not_changed_by_hand(
    officer: Browser, cast: Cast, session: Session
) -> None:
    line = session.scalars(
        select(WorkGroup.id).where(
            WorkGroup.branch_id == cast.sao_bac.lines["Chuyền 3"],
            WorkGroup.kind == GroupKind.LINE,
        )
    ).one()
    assert "theo chuyền hoặc tổ" in officer.open(f"/groups/{line}").text
    token = token_of(officer)
    person = {"csrf_token": token, "worker": cast.sao_bac.people["hoa"].id}
    for part in ("people", "badges", "take-out", "move", "close"):
        assert officer.post(f"/groups/{line}/{part}", person).status_code == 409
    renamed = officer.post(f"/groups/{line}/rename", {"csrf_token": token, "name": "Khác"})
    assert renamed.status_code == 409


def test_nobody_joins_the_safety_team_of_a_line_by_being_moved_there(
    officer: Browser, cast: Cast, session: Session, write: Write, clock: SetClock
) -> None:
    line7, hoa = cast.sao_bac.lines["Chuyền 7"], cast.sao_bac.people["hoa"].id
    write(
        lambda s: (
            group_named(
                s,
                cast.sao_bac.id,
                GroupKind.SAFETY_TEAM,
                "Tổ an toàn Chuyền 7",
                now=clock.at,
                branch_id=line7,
            ).id
        )
    )
    officer.open(f"/workers/{hoa}")
    officer.send("/move", move__unit=str(line7), move__on=TODAY.isoformat())
    session.rollback()
    groups = list_groups_of(session, hoa, TODAY + timedelta(days=1))
    assert [group.name for group in groups] == ["Chuyền 7"]


# From a column


def test_each_value_of_a_column_becomes_a_group_and_all_of_it_is_undone(
    officer: Browser, cast: Cast, session: Session, write: Write
) -> None:
    def work(session: Session) -> None:
        for name, position in (("hoa", "Nấu ăn"), ("anh", "Nấu ăn"), ("men", "Bảo vệ")):
            session.get_one(Worker, cast.sao_bac.people[name].id).position = position

    write(work)
    page = officer.open("/groups/from-column?source=position&kind=ad_hoc").text
    assert "Nấu ăn" in page
    token = token_of(officer)
    sent = {"csrf_token": token, "source": "position", "kind": "ad_hoc", "value": "Nấu ăn"}
    assert officer.post("/groups/from-column", sent).status_code == 302
    group = session.scalars(select(WorkGroup).where(WorkGroup.name == "Nấu ăn")).one()
    assert open_memberships(session, group.id) == 2
    officer.post("/groups/from-column", sent)
    assert open_memberships(session, group.id) == 2
    act = session.scalars(select(GroupChange.act_id).order_by(GroupChange.id)).first()
    officer.post(f"/groups/changes/{act}/undo", {"csrf_token": token})
    session.rollback()
    assert session.scalars(select(WorkGroup).where(WorkGroup.name == "Nấu ăn")).first() is None
    nobody = officer.post("/groups/from-column", {**sent, "value": "Không có"})
    assert nobody.status_code == 422
    of_line = officer.post("/groups/from-column", {**sent, "kind": "line"})
    assert of_line.status_code == 404


# Paper, and many at once


def test_the_list_of_a_group_is_printed(officer: Browser, rooms: dict[str, str]) -> None:
    page = officer.open(f"/groups/{rooms['Phòng 1']}/print").text
    assert "Nguyễn Thị Hoa" in page
    assert "SB-20417" in page


def test_six_hundred_people_join_in_several_steps_and_one_button_undoes_them(
    officer: Browser, rooms: dict[str, str], cast: Cast, write: Write, clock: SetClock, session: Any
) -> None:
    def work(session: Session) -> None:
        line = get_branch(session, cast.sao_bac.lines["Chuyền 7"])
        for number in range(600):
            make_worker(
                session,
                line,
                f"SB-{number:06}",
                f"Người {number}",
                clock.at,
                pin=None,
                agreed=False,
                pattern=None,
            )

    write(work)
    officer.open(f"/groups/{rooms['Phòng 2']}/people")
    officer.send("/badges", badges="\n".join(f"SB-{number:06}" for number in range(600)))
    page = officer.send("/badges")
    assert "Đã thêm 600 người vào Phòng 2" in page.text
    assert open_memberships(session, rooms["Phòng 2"]) == 600
    assert acts(session, rooms["Phòng 2"]).count("workforce.group_joined") == 3
    officer.send("/undo")
    assert open_memberships(session, rooms["Phòng 2"]) == 0
