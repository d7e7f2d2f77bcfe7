"""The page of the Zalo account: tokens go in and never come out, templates show their state."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.delivery.grants import make_ready
from app.delivery.models import ChannelState, ProviderGrant
from app.delivery.registry import Channels, build_channels, office_of
from app.delivery.rules import ChannelName
from app.delivery.rules.consent import challenge_of, verifier_for
from app.settings import Settings
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.upkeep.test_node_pages import enter, token_in
from tests.peers.zalo import APP_SECRET, OA_ID, TEMPLATE, Zalo, settings_for, zalo

__all__ = ["enter"]
PAGE, VERIFIER = "/admin/zalo", verifier_for(APP_SECRET)


@pytest.fixture
def database() -> str:
    """What is asked here does not depend on the database."""
    return "sqlite"


@pytest.fixture
def peer() -> Iterator[Zalo]:
    with zalo() as told:
        yield told


@pytest.fixture
def channels(in_app: Flask, clock: SetClock, peer: Zalo, tmp_path: Any) -> Iterator[Channels]:
    given = settings_for(peer)
    settings = Settings(instance=tmp_path, channel_settings=tuple(given.items()))
    before, made = in_app.extensions["channels"], build_channels(settings, clock.now)
    in_app.extensions["channels"] = made
    yield made
    in_app.extensions["channels"] = before
    office = office_of(made)
    assert office is not None
    office.close()


@pytest.fixture
def admin(enter: Callable[..., FlaskClient], cast: Cast) -> FlaskClient:
    return enter(cast.people["an"])


def page(admin: FlaskClient, place: str = PAGE) -> str:
    return admin.get(place).get_data(as_text=True)


def post(admin: FlaskClient, place: str, **more: str) -> str:
    form = {"csrf_token": token_in(page(admin)), **more}
    return admin.post(place, data=form, follow_redirects=True).get_data(as_text=True)


def paste(admin: FlaskClient, access: str = "access-0", refresh: str = "refresh-0") -> str:
    return post(admin, f"{PAGE}/grant", access_token=access, refresh_token=refresh)


@pytest.mark.usefixtures("channels")
def test_tokens_are_written_once_and_shown_nowhere(admin: FlaskClient, session: Session) -> None:
    assert "Chưa có quyền gửi" in page(admin)
    told = paste(admin)
    assert "Đang giữ quyền gửi" in told
    everything = told + page(admin) + page(admin, "/admin/channels")
    assert not any(each in everything for each in ("access-0", "refresh-0", APP_SECRET))
    session.rollback()
    acts = session.scalars(select(AuditEntry).where(AuditEntry.act == "delivery.grant_given")).all()
    assert [act.details for act in acts] == [{"provider": "zalo"}]


@pytest.mark.usefixtures("channels")
@pytest.mark.parametrize("refresh", ["", "with space", "x" * 5000])
def test_what_is_no_token_is_refused(admin: FlaskClient, session: Session, refresh: str) -> None:
    assert "không đúng dạng" in paste(admin, refresh=refresh)
    session.rollback()
    assert session.scalars(select(ProviderGrant.version)).all() == []


def test_a_refresh_token_alone_is_enough(
    admin: FlaskClient, channels: Channels, clock: SetClock, peer: Zalo, session: Session
) -> None:
    paste(admin, access="")
    make_ready(channels, clock.now)
    office = office_of(channels)
    assert office is not None
    assert office.token is not None
    assert (peer.trades, office.token.version) == (1, 2)


@pytest.mark.usefixtures("channels")
def test_templates_show_what_zalo_says_of_them(
    admin: FlaskClient, peer: Zalo, session: Session
) -> None:
    paste(admin)
    assert "Chưa biết" in page(admin)
    peer.templates[TEMPLATE]["status"] = "PENDING_REVIEW"
    told = post(admin, f"{PAGE}/templates")
    assert "Đang chờ Zalo duyệt" in told
    assert "tin khẩn, tin nhắc" in told
    peer.broken = True
    assert "mã 500" in post(admin, f"{PAGE}/templates")
    assert "Đang chờ Zalo duyệt" in page(admin)


@pytest.mark.usefixtures("channels")
def test_a_test_message_says_in_words_what_became_of_it(admin: FlaskClient, peer: Zalo) -> None:
    paste(admin)
    peer.join("123456", "84900000118")
    place = "/admin/channels/zalo_cs/try"
    peer.revoke_tokens()
    assert "đã nhận tin thử" in post(admin, place, address="123456")
    assert peer.trades == 1
    assert "không quan tâm" in post(admin, place, address="99")
    phone = "/admin/channels/zalo_tpl_phone/try"
    assert "đã nhận tin thử" in post(admin, phone, address="0900 000 118")
    assert "không dùng Zalo" in post(admin, phone, address="0911 111 111")


def test_a_lost_grant_is_said_with_what_to_do(
    admin: FlaskClient, channels: Channels, clock: SetClock, peer: Zalo, session: Session
) -> None:
    paste(admin, access="")
    peer.trade_elsewhere()
    make_ready(channels, clock.now)
    assert "đã bị dùng ở nơi khác" in page(admin)
    assert "đã bị dùng ở nơi khác" in page(admin, "/admin/channels")
    session.rollback()
    state = session.get(ChannelState, ChannelName.ZALO_CS)
    assert state is not None
    assert state.paused
    paste(admin, next(iter(peer.access)), peer.refresh_token)
    assert "Đang giữ quyền gửi" in page(admin)


@pytest.mark.usefixtures("channels")
def test_what_nobody_confirmed_is_said_on_the_pages(admin: FlaskClient) -> None:
    assert "không thống nhất về cách ký" in page(admin)
    assert "ANCA_ZALO_WINDOW_HOURS" in page(admin, "/admin/channels")


def test_without_an_account_there_is_no_page(admin: FlaskClient) -> None:
    assert admin.get(PAGE).status_code == 404
    form = {"csrf_token": token_in(page(admin, "/admin/channels"))}
    assert admin.post(f"{PAGE}/grant", data=form).status_code == 404
    assert admin.post(f"{PAGE}/templates", data=form).status_code == 404


def consent(admin: FlaskClient, peer: Zalo, **how: bool) -> dict[str, str]:
    """Somebody asks for consent and agrees on Zalo's page; what their browser brings back."""
    place = urlsplit(admin.get(f"{PAGE}/consent").location)
    assert f"{place.scheme}://{place.netloc}" == peer.url
    back = urlsplit(peer.consents(dict(parse_qsl(place.query)), **how))
    assert back.path == f"{PAGE}/consent/answer"
    shown = admin.get(f"{back.path}?{back.query}")
    assert shown.status_code == 200
    return dict(parse_qsl(back.query))


@pytest.mark.usefixtures("channels")
@pytest.mark.parametrize("state", [True, False])
def test_consent_in_a_browser_gives_the_grant_without_pasting(
    admin: FlaskClient, session: Session, peer: Zalo, clock: SetClock, state: bool
) -> None:
    answered = consent(admin, peer, state=state)
    assert not peer.trades, "nothing is done before the button is pressed"
    told = post(admin, f"{PAGE}/consent", **answered)
    assert "Zalo đã cấp quyền gửi" in told
    row = session.scalars(select(ProviderGrant)).one()
    assert (row.access_token in peer.access, row.refresh_token) == (True, peer.refresh_token)
    assert row.access_expires_at == clock.at + timedelta(hours=25)
    assert peer.refresh_token not in told
    assert "không khớp" in post(admin, f"{PAGE}/consent", **answered), "good for one time"
    assert peer.trades == 1


@pytest.mark.usefixtures("channels")
def test_a_consent_that_is_not_ours_is_not_taken(
    admin: FlaskClient, session: Session, peer: Zalo, clock: SetClock
) -> None:
    def kept() -> int:
        session.rollback()
        return sum(row.version for row in session.scalars(select(ProviderGrant)))

    asked = {"code": "made-up", "oa_id": OA_ID}
    assert "không khớp" in post(admin, f"{PAGE}/consent", **asked), "nobody asked here"
    wrong = consent(admin, peer) | {"state": "another"}
    assert "không khớp" in post(admin, f"{PAGE}/consent", **wrong)
    late = consent(admin, peer)
    clock.move(minutes=16)
    assert "không khớp" in post(admin, f"{PAGE}/consent", **late)
    admin.get(f"{PAGE}/consent")
    assert "không cấp" in post(admin, f"{PAGE}/consent", **asked), "no code that Zalo gave"
    peer.oa_id = "999"
    place = urlsplit(admin.get(f"{PAGE}/consent").location)
    other = dict(parse_qsl(urlsplit(peer.consents(dict(parse_qsl(place.query)))).query))
    assert "OA" in post(admin, f"{PAGE}/consent", **other)
    admin.get(f"{PAGE}/consent")
    code = peer.consents({"redirect_uri": "", "code_challenge": challenge_of(VERIFIER)})
    hidden = dict(parse_qsl(urlsplit(code).query)) | {"oa_id": OA_ID}
    assert "của một Official Account khác" in post(admin, f"{PAGE}/consent", **hidden)
    admin.get(f"{PAGE}/consent")
    refused = admin.get(f"{PAGE}/consent/answer?error=-14019", follow_redirects=True)
    assert "-14019" in refused.text
    assert kept() == 0
