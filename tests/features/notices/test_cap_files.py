"""CAP files come in as drafts, once, and go out as this park's own."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.models import Message
from app.notices.actions.cap import import_alert
from app.notices.models import Notice
from app.notices.rules.cap import MessageType, Standing, read_alert
from app.notices.rules.cap.importing import plan_import
from tests.conftest import Node, SetClock
from tests.factories.notices import manager
from tests.factories.outlets import send_notice
from tests.factories.people import Cast, Person

Write = Callable[[Callable[[Session], Any]], Any]
PROVINCE = (Path(__file__).parents[2] / "vectors" / "cap" / "province.xml").read_text("utf-8")
SENDER, NUMBER = "canhbao@soyte.hanoi.example.vn", "VN-01-SYT-2026-11-25-0007"
SENT = "2026-11-25T05:40:00+07:00"


@pytest.fixture(autouse=True)
def _morning(clock: SetClock) -> None:
    clock.at = datetime(2026, 11, 24, 22, 50, tzinfo=UTC)


@pytest.fixture
def officer(cast: Cast, enter: Callable[[Person], FlaskClient]) -> FlaskClient:
    return enter(cast.sao_bac.people["hanh"])


def bring(browser: FlaskClient, xml: str, **more: Any) -> Any:
    """Hand a file in as a person does."""
    data = {"file": (io.BytesIO(xml.encode()), "thong-bao.xml")} | more
    return browser.post("/notices/cap", data=data, content_type="multipart/form-data")


def follow_up(kind: str, number: str, **changes: str) -> str:
    """A later file of the same sender that speaks of the first."""
    text = PROVINCE.replace(NUMBER, number).replace("<msgType>Alert", f"<msgType>{kind}")
    text = text.replace("<info>", f"<references>{SENDER},{NUMBER},{SENT}</references><info>", 1)
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def notices(session: Any) -> list[Notice]:
    session.rollback()
    return list(session.scalars(select(Notice).order_by(Notice.version, Notice.id)))


def test_a_file_becomes_a_draft_that_nobody_got(
    officer: FlaskClient, session: Any, cast: Cast
) -> None:
    answer = bring(officer, PROVINCE)
    assert answer.status_code == 302, answer.text
    (notice,) = notices(session)
    assert answer.location.endswith(notice.id)
    assert (notice.state, notice.kind, notice.branch_id) == ("draft", "Alert", cast.sao_bac.id)
    assert notice.titles == {"vi": "Tạm dừng ca sáng xưởng B2"}
    assert notice.texts["vi"].startswith("Phát hiện ca dương tính tại xưởng B2.\nỞ yên tại chỗ")
    assert (notice.severity, notice.urgency, notice.sender) == ("Severe", "Immediate", "Sở Y tế")
    assert notice.expires_at == datetime(2026, 11, 25, 11, tzinfo=UTC)
    assert (notice.begun_at, notice.message_id) == (None, None)
    assert session.scalars(select(Message)).all() == []


def test_a_second_copy_changes_nothing_also_with_the_time_in_another_zone(
    officer: FlaskClient, session: Any
) -> None:
    first = bring(officer, PROVINCE)
    again = bring(officer, PROVINCE.replace(SENT, "2026-11-24T22:40:00-00:00"))
    assert again.location == first.location
    assert len(notices(session)) == 1


def test_two_copies_at_the_same_moment_become_one(
    cast: Cast, write: Write, clock: SetClock, session: Any
) -> None:
    plan = plan_import(read_alert(PROVINCE.encode()), clock.at)

    def work(s: Session) -> Any:
        return import_alert(s, cast.park_id, plan, reason="-", actor=manager(cast), now=clock.at)

    done = [write(work), write(work)]
    assert [each.known for each in done] == [False, True]
    assert len({each.notice_id for each in done}) == 1


def test_an_update_corrects_what_was_sent_and_is_a_draft_again(
    officer: FlaskClient, session: Any, write: Write, clock: SetClock
) -> None:
    bring(officer, PROVINCE)
    write(lambda s: _mark_sent(s, clock.at))
    bring(officer, follow_up("Update", "0008", **{"Tạm dừng ca sáng": "Mở lại ca sáng"}))
    old, new = notices(session)
    assert (old.state, old.version) == ("sent", 1)
    assert (new.state, new.version, new.kind, new.corrects_id) == ("draft", 2, "Update", old.id)
    assert new.titles["vi"] == "Mở lại ca sáng xưởng B2"
    assert new.cap_identifier == "0008"


def _mark_sent(session: Session, now: datetime) -> None:
    notice = session.scalars(select(Notice)).one()
    notice.state, notice.begun_at = "sent", now


def test_an_update_of_what_never_came_is_a_new_draft(officer: FlaskClient, session: Any) -> None:
    bring(officer, follow_up("Update", "0008"))
    (notice,) = notices(session)
    assert (notice.kind, notice.corrects_id) == ("Alert", None)


def test_a_cancel_leads_to_what_it_cancels_and_does_nothing_by_itself(
    officer: FlaskClient, session: Any, write: Write, clock: SetClock
) -> None:
    bring(officer, PROVINCE)
    write(lambda s: _mark_sent(s, clock.at))
    answer = bring(officer, follow_up("Cancel", "0009"))
    (notice,) = notices(session)
    assert answer.location.endswith(notice.id)
    assert notice.state == "sent"


def test_an_exercise_is_shown_with_a_banner_and_kept_nowhere(
    officer: FlaskClient, session: Any
) -> None:
    for word, told in {
        "Exercise": "Đây là bài diễn tập",
        "Test": "Đây là tệp gửi thử",
        "Draft": "Đây là bản nháp của bên gửi",
    }.items():
        answer = bring(officer, PROVINCE.replace(">Actual<", f">{word}<"))
        assert answer.status_code == 200
        assert told in answer.text
        assert "Tạm dừng ca sáng xưởng B2" in answer.text
    assert notices(session) == []


@pytest.mark.parametrize(
    ("xml", "sentence"),
    [
        ("PK\x03\x04", "không phải XML"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DTD hoặc entity"),
        (PROVINCE.replace("T18:00:00+07:00", "T05:45:00+07:00"), "đã hết hạn"),
        (PROVINCE.replace("05:40:00+07:00</sent>", "05:40:00Z</sent>"), "không có chữ Z"),
        (follow_up("Cancel", "0009"), "Chưa nhập thông báo mà tệp này huỷ"),
        (follow_up("Ack", "0009"), "chỉ là câu trả lời"),
        (PROVINCE.replace("Tạm dừng", "Tạm dừng " * 30), "120"),
        (" " * 300_000, "256"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(
    officer: FlaskClient, session: Any, xml: str, sentence: str
) -> None:
    answer = bring(officer, xml)
    assert answer.status_code in (409, 413, 422)
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert notices(session) == []


def test_no_file_and_a_foreign_place_are_refused(
    officer: FlaskClient, cast: Cast, session: Any
) -> None:
    assert officer.post("/notices/cap").status_code == 422
    assert bring(officer, PROVINCE, place=str(cast.minh_tri.id)).status_code == 404
    assert bring(officer, PROVINCE, place=str(cast.park_id)).status_code == 404
    assert notices(session) == []


def test_a_page_of_another_site_brings_nothing_in(
    officer: FlaskClient, node: Node, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(node.app.config, "WTF_CSRF_ENABLED", True)
    assert bring(officer, PROVINCE).status_code == 400
    assert notices(session) == []


def test_an_end_that_is_missing_or_far_away_is_set(officer: FlaskClient, session: Any) -> None:
    expires = "<expires>2026-11-25T18:00:00+07:00</expires>"
    bring(officer, PROVINCE.replace(expires, ""))
    bring(officer, PROVINCE.replace("2026-11-25T18", "2027-11-25T18").replace("-0007", "-0008"))
    ends = sorted(each.expires_at for each in notices(session))
    sent = datetime.fromisoformat(SENT)
    assert ends[0] == sent + timedelta(hours=24)
    assert ends[1] == datetime(2026, 11, 24, 22, 50, tzinfo=UTC) + timedelta(days=30)


def test_braces_of_a_file_are_no_placeholders(officer: FlaskClient, session: Any) -> None:
    bring(officer, PROVINCE.replace("xưởng B2.<", "xưởng {line}.<"))
    (notice,) = notices(session)
    assert "xưởng (line)." in notice.texts["vi"]


def test_a_notice_goes_out_under_this_parks_name(
    officer: FlaskClient, cast: Cast, write: Write, clock: SetClock, session: Any
) -> None:
    own = cast.sao_bac.id
    sent = write(lambda s: send_notice(s, own, clock.at, company_id=own))
    answer = officer.get(f"/notices/{sent.id}/cap")
    assert answer.mimetype == "application/cap+xml"
    assert "attachment" in answer.headers["Content-Disposition"]
    alert = read_alert(answer.data)
    assert (alert.identifier, alert.sender) == (sent.id, "an-ca@vtr")
    assert (alert.status, alert.message_type) == (Standing.ACTUAL, MessageType.ALERT)
    assert alert.addresses == ("SAOBAC",)
    assert [info.language for info in alert.infos] == ["vi-VN", "en-US"]
    assert alert.expires == clock.at + timedelta(hours=6)


def test_what_came_in_goes_out_as_a_draft_that_names_its_source(
    officer: FlaskClient, session: Any
) -> None:
    bring(officer, PROVINCE)
    (notice,) = notices(session)
    alert = read_alert(officer.get(f"/notices/{notice.id}/cap").data)
    assert (alert.status, alert.source) == (Standing.DRAFT, SENDER)
    assert alert.sender == "an-ca@vtr"


def test_another_company_gets_no_file(
    cast: Cast, write: Write, clock: SetClock, enter: Callable[[Person], FlaskClient]
) -> None:
    own = cast.sao_bac.id
    sent = write(lambda s: send_notice(s, own, clock.at, company_id=own))
    assert enter(cast.minh_tri.people["khoi"]).get(f"/notices/{sent.id}/cap").status_code == 404
