"""/sync and the commands: what an admin sees, and does, of the exchange."""

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.rules import Role
from app.settings import NodeRole
from app.sync.actions.log import append_entry
from app.sync.jobs import make_summaries, push_log
from app.sync.queries.states import sync_state
from tests.factories.people import make_officer, make_park
from tests.features.sync.conftest import Centre, HandMade, Park, Peer, csrf_token, signed_in


@pytest.fixture
def admin(park: Park) -> FlaskClient:
    """The browser of the park's admin; a manager of the park is there too."""
    now = park.node.clock.at

    def work(session: Session) -> None:
        root = make_park(session, now)
        make_officer(session, root.id, Role.ADMIN, "an", "Phạm Quốc An", now)
        make_officer(session, root.id, Role.PARK_MANAGER, "lam", "Trần Văn Lâm", now)

    park.run(work)
    client: FlaskClient = signed_in(park.node, "an")
    return client


def post(client: FlaskClient, address: str, **values: str) -> Any:
    token = csrf_token(client.get("/sync").text)
    return client.post(address, data=values | {"csrf_token": token}, follow_redirects=True)


def test_a_code_shown_once_at_the_province_enrols_a_park(
    park: Park, centre: Peer, admin: FlaskClient, staff: dict[str, str]
) -> None:
    assert "Khu này chưa nối với kênh tỉnh" in admin.get("/sync").text
    there = signed_in(centre.node, "minh")
    shown = post(there, "/sync/invitations", name="KCN Vân Trung").text
    code = shown.partition('<b class="num nowrap">')[2].partition("</b>")[0]
    assert len(code) == 19
    assert code not in there.get("/sync").text
    answer = post(admin, "/sync/enrol", url=centre.url, code=code)
    assert "Đã nối với kênh tỉnh" in answer.text
    assert "Tỉnh đã nhận hết các mục" in answer.text
    assert "KCN Vân Trung" in there.get("/sync").text


def test_what_waits_is_counted_by_kind_and_sent_by_a_button(
    park: Park, centre: Peer, admin: FlaskClient
) -> None:
    park.enrol_at(centre)
    for n in range(3):
        park.note(n, "summary")
    park.note(4, "weather.report")
    page = admin.get("/sync").text
    assert "4 mục chờ gửi lên tỉnh" in page
    assert "Vừa ghi, máy tự gửi trong vòng một phút" in page
    assert "không nghe được chuông của tỉnh, máy tự hỏi" in page
    assert "Loại chưa biết: weather.report" in page
    sent = post(admin, "/sync/push").text
    assert "Tỉnh đã nhận 4 mục" in sent
    assert "chờ gửi lên tỉnh" not in sent


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("", "", "Cần điền mục này"),
        ("http://province.example", "x", "Địa chỉ tỉnh phải bắt đầu bằng https://."),
        (None, "AAAA-BBBB-CCCC-DDDD", "Mã mời không đúng, đã dùng hoặc hết hạn"),
    ],
)
def test_an_enrolment_that_fails_says_why_beside_the_field(
    park: Park, centre: Peer, admin: FlaskClient, url: str | None, code: str, said: str
) -> None:
    token = csrf_token(admin.get("/sync").text)
    address = centre.url if url is None else url
    answer = admin.post("/sync/enrol", data={"url": address, "code": code, "csrf_token": token})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Khu này chưa nối với kênh tỉnh" in answer.text


def test_a_province_that_cannot_be_reached_is_a_problem_in_words(
    park: Park, centre: Peer, admin: FlaskClient
) -> None:
    park.enrol_at(centre)
    park.note(1)
    centre.down()
    page = post(admin, "/sync/push").text
    assert "Chưa nối được với máy chủ tỉnh" in page
    assert "Lần gửi vừa rồi chưa được, máy tự gửi lại" in page
    assert "1 mục chờ gửi lên tỉnh" in page


def test_long_logs_are_cut_into_pages(park: Park, admin: FlaskClient) -> None:
    def work(session: Session) -> None:
        for n in range(60):
            append_entry(session, "feedback", {"n": n}, park.node.clock.at)

    park.run(work)
    assert "1–50 trên 60" in admin.get("/sync").text
    assert "51–60 trên 60" in admin.get("/sync?page=2").text


def test_only_who_keeps_the_node_sees_the_page(
    park: Park, centre: Peer, admin: FlaskClient, staff: dict[str, str]
) -> None:
    for node, login in ((park.node, "lam"), (centre.node, "thu")):
        client = signed_in(node, login)
        assert client.get("/sync").status_code == 403
        for address in ("/sync/enrol", "/sync/push", "/sync/invitations"):
            assert client.post(address).status_code in {400, 403, 404}


def test_a_form_without_its_token_changes_nothing(
    park: Park, centre: Peer, admin: FlaskClient, staff: dict[str, str]
) -> None:
    assert admin.post("/sync/push").status_code == 400
    assert admin.post("/sync/enrol", data={"url": centre.url, "code": "x"}).status_code == 400
    there = signed_in(centre.node, "minh")
    assert there.post("/sync/invitations", data={"name": "x"}).status_code == 400


def test_a_fork_is_shown_at_the_province_with_the_park(
    centre: Peer, hand_made: HandMade, staff: dict[str, str]
) -> None:
    hand_made.sent_to(centre, hand_made.chain(1))
    hand_made.sent_to(centre, hand_made.chain(1, mark="other"))
    page = signed_in(centre.node, "minh").get("/sync").text
    assert "sync.fork" in page
    assert "KCN Quang Châu:" in page


def test_the_frame_learns_the_exchange_in_four_values(park: Park, centre: Peer) -> None:
    settings = park.node.app.config["SETTINGS"]

    def state() -> tuple[bool, bool, int, str | None]:
        now = park.read(lambda session: sync_state(session, settings))
        return now.enrolled, now.last_contact_at is not None, now.pending, now.problem_code

    assert state() == (False, False, 0, None)
    park.note(1)
    assert state() == (False, False, 1, None)
    park.enrol_at(centre)
    park.push()
    assert state() == (True, True, 0, None)
    park.note(2)
    centre.down()
    park.push()
    assert state() == (True, True, 1, "sync.unreachable")


# Commands


def said(park: Peer, *arguments: str) -> Any:
    answer = park.cli(*arguments, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


def test_the_story_of_a_park_told_in_commands(park: Park, centre: Peer) -> None:
    assert said(park, "sync", "status") == {
        "node": None,
        "enrolled": False,
        "up": {"head": 0, "accepted_through": 0, "pending": {}},
        "down": {"head": 0, "applied_through": 0},
        "last_contact": None,
        "problems": [],
    }
    invitation = said(centre, "sync", "invite", "--name", "KCN Vân Trung")
    assert invitation["expires_at"] == "2026-12-01T05:10:00+07:00"
    node = said(park, "sync", "enrol", centre.url, "--code", invitation["code"])["node"]
    park.note(1, "summary")
    assert said(park, "sync", "status")["up"]["pending"] == {"summary": 1}
    assert said(park, "sync", "push") == {"accepted": 1, "accepted_through": 1}
    assert said(park, "summaries", "make", "--on", "today") == {"made": []}
    assert said(park, "sync", "status") == {
        "node": node,
        "enrolled": True,
        "up": {"head": 1, "accepted_through": 1, "pending": {}},
        "down": {"head": 1, "applied_through": 1},
        "last_contact": "2026-11-24T05:10:00+07:00",
        "problems": [],
    }


def test_a_refused_command_ends_with_one_and_its_code(park: Park, centre: Peer) -> None:
    for peer, arguments, code in (
        (park, ("sync", "push"), "sync.not_enrolled"),
        (park, ("sync", "invite", "--name", "x"), "sync.wrong_role"),
        (centre, ("summaries", "make"), "sync.wrong_role"),
        (park, ("sync", "enrol", centre.url, "--code", "x"), "sync.bad_code"),
    ):
        answer = peer.cli(*arguments, "--json")
        assert (answer.exit_code, json.loads(answer.output)["code"]) == (1, code)
    assert park.cli("summaries", "make", "--on", "someday").exit_code == 2


def test_a_failed_push_is_a_refusal_and_stands_in_the_status(park: Park, centre: Peer) -> None:
    park.enrol_at(centre)
    park.note(1)
    centre.down()
    answer = park.cli("sync", "push", "--json")
    assert (answer.exit_code, json.loads(answer.output)["code"]) == (1, "sync.unreachable")
    (problem,) = said(park, "sync", "status")["problems"]
    assert problem["code"] == "sync.unreachable"
    assert problem["message"].startswith("Chưa nối được")
    assert problem["since"] == "2026-11-24T05:10:00+07:00"


def test_the_jobs_do_the_same_as_the_commands(park: Park, centre: Peer) -> None:
    park.enrol_at(centre)
    park.note(1)
    with park.node.app.app_context():
        make_summaries()
        push_log()
    assert centre.entries() == park.entries()
    centre.down()
    park.note(2)
    with park.node.app.app_context():
        push_log()
    assert park.status().pending == {"feedback": 1}
    assert park.node.app.config["SETTINGS"].role is NodeRole.PARK


# Bundles and the register of nodes


def csrf_of(client: FlaskClient) -> str:
    return csrf_token(client.get("/sync").text)


def uploaded(client: FlaskClient, content: bytes) -> Any:
    values = {"csrf_token": csrf_of(client), "file": (BytesIO(content), "goi.zip")}
    return client.post("/sync/import", data=values, follow_redirects=True)


def test_a_bundle_is_made_by_one_button_and_taken_in_by_one_field(
    park: Park, centre: Centre, admin: FlaskClient, staff: dict[str, str]
) -> None:
    park.enrol_at(centre)
    for n in range(3):
        park.note(n)
    packed = admin.post("/sync/export", data={"csrf_token": csrf_of(admin)})
    assert (packed.status_code, packed.mimetype) == (200, "application/zip")
    there = signed_in(centre.node, "minh")
    assert "Đã nhận 3 mục mới" in uploaded(there, packed.data).text
    assert "đã nhận trước đây" in uploaded(there, packed.data).text
    back = there.post("/sync/export", data={"csrf_token": csrf_of(there)})
    page = uploaded(admin, back.data).text
    assert "Đã nhận 1 mục mới" in page
    assert "Tỉnh đã nhận hết các mục" in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Chọn một tệp"),
        (b"no zip", "Gói bị hỏng hoặc chép thiếu"),
        (b"PK\x05\x06" + bytes(18), "Ở đây không có gói đồng bộ"),
    ],
)
def test_what_is_no_bundle_is_told_beside_the_field(
    park: Park, centre: Centre, admin: FlaskClient, content: bytes, words: str
) -> None:
    park.enrol_at(centre)
    if content:
        answer = uploaded(admin, content)
    else:
        answer = admin.post("/sync/import", data={"csrf_token": csrf_of(admin)})
    assert answer.status_code == 422
    assert words in answer.text


def test_the_page_names_what_waits_and_what_came_down(
    park: Park, centre: Centre, admin: FlaskClient
) -> None:
    node = park.enrol_at(centre)
    centre.tell(node, 1, "notice")
    centre.tell(node, 2, "weather.report")
    answer = post(admin, "/sync/push")
    assert "Đã nhận 2 mục của tỉnh" in answer.text
    assert "Thông báo khẩn" in answer.text
    assert "Loại chưa biết: weather.report" in answer.text
    assert "Loại mục này phiên bản hiện tại chưa biết" in answer.text
    assert park.status().pending == {}


def test_the_register_of_nodes_replaces_a_machine_and_revokes_a_key(
    park: Park, centre: Centre, staff: dict[str, str], admin: FlaskClient
) -> None:
    node = park.enrol_at(centre)
    there = signed_in(centre.node, "minh")
    page = there.get("/sync").text
    assert "anca" not in page.lower().partition("chưa rõ phiên bản")[0] or "KCN Vân Trung" in page
    shown = post(there, "/sync/replacements", park=node).text
    assert "Mã nối tiếp cho KCN Vân Trung" in shown
    code = shown.partition('<b class="num nowrap">')[2].partition("</b>")[0]
    assert "mã nối tiếp" in there.get("/sync").text
    wrong = post(admin, "/sync/enrol", url=centre.url, code=code, how="no")
    assert "Mã này dùng cho cách nối khác" in wrong.text
    assert (
        "Đã nối với kênh tỉnh"
        in post(admin, "/sync/enrol", url=centre.url, code=code, how="take_over").text
    )
    assert "Đánh dấu xác nhận" in post(there, "/sync/revocations", park=node).text
    park.note(1)
    assert park.push().stopped_by is None
    assert (
        "Đã thu hồi khoá của KCN Vân Trung"
        in post(there, "/sync/revocations", park=node, sure="y").text
    )
    park.note(2)
    assert "Khoá ký này không còn dùng được" in post(admin, "/sync/push").text


def test_among_many_parks_the_silent_and_the_waiting_are_found(
    centre: Centre, hand_made: HandMade, park: Park, staff: dict[str, str]
) -> None:
    node = park.enrol_at(centre)
    park.pull()
    centre.tell(node, 1)
    there = signed_in(centre.node, "minh")

    def shown(query: str) -> list[str]:
        cells = there.get(f"/sync?{query}").text.split('<th scope="row">')
        return sorted(name for name in ("KCN Vân Trung<", "KCN Quang Châu<") for each in cells
                      if each.startswith(name))  # fmt: skip

    assert shown("") == ["KCN Quang Châu<", "KCN Vân Trung<"]
    assert shown("q=quang+chau") == ["KCN Quang Châu<"]
    assert shown("show=silent") == ["KCN Quang Châu<"]
    assert shown("show=waiting") == ["KCN Vân Trung<"]
    assert shown("show=revoked") == []
    assert "Bỏ lọc để xem mọi khu" in there.get("/sync?show=revoked").text


@pytest.mark.parametrize("address", ["/sync/replacements", "/sync/revocations"])
def test_a_park_that_nobody_knows_is_not_found(
    park: Park, centre: Centre, staff: dict[str, str], address: str
) -> None:
    there = signed_in(centre.node, "minh")
    assert post(there, address, park="nobody").status_code == 404


@pytest.mark.parametrize("address", ["/sync/export", "/sync/import"])
def test_bundles_are_for_who_keeps_the_node(park: Park, admin: FlaskClient, address: str) -> None:
    manager = signed_in(park.node, "lam")
    token = csrf_token(manager.get("/account").text or "")
    assert manager.post(address, data={"csrf_token": token}).status_code in {302, 400, 403}
    assert admin.post(address).status_code in {302, 400}


def test_a_bundle_for_a_park_that_nobody_knows_is_refused(
    centre: Centre, staff: dict[str, str]
) -> None:
    there = signed_in(centre.node, "minh")
    answer = post(there, "/sync/export", park="nobody")
    assert answer.status_code == 404
    assert "Không có khu nào tên hoặc mã nobody" in answer.text
