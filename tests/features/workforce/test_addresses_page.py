"""Where somebody is written to stands on the record; an officer may stop it, and undo that."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.delivery.models import ContactPoint
from tests.factories.people import Cast
from tests.features.reminders.test_pages import Browser, token_of

Write = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def hanh(cast: Cast, client: FlaskClient) -> Browser:
    """SAOBAC's officer."""
    return Browser(client, "hanh")


@pytest.fixture
def point(cast: Cast, session: Any) -> ContactPoint:
    """Hoa's phone number."""
    found: ContactPoint = session.scalars(
        select(ContactPoint).where(ContactPoint.person_id == cast.sao_bac.people["hoa"].id)
    ).one()
    return found


def at(point: ContactPoint) -> str:
    return f"/workers/{point.person_id}/addresses/{point.id}"


def state(session: Any, point: ContactPoint) -> str:
    session.rollback()
    return str(session.get(ContactPoint, point.id).state)


def test_an_officer_stops_writing_to_a_number_and_undoes_it(
    hanh: Browser, point: ContactPoint, session: Any
) -> None:
    page = hanh.get(f"/workers/{point.person_id}")
    assert "Nơi nhận tin" in page
    assert "Thôi nhắn" in page
    assert hanh.post(at(point), {"state": "opted_out"}).status_code == 302
    assert state(session, point) == "opted_out"
    page = hanh.get(f"/workers/{point.person_id}")
    assert "Không muốn nhận tin" in page
    assert "Nhắn lại" in page
    undo = re.search(r'action="(/workers/[^"]+/addresses/[^"]+\?[^"]+)"', page)
    assert undo, "the toast offers to undo it"
    assert hanh.post(undo[1].replace("&amp;", "&")).status_code == 302
    assert state(session, point) == "unknown"
    acts = session.scalars(select(AuditEntry.act)).all()
    assert acts.count("delivery.address_state_changed") == 2


def test_undoing_brings_the_reason_back(
    hanh: Browser, point: ContactPoint, session: Any, write: Write
) -> None:
    def failed(session: Any) -> None:
        row = session.get(ContactPoint, point.id)
        row.state, row.state_code = "invalid", "404"

    write(failed)
    page = hanh.get(f"/workers/{point.person_id}")
    assert "Không tới được" in page
    assert "mã 404" in page
    hanh.post(at(point), {"state": "unknown"})
    assert state(session, point) == "unknown"
    hanh.post(f"{at(point)}?state=invalid&code=404")
    session.rollback()
    row = session.get(ContactPoint, point.id)
    assert (row.state, row.state_code) == ("invalid", "404")


@pytest.mark.parametrize(
    ("typed", "kept"), [(" Hoa@May.vn ", "hoa@may.vn"), ("hoa", None), ("a@b@c.vn", None)]
)
def test_an_email_is_kept_when_it_is_one(
    hanh: Browser, cast: Cast, session: Any, typed: str, kept: str | None
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    answer = hanh.post(f"/workers/{hoa}/email", {"email-address": typed})
    assert answer.status_code == (302 if kept else 422)
    session.rollback()
    emails = session.scalars(select(ContactPoint).where(ContactPoint.channel == "email")).all()
    assert [row.address for row in emails] == ([kept] if kept else [])
    if kept:
        assert kept in hanh.get(f"/workers/{hoa}")
        hanh.post(f"/workers/{hoa}/email", {"email-address": ""})
        assert kept not in hanh.get(f"/workers/{hoa}")
    else:
        assert "E-mail chưa đúng" in answer.text


@pytest.mark.parametrize("wanted", ["", "gone", "OK"])
def test_an_unknown_state_is_no_state(
    hanh: Browser, point: ContactPoint, session: Any, wanted: str
) -> None:
    assert hanh.post(at(point), {"state": wanted}).status_code == 404
    assert state(session, point) == "unknown"


def test_an_address_of_somebody_else_is_not_there(
    hanh: Browser, cast: Cast, point: ContactPoint, session: Any
) -> None:
    other = cast.sao_bac.people["men"].id
    answer = hanh.post(f"/workers/{other}/addresses/{point.id}", {"state": "opted_out"})
    assert answer.status_code == 404
    assert state(session, point) == "unknown"


@pytest.mark.parametrize(("login", "status"), [("khoi", 404), ("lam", 403)])
@pytest.mark.parametrize("way", ["address", "email"])
def test_nobody_else_decides_where_somebody_is_written_to(
    client: FlaskClient, point: ContactPoint, session: Any, login: str, status: int, way: str
) -> None:
    other = Browser(client, login)
    form = token_of(other.get("/my-account"))
    to = at(point) if way == "address" else f"/workers/{point.person_id}/email"
    told = {"state": "opted_out", "email-address": "x@y.vn", "csrf_token": form}
    assert client.post(to, data=told).status_code == status
    assert state(session, point) == "unknown"
    assert client.post(to, data={"state": "opted_out"}).status_code == 400
