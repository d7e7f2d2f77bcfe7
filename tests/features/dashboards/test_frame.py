"""The first page of each role, and the box that tells how the exchange with the province stands."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.sync.actions.log import append_entry
from app.sync.models import ThisNode
from tests.conftest import SetClock
from tests.factories.gates import make_guard
from tests.factories.people import Cast, Person

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Session], Any]], Any]


def person(cast: Cast, name: str) -> Person:
    return cast.sao_bac.people.get(name) or cast.people[name]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("hanh", "/today"),
        ("nhung", "/today"),
        ("lam", "/compliance"),
        ("an", "/accounts"),
        ("hoa", "/check-in"),
    ],
)
def test_each_role_has_its_first_page(cast: Cast, enter: Enter, name: str, first: str) -> None:
    answer = enter(person(cast, name)).get("/")
    assert answer.status_code == 302
    assert answer.location.endswith(first)


def test_a_guard_begins_at_the_gate(
    cast: Cast, enter: Enter, write: Write, clock: SetClock
) -> None:
    guard = write(lambda s: make_guard(s, cast, clock))
    assert enter(guard).get("/").location.endswith("/gate")


def box(client: FlaskClient) -> str:
    page = client.get("/my-account").text
    shown = page.partition('<p class="sync')[2].partition("</p>")[0]
    return " ".join(shown.split())


def test_the_box_tells_what_waits_and_what_the_province_has(
    cast: Cast, enter: Enter, write: Write, clock: SetClock
) -> None:
    client = enter(cast.people["lam"])
    assert "Chưa nối kênh tỉnh" in box(client)
    write(lambda s: append_entry(s, "feedback", {"n": 1}, clock.at))
    assert "1 mục chờ gửi" in box(client)

    def enrol(session: Session, **values: Any) -> None:
        row = session.query(ThisNode).one()
        row.enrolled_at = clock.at
        for name, value in values.items():
            setattr(row, name, value)

    write(enrol)
    assert "Chưa liên lạc được với tỉnh" in box(client)
    write(lambda s: enrol(s, last_contact_at=clock.at))
    assert "Tỉnh nhận lần cuối 05:10" in box(client)
    assert "sync-off" not in box(client)
    write(lambda s: enrol(s, accepted_through=1))
    assert "Tỉnh đã nhận 05:10" in box(client)
    assert "không còn mục chờ gửi" in box(client)
    problem = {"code": "sync.unreachable", "since": clock.at.isoformat(), "params": {}}
    write(lambda s: enrol(s, accepted_through=0, last_problem=problem))
    assert box(client).startswith("sync-off")
