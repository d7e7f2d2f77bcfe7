"""A bulletin from its draft to its withdrawal, as its readers see it, and into every park's log."""

import io
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.bulletins.models import BulletinDraft, BulletinVersion, ChannelLink, DownSending
from app.bulletins.queries.desk import list_park_states
from app.bulletins.rules.identity import Trace
from app.sync.models import KnownNode, LogEntry
from tests.factories.bulletins import written_bulletin
from tests.features.bulletins.conftest import Desk

ATOM = "{http://www.w3.org/2005/Atom}"
TYPED = {
    "number": "24",
    "on": "2026-11-24",
    "title": "Thêm hai ca mới",
    "text": "Tỉnh ghi nhận hai ca.\nMọi người giữ 5K.",
    "channels": ["workers", "citizens", "public_service"],
    "own_public_service": "Lời riêng cho dịch vụ công",
    "f0_new": "2",
    "f0_total": "1454",
    "cases": "BN1001; 23/11/2026; Nữ; 18-29; KCN Vân Trung; Khu cách ly",
}


def draft(desk: Desk, **given: Any) -> str:
    now = desk.node.clock.at
    return desk.write(lambda session: written_bulletin(session, now, **given))


def touched(desk: Desk, bulletin_id: str) -> int:
    return desk.read(lambda s: s.get_one(BulletinDraft, bulletin_id).touched)


def act(desk: Desk, bulletin_id: str, what: str, reason: str = "", seen: int | None = None) -> Any:
    seen = touched(desk, bulletin_id) if seen is None else seen
    path = f"/province/bulletins/{bulletin_id}/{what}"
    return desk.post(path, seen=str(seen), reason=reason)


def correct(desk: Desk, bulletin_id: str, **fields: Any) -> Any:
    seen = str(touched(desk, bulletin_id))
    return desk.post(f"/province/bulletins/{bulletin_id}/edit", **(TYPED | fields), seen=seen)


def anybody(desk: Desk, path: str) -> Any:
    return desk.node.app.test_client().get(path)


def kinds(desk: Desk, node: str) -> list[str]:
    def question(session: Session) -> list[str]:
        rows = select(LogEntry.kind).where(LogEntry.node == node, LogEntry.direction == "down")
        return list(session.scalars(rows.order_by(LogEntry.seq)))

    return desk.read(question)


def test_what_is_written_is_seen_by_nobody_until_it_is_published(desk: Desk) -> None:
    answer = desk.post("/province/bulletins/new", **TYPED)
    assert answer.status_code == 302, answer.text
    bulletin_id = answer.location.rpartition("/")[2]
    shown = desk.client.get(answer.location + "?channel=public_service").text
    assert "Lời riêng cho dịch vụ công" in shown
    assert "Thêm hai ca mới" not in anybody(desk, "/bulletins").text
    assert anybody(desk, f"/bulletins/{bulletin_id}").status_code == 404

    assert act(desk, bulletin_id, "publish").status_code == 302
    page = anybody(desk, f"/bulletins/{bulletin_id}")
    assert "BN1001" in page.text
    assert "1.454" in page.text
    assert "Lời riêng" not in page.text
    assert page.headers["Cache-Control"] == "public, max-age=60"
    again = desk.node.app.test_client().get(
        f"/bulletins/{bulletin_id}", headers={"If-None-Match": page.headers["ETag"]}
    )
    assert again.status_code == 304
    for_staff = desk.client.get(f"/bulletins/{bulletin_id}")
    assert for_staff.headers["Cache-Control"] == "private, max-age=60"


def test_a_correction_replaces_and_a_withdrawal_takes_every_version_back(desk: Desk) -> None:
    bulletin_id = draft(desk)
    act(desk, bulletin_id, "publish")
    assert correct(desk, bulletin_id, title="Một ca mới").status_code == 302
    assert "Một ca mới" not in anybody(desk, "/bulletins").text
    refused = act(desk, bulletin_id, "publish")
    assert refused.status_code == 422
    assert "Ghi lý do" in refused.text
    assert act(desk, bulletin_id, "publish", "Trùng CCCD 024123456789").status_code == 422
    assert act(desk, bulletin_id, "publish", "Đếm hai lần").status_code == 302
    assert "Đếm hai lần" in anybody(desk, f"/bulletins/{bulletin_id}").text
    old = anybody(desk, f"/bulletins/{bulletin_id}/1").text
    assert "Bản này đã được thay" in old
    assert "Thêm hai ca mới" in old

    assert act(desk, bulletin_id, "withdraw").status_code == 422
    assert act(desk, bulletin_id, "withdraw", "Nhầm CCCD 024 123 456 789").status_code == 422
    assert act(desk, bulletin_id, "withdraw", "Sai nguồn").status_code == 302
    for path in ("", "/1", "/2"):
        gone = anybody(desk, f"/bulletins/{bulletin_id}{path}").text
        assert "Sai nguồn" in gone
        assert "BN1001" not in gone
    assert "Đã thu hồi" in anybody(desk, "/bulletins").text
    acts = desk.read(lambda s: list(s.scalars(select(AuditEntry.act).order_by(AuditEntry.id))))
    assert [each for each in acts if each.startswith("bulletins.")] == [
        *("bulletins.written", "bulletins.published", "bulletins.corrected", "bulletins.withdrawn")
    ]


def test_the_feed_is_atom_that_names_what_changed(desk: Desk) -> None:
    bulletin_id = draft(desk, texts={"vi": "Dấu \x0b lạ <b>"})
    act(desk, bulletin_id, "publish")
    answer = anybody(desk, "/bulletins/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.text)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{bulletin_id}"
    assert entry.findtext(f"{ATOM}content") == "Dấu  lạ <b>"
    desk.node.clock.move(minutes=10)
    act(desk, bulletin_id, "withdraw", "Sai")
    feed = ElementTree.fromstring(anybody(desk, "/bulletins/feed.atom").text)
    assert "Đã thu hồi" in str(feed.find(f"{ATOM}entry").findtext(f"{ATOM}title"))  # type: ignore[union-attr]
    assert feed.findtext(f"{ATOM}updated") == "2026-11-23T22:20:00+00:00"


def test_the_closed_channel_opens_by_its_newest_address_only(desk: Desk) -> None:
    bulletin_id = draft(desk, channels=("public_service",))
    act(desk, bulletin_id, "publish")
    assert "Thêm hai ca mới" not in anybody(desk, "/bulletins").text
    keys = []
    for _ in range(2):
        page = desk.post("/province/bulletins/channel-link").text
        keys.append(re.findall(r"/bulletins/channel/([\w-]{32})<", page)[0])
    kept = desk.read(lambda s: s.scalars(select(ChannelLink.key_hash)).all())
    assert not set(keys) & set(kept)
    assert all(key not in desk.client.get("/province/bulletins").text for key in keys)
    for part in ("", "/feed.atom", f"/{bulletin_id}"):
        assert anybody(desk, f"/bulletins/channel/{keys[0]}{part}").status_code == 404
        opened = anybody(desk, f"/bulletins/channel/{keys[1]}{part}")
        assert "Thêm hai ca mới" in opened.text
        assert "no-store" in opened.headers["Cache-Control"]


def test_each_park_gets_each_version_once_and_a_new_park_the_newest(desk: Desk) -> None:
    parks = [desk.park(f"KCN {n}") for n in range(45)]
    bulletin_id = draft(desk)
    desk.send()
    assert kinds(desk, parks[0]) == []
    act(desk, bulletin_id, "publish")
    for _ in range(2):
        desk.send()
    assert [kinds(desk, park) for park in parks] == [["bulletin"]] * 45
    correct(desk, bulletin_id, title="Một ca mới")
    act(desk, bulletin_id, "publish", "Đếm hai lần")
    newcomer = desk.park("KCN mới")
    desk.send()
    assert kinds(desk, parks[44]) == ["bulletin", "bulletin"]
    assert kinds(desk, newcomer) == ["bulletin"]
    desk.write(lambda s: setattr(s.get_one(KnownNode, newcomer), "confirmed_through", 1))
    states = desk.read(lambda s: list_park_states(s, bulletin_id, 2))
    assert [each.name for each in states if each.received] == ["KCN mới"]
    act(desk, bulletin_id, "withdraw", "Sai")
    late = desk.park("KCN sau cùng")
    desk.send()
    assert kinds(desk, parks[0]) == ["bulletin"] * 3
    assert kinds(desk, late) == []
    assert "45/47" not in desk.client.get(f"/province/bulletins/{bulletin_id}").text


def test_a_run_that_ended_half_way_goes_on_where_it_stood(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(30):
        desk.park(f"KCN {n}")
    bulletin_id = draft(desk)
    act(desk, bulletin_id, "publish")
    monkeypatch.setattr("app.bulletins.jobs.MOST", 20)
    for sent in (20, 30, 30):
        desk.send()
        rows = desk.read(lambda s: s.scalars(select(DownSending.seq)).all())
        assert len(rows) == sent
        assert set(rows) == {1}


def test_a_list_with_a_name_comes_back_with_row_and_column_and_is_kept_nowhere(
    desk: Desk,
) -> None:
    rows = "Mã ca;Ngày;Giới;Nhóm tuổi;Nơi;Phát hiện ở\nBN1;23/11/2026;;;Trần Thị Hoa;cộng đồng\n"
    file = (io.BytesIO(("\ufeff" + rows).encode()), "ca.csv")
    answer = desk.post("/province/bulletins/new", **TYPED, file=file)
    assert answer.status_code == 422
    assert "Dòng 2, cột Xã, khu hoặc công ty (“Trần Thị Hoa”): giống tên người" in answer.text
    assert desk.read(lambda s: s.scalars(select(BulletinDraft)).all()) == []
    rows = rows.replace("Trần Thị Hoa", "xã Quang Châu")
    file = (io.BytesIO(("\ufeff" + rows).encode()), "ca.csv")
    answer = desk.post("/province/bulletins/new", **TYPED, file=file)
    assert answer.status_code == 302
    assert "xã Quang Châu" in desk.client.get(answer.location).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ""}, "Cần điền mục này"),
        ({"on": "31/02/2026"}, "Chưa đúng ngày"),
        ({"channels": []}, "Chọn ít nhất một kênh nhận"),
        ({"f0_new": "9", "f0_total": "3"}, "Số cộng dồn không thể nhỏ hơn số mới"),
        ({"f0_new": "-1"}, "Cần một số từ 0 trở lên"),
        ({"text": "Bệnh nhân 024123456789"}, "giống số giấy tờ"),
        (
            {"cases": "BN1; 23/11/2026; Nữ; 34; KCN Vân Trung; khác"},
            "ghi nhóm tuổi, không ghi tuổi",
        ),
        ({"number": " 23 "}, "Trong năm đã có bản tin số 23"),
    ],
)
def test_what_cannot_be_saved_says_why_and_keeps_what_was_typed(
    desk: Desk, fields: dict[str, Any], said: str
) -> None:
    draft(desk)
    answer = desk.post("/province/bulletins/new", **(TYPED | fields))
    assert answer.status_code in (409, 422)
    assert said in answer.text
    assert "Lời riêng cho dịch vụ công" in answer.text


def test_what_was_overtaken_is_refused_and_stays_as_it_was(desk: Desk) -> None:
    bulletin_id = draft(desk)
    seen = touched(desk, bulletin_id)
    correct(desk, bulletin_id, title="Sửa trước")
    for what in ("publish", "discard"):
        answer = act(desk, bulletin_id, what, seen=seen)
        assert (answer.status_code, "Có người vừa sửa" in answer.text) == (409, True)
    assert act(desk, bulletin_id, "withdraw", "Sai").status_code == 409
    act(desk, bulletin_id, "publish")
    assert act(desk, bulletin_id, "discard").status_code == 409
    assert act(desk, bulletin_id, "publish", "x").status_code == 409
    stands = correct(desk, bulletin_id, channels=["workers"])
    assert (stands.status_code, "Kênh nhận không đổi được" in stands.text) == (409, True)
    act(desk, bulletin_id, "withdraw", "Sai")
    for what in ("publish", "withdraw"):
        assert act(desk, bulletin_id, what, "x").status_code == 409
    assert correct(desk, bulletin_id).status_code == 409
    other = draft(desk, number="99")
    assert act(desk, other, "discard").status_code == 302
    assert desk.client.get(f"/province/bulletins/{other}").status_code == 404


def test_old_bulletins_go_to_no_new_park(desk: Desk) -> None:
    bulletin_id = draft(desk)
    act(desk, bulletin_id, "publish")
    desk.node.clock.at += timedelta(days=61)
    park = desk.park("KCN mới")
    desk.send()
    assert kinds(desk, park) == []


def test_the_sample_reads_back_in_either_language(desk: Desk) -> None:
    for language in ("vi", "en"):
        sample = desk.client.get(f"/province/bulletins/case-list.csv?lang={language}").data
        fields = TYPED | {"number": language, "file": (io.BytesIO(sample), "danh-sach-ca.csv")}
        answer = desk.post("/province/bulletins/new", **fields)
        assert answer.status_code == 302, answer.text
        typed = desk.client.get(answer.location + "/edit").text
        assert "BN1001; 24/11/2026; Nữ; 18-29; KCN Vân Trung; Khu cách ly" in typed


def test_print_list_and_sample_open(desk: Desk) -> None:
    bulletin_id = draft(desk)
    for path in (f"/{bulletin_id}/print", f"/{bulletin_id}/edit", "/new", "", "/case-list.csv"):
        assert desk.client.get(f"/province/bulletins{path}").status_code == 200


def test_what_is_out_stays_readable_and_holds_nothing_up_under_stricter_rules(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    park = desk.park("KCN Vân Trung")
    first, other = draft(desk), draft(desk, number="25", titles={"vi": "Bản khác"}, cases=())
    act(desk, first, "publish")
    act(desk, other, "publish")
    waits = draft(desk, number="26")
    monkeypatch.setattr("app.bulletins.rules.case_lists.find_trace", lambda _: Trace.NAME)
    assert "BN1001" in anybody(desk, f"/bulletins/{first}").text
    assert desk.client.get("/province/bulletins").status_code == 200
    assert act(desk, waits, "publish").status_code == 422

    def spoil(session: Session) -> None:
        row = session.get_one(BulletinVersion, (first, 1))
        row.content = {"number": ""}

    desk.write(spoil)
    desk.send()
    assert kinds(desk, park) == ["bulletin"]
