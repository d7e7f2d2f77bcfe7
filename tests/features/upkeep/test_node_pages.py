"""Pages of backups and of the node, and the addresses that say how it is."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.actions.sessions import open_web_session
from app.upkeep.actions.runs import LEASE
from app.upkeep.queries.records import find_running, list_backups
from app.upkeep.rules.certificates import Certificate, CertificateKind
from app.upkeep.rules.node_state import DatabaseCheck, NodeFacts, SyncFacts, find_problems
from app.web.schema import newest_revision
from tests.conftest import Node, SetClock
from tests.factories.people import Cast, Person

NOW = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
GIBIBYTE = 1024**3
SOUND = NodeFacts(
    now=NOW,
    revision="0001",
    newest_revision="0001",
    sqlite=(3, 52, 0),
    disk_free=50 * GIBIBYTE,
    last_good_backup_at=NOW - timedelta(hours=20),
    newest_act_at=NOW,
    first_act_at=NOW - timedelta(days=90),
)


@pytest.fixture
def enter(
    client: FlaskClient, write: Callable[..., str], clock: SetClock
) -> Callable[[Person], FlaskClient]:
    """Sign the browser in as somebody."""

    def sign_in(person: Person) -> FlaskClient:
        session_id = write(lambda s: open_web_session(s, person.id, now=clock.at))
        with client.session_transaction() as cookies:
            cookies["_user_id"], cookies["_fresh"] = session_id, True
        return client

    return sign_in


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_an_admin_makes_a_backup_from_the_page(
    enter: Callable[[Person], FlaskClient], cast: Cast, session: Session, clock: SetClock
) -> None:
    browser = enter(cast.people["an"])
    page = browser.get("/admin/backups").text
    assert "Chưa có bản sao lưu nào" in page
    answer = browser.post("/admin/backups", data={"csrf_token": token_in(page)})
    assert answer.status_code == 302
    for thread in threading.enumerate():
        if thread.name == "backup":
            thread.join()
    session.rollback()
    assert find_running(session, LEASE, clock.at) is None
    (row,) = list_backups(session)
    page = browser.get("/admin/backups").text
    assert Path(row.path).name in page
    assert "Khôi phục thử được" in page
    assert row.path.rsplit("/", 1)[0] in page
    assert f'href="{row.path}' not in page


def test_a_running_backup_shows_how_far_it_is(
    enter: Callable[[Person], FlaskClient],
    cast: Cast,
    in_app: Flask,
    clock: SetClock,
    write: Callable[..., object],
) -> None:
    from app.upkeep.actions.leases import take_lease, tell_progress

    lasts = timedelta(minutes=10)
    write(lambda s: take_lease(s, LEASE, "x", lasts=lasts, now=clock.at))
    write(lambda s: tell_progress(s, LEASE, "x", 45, lasts=lasts, now=clock.at))
    browser = enter(cast.people["an"])
    page = browser.get("/admin/backups").text
    assert re.search(r'<progress[^>]*value="45"', page)
    assert "disabled" in page
    told = browser.get("/admin/backups/progress").json
    assert (told["state"], told["done"], told["total"]) == ("running", 45, 100)
    assert "45" in told["text"]
    clock.move(minutes=10)
    assert browser.get("/admin/backups/progress").json["state"] == "over"


@pytest.mark.parametrize("name", ["lam", "hanh", "nhung"])
def test_nobody_else_sees_the_nodes_pages(
    enter: Callable[[Person], FlaskClient], cast: Cast, name: str
) -> None:
    person = cast.people.get(name) or cast.sao_bac.people[name]
    browser = enter(person)
    assert browser.get("/admin/backups").status_code == 403
    assert browser.get("/admin/node").status_code == 403


def test_the_nodes_page_says_what_is_wrong(
    enter: Callable[[Person], FlaskClient], cast: Cast, clock: SetClock
) -> None:
    browser = enter(cast.people["an"])
    assert "chưa ai chấp nhận" in browser.get("/admin/node").text
    clock.move(days=3)
    assert "Đã 3 ngày chưa có bản sao lưu" in enter(cast.people["an"]).get("/admin/node").text
    clock.move(days=-5)
    assert "Đồng hồ máy chủ chạy sai" in enter(cast.people["an"]).get("/admin/node").text


def test_a_node_that_works_is_up_and_ready(client: FlaskClient) -> None:
    up, ready = client.get("/healthz"), client.get("/readyz")
    assert (up.status_code, ready.status_code) == (200, 200)
    assert (up.json["status"], ready.json["status"]) == ("up", "ready")


def test_a_node_on_an_old_schema_is_up_but_not_ready(
    client: FlaskClient, node: Node, in_app: Flask
) -> None:
    engine = in_app.extensions["writer"].engine
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'old'")
    try:
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json["code"]) == (503, "node.schema_old")
        assert client.get("/healthz").status_code == 200
    finally:
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :newest"),
                {"newest": newest_revision()},
            )


def ending(kind: CertificateKind, days: int) -> Certificate:
    return Certificate(kind, ("anca.internal",), NOW, NOW + timedelta(days=days), "00")


def test_a_sound_node_has_no_problems() -> None:
    assert find_problems(SOUND) == []
    fields = {name: getattr(SOUND, name) for name in NodeFacts.__slots__}
    certificate = ending(CertificateKind.LOCAL, 22)
    assert find_problems(NodeFacts(**fields | {"certificate": certificate})) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"revision": None}, "node.schema_old"),
        ({"disk_free": GIBIBYTE - 1}, "node.disk_low"),
        ({"newest_act_at": NOW + timedelta(minutes=6)}, "node.clock_behind"),
        ({"now": NOW.replace(year=1970), "newest_act_at": None}, "node.clock_behind"),
        ({"last_good_backup_at": NOW - timedelta(days=2, seconds=1)}, "node.backup_old"),
        ({"last_good_backup_at": None}, "node.no_backup"),
        ({"sqlite": (3, 51, 2)}, "node.sqlite_old"),
        ({"companies_on_proposed_rules": 2}, "node.rules_proposed"),
        ({"certificate": ending(CertificateKind.LOCAL, 21)}, "node.certificate_ending_local"),
        ({"certificate": ending(CertificateKind.PUBLIC, 21)}, "node.certificate_ending_public"),
        ({"certificate": ending(CertificateKind.LOCAL, 0)}, "node.certificate_ended"),
        ({"damaged": True}, "database.damaged"),
        ({"checked": DatabaseCheck(NOW, "page 7")}, "database.damaged"),
        ({"keys_match": False}, "node.keys_changed"),
        ({"logs_aside": ("anca.db-wal.damaged-1",)}, "node.log_damaged"),
        (
            {"check_expected": True, "checked": DatabaseCheck(NOW - timedelta(days=4))},
            "node.not_checked",
        ),
        ({"scheduler_until": NOW - timedelta(minutes=6)}, "node.scheduler_stopped"),
        ({"paused_channels": ("sms_http",)}, "node.channel_stopped"),
        ({"delays": [timedelta(minutes=-6)] * 10}, "node.clock_behind_phones"),
        ({"delays": [timedelta(hours=1)] * 10}, "node.clock_ahead_of_phones"),
        ({"sync": SyncFacts(NOW, 4, "sync.clock")}, "node.clock_unlike_province"),
        ({"sync": SyncFacts(NOW - timedelta(hours=25), 4, None)}, "node.sync_behind"),
        ({"sync": SyncFacts(NOW, 4, "sync.forked")}, "node.sync_held_up"),
    ],
)
def test_each_thing_wrong_has_its_code(facts: dict[str, object], code: str) -> None:
    fields = {name: getattr(SOUND, name) for name in NodeFacts.__slots__} | facts
    assert code in [problem.code for problem in find_problems(NodeFacts(**fields))]


@pytest.mark.parametrize(
    "facts",
    [
        {"delays": [timedelta(hours=1)] * 9},
        {"delays": [timedelta(seconds=2), *[timedelta(hours=5)] * 20]},
        {"sync": SyncFacts(NOW - timedelta(hours=23), 400, None)},
        {"scheduler_until": NOW - timedelta(minutes=2)},
        {"check_expected": True, "checked": DatabaseCheck(NOW - timedelta(days=2))},
    ],
)
def test_what_is_as_it_should_be_is_not_told(facts: dict[str, object]) -> None:
    fields = {name: getattr(SOUND, name) for name in NodeFacts.__slots__} | facts
    assert find_problems(NodeFacts(**fields)) == []


def test_a_new_node_is_not_blamed_for_having_no_backup() -> None:
    fields = {name: getattr(SOUND, name) for name in NodeFacts.__slots__}
    young = NodeFacts(**fields | {"last_good_backup_at": None, "first_act_at": NOW})
    assert find_problems(young) == []
