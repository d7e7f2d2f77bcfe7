"""An officer puts a kiosk up, a device takes its code, and what came back is seen to."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.gate.models import Kiosk, KioskReturn
from tests.conftest import SetClock
from tests.factories.browser import Browser
from tests.factories.kiosk import make_kiosk, sealed_command
from tests.factories.people import Cast

Write = Callable[[Callable[[Session], Any]], Any]
NEW = {"name": "Cổng số 2", "place": "bàn y tế cạnh nhà xe"}
CODE, LEAVE = r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b", r'class="num">(\d{3}) (\d{3})<'


def added(browser: Browser, cast: Cast) -> tuple[str, str]:
    """An officer adds a kiosk; the code and the leave PIN of its sheet."""
    browser.sign_in(cast.sao_bac.people["hanh"])
    browser.open("/kiosks")
    sheet = browser.send("/kiosks", branch=str(cast.sao_bac.id), **NEW)
    assert sheet.status_code == 200, sheet.text
    code, pin = re.search(CODE, sheet.text), re.search(LEAVE, sheet.text)
    assert code is not None
    assert pin is not None
    return code[0], pin[1] + pin[2]


def set_up(client: FlaskClient, code: str) -> Any:
    return client.post("/api/v1/kiosk/set-up", json={"code": code, "device": {"id": "kiosk-1"}})


def test_a_kiosk_is_added_set_up_once_and_told_what_it_works_by(
    browser: Browser, client: FlaskClient, cast: Cast, session: Session
) -> None:
    code, pin = added(browser, cast)
    taken = set_up(client, code.lower().replace("-", " "))
    assert (taken.status_code, taken.json["roles"]) == (200, ["gate"])
    assert (set_up(client, code).status_code, set_up(client, code).json["code"]) == (
        403,
        "kiosk.wrong_code",
    )
    told = client.get("/api/v1/kiosk", headers={"Authorization": f"Bearer {taken.json['token']}"})
    assert told.json is not None
    assert (told.json["name"], told.json["place"]) == (NEW["name"], NEW["place"])
    assert told.json["companies"] == [{"code": "SAOBAC", "name": "Điện tử Sao Bắc"}]
    assert told.json["id"] == taken.json["account_id"]
    assert set(told.json["key"]) == {"kty", "crv", "x", "y", "kid"}
    assert told.json["form"]["symptoms"]
    lock = told.json["leave_lock"]
    known = hashlib.pbkdf2_hmac(
        "sha256", pin.encode(), bytes.fromhex(lock["salt"]), lock["iterations"]
    )
    assert known.hex() == lock["hash"]
    kept = session.scalars(select(Kiosk)).one()
    assert code not in str(vars(kept))
    assert kept.code_hash is None


def test_a_set_up_code_runs_out_after_a_week(
    browser: Browser, client: FlaskClient, cast: Cast, clock: SetClock
) -> None:
    code, _ = added(browser, cast)
    clock.move(days=7, minutes=1)
    assert set_up(client, code).json["code"] == "kiosk.wrong_code"


def test_the_sheet_is_shown_once_and_a_new_code_replaces_the_old(
    browser: Browser, client: FlaskClient, cast: Cast, session: Session
) -> None:
    code, _ = added(browser, cast)
    page = browser.open("/kiosks")
    form = browser.form("/kiosks").values | NEW | {"branch": str(cast.sao_bac.id)}
    assert [browser.post("/kiosks", form).status_code for _ in range(2)] == [200, 409]
    page = browser.open("/kiosks")
    assert code not in page.text
    kiosk_id = session.scalars(select(Kiosk.account_id).order_by(Kiosk.account_id)).first()
    sheet = browser.send(f"/kiosks/{kiosk_id}/code")
    newer = re.search(CODE, sheet.text)
    assert newer is not None
    assert newer[0] != code
    assert set_up(client, code).status_code == 403
    assert set_up(client, newer[0]).status_code == 200


def test_a_form_that_lacks_something_says_so_and_adds_nothing(
    browser: Browser, cast: Cast, session: Session
) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    browser.open("/kiosks")
    page = browser.send("/kiosks", name="", branch=str(cast.minh_tri.id), place="")
    assert page.status_code == 422
    assert page.text.count('aria-invalid="true"') == 3
    assert session.scalars(select(Kiosk)).all() == []


def test_a_revoked_kiosk_is_out_at_once_and_for_good(
    browser: Browser,
    cast: Cast,
    clock: SetClock,
    session: Session,
    write: Write,
) -> None:
    kiosk = write(lambda s: make_kiosk(s, cast.sao_bac.id, clock.at))
    assert browser.call("/api/v1/kiosk", kiosk.headers).status_code == 200
    browser.sign_in(cast.sao_bac.people["hanh"])
    browser.open("/kiosks")
    assert "Đã thu hồi" in browser.send(f"/kiosks/{kiosk.id}/revoke").text
    assert browser.call("/api/v1/kiosk", kiosk.headers).status_code == 401
    page = browser.open("/kiosks")
    assert f"/kiosks/{kiosk.id}/revoke" not in page.text
    form = browser.form("/kiosks").values
    for act in ("revoke", "code"):
        refused = browser.post(f"/kiosks/{kiosk.id}/{act}", form)
        assert refused.status_code == 409
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject_id == kiosk.id)).all()
    assert {"gate.kiosk_added", "gate.kiosk_set_up", "gate.kiosk_revoked"} <= set(acts)


def test_what_came_back_is_listed_without_the_answer_until_somebody_has_asked(
    browser: Browser,
    client: FlaskClient,
    cast: Cast,
    clock: SetClock,
    session: Session,
    write: Write,
) -> None:
    kiosk = write(lambda s: make_kiosk(s, cast.sao_bac.id, clock.at))
    wrong = {"company": "SAOBAC", "badge": "SB-20417", "pin": "111222"}
    command = sealed_command(kiosk, wrong, clock.at)
    client.post("/api/v1/commands", json={"commands": [command]}, headers=kiosk.headers)
    browser.sign_in(cast.minh_tri.people["khoi"])
    assert "SB-20417" not in browser.open("/kiosks").text
    other = Browser(client)
    other.sign_in(cast.sao_bac.people["hanh"])
    page = other.open("/kiosks")
    assert "SB-20417" in page.text
    assert "chưa đúng" in page.text
    page = other.send(f"/kiosks/returns/{command['key']}/seen")
    assert "SB-20417" not in page.text
    row = session.scalars(select(KioskReturn)).one()
    assert row.seen_by == "Nguyễn Thị Hạnh"


@pytest.mark.parametrize("code", ["", "ABCD", 7])
def test_a_code_that_is_none_is_refused(client: FlaskClient, cast: Cast, code: Any) -> None:
    assert set_up(client, code).status_code in {403, 422}


def test_the_guide_tells_how_to_lock_the_machine(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.people["an"])
    page = browser.open("/kiosks/guide")
    assert "Windows" in page.text
    assert "Android" in page.text
    assert "chưa thử" in page.text
