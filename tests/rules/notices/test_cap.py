"""CAP 1.2 files: read, written, and refused for the one thing that is wrong."""

import unicodedata
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.refusals import Refusal
from app.kernel.text import squeeze
from app.notices.rules.cap import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MessageType,
    NamedValue,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Standing,
    Urgency,
    read_alert,
    write_alert,
)
from app.notices.rules.cap import refusals as no

PROVINCE = (Path(__file__).parents[2] / "vectors" / "cap" / "province.xml").read_bytes()
HANOI = timezone(timedelta(hours=7))
SENT = datetime(2026, 11, 25, 5, 40, tzinfo=HANOI)
AS_READ = Alert(
    identifier="VN-01-SYT-2026-11-25-0007",
    sender="canhbao@soyte.hanoi.example.vn",
    sent=SENT,
    status=Standing.ACTUAL,
    message_type=MessageType.ALERT,
    scope=Scope.PRIVATE,
    addresses=("KCN-THANGLONG", "KCN-NOIBAI"),
    infos=(
        Info(
            language="vi-VN",
            categories=(Category.HEALTH,),
            event="Ca bệnh trong khu công nghiệp",
            response_types=(ResponseType.SHELTER,),
            urgency=Urgency.IMMEDIATE,
            severity=Severity.SEVERE,
            certainty=Certainty.OBSERVED,
            effective=SENT,
            expires=datetime(2026, 11, 25, 18, tzinfo=HANOI),
            sender_name="Sở Y tế",
            headline="Tạm dừng ca sáng xưởng B2",
            description="Phát hiện ca dương tính tại xưởng B2.",
            instruction="Ở yên tại chỗ, chờ tổ an toàn hướng dẫn. Đường dây nóng 1022.",
            parameters=(
                NamedValue(
                    "park-app:sms-text",
                    "SYT: Tam dung ca sang xuong B2. O yen, cho to an toan. 1022",
                ),
            ),
            areas=(
                Area(
                    "KCN Thăng Long, xưởng B2",
                    geocodes=(NamedValue("park-app:zone", "KCN-THANGLONG/B2"),),
                ),
            ),
        ),
    ),
)


def with_part(old: str, new: str) -> bytes:
    """The province's file with one part changed."""
    text = PROVINCE.decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def elements(xml: bytes) -> list[tuple[str, str]]:
    """Every element and its text, in the order of the file."""
    return [(each.tag, (each.text or "").strip()) for each in fromstring(xml).iter()]


def test_the_provinces_file_reads_as_it_was_meant() -> None:
    assert read_alert(PROVINCE) == AS_READ
    assert read_alert(PROVINCE).expires == datetime(2026, 11, 25, 11, tzinfo=UTC)


def test_writing_it_gives_the_same_elements_in_the_same_order() -> None:
    told = [(each.tag, (each.text or "").strip()) for each in fromstring(PROVINCE).iter()]
    ours = [
        (each.tag, (each.text or "").strip()) for each in fromstring(write_alert(AS_READ)).iter()
    ]
    assert ours == told


def test_utc_is_written_without_a_letter() -> None:
    alert = Alert(
        "1",
        "a@b",
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        Standing.ACTUAL,
        MessageType.CANCEL,
        Scope.PUBLIC,
        references=(Reference("a@b", "0", datetime(2026, 1, 1, tzinfo=UTC)),),
    )
    written = write_alert(alert)
    assert b"<sent>2026-01-02T03:04:05-00:00</sent>" in written
    assert read_alert(written) == alert


def test_other_encodings_and_a_byte_order_mark_are_read() -> None:
    text = PROVINCE.decode()
    assert read_alert(b"\xef\xbb\xbf" + PROVINCE) == AS_READ
    assert read_alert(text.replace("UTF-8", "UTF-16").encode("utf-16")) == AS_READ


def test_decomposed_letters_become_composed() -> None:
    assert read_alert(unicodedata.normalize("NFD", PROVINCE.decode()).encode()) == AS_READ


def test_what_is_not_of_the_standard_is_passed() -> None:
    signed = with_part(
        "</alert>", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><x/></Signature></alert>'
    )
    assert read_alert(signed) == AS_READ


def test_an_address_with_a_space_stands_in_quotes() -> None:
    read = read_alert(with_part("KCN-THANGLONG KCN-NOIBAI", '"KCN Thăng Long" KCN-NOIBAI'))
    assert read.addresses == ("KCN Thăng Long", "KCN-NOIBAI")
    assert read_alert(write_alert(read)) == read


BOMB = """<?xml version="1.0"?><!DOCTYPE alert [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&c;</identifier></alert>"""
FILE_THIEF = """<?xml version="1.0"?><!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&x;</identifier></alert>"""


@pytest.mark.parametrize(
    ("xml", "refusal"),
    [
        (b"", no.CapNotXml),
        (b"PK\x03\x04 an Excel file", no.CapNotXml),
        (PROVINCE[:-40], no.CapNotXml),
        (with_part("UTF-8", "KLINGON-8"), no.CapNotXml),
        (with_part("Sở", "S\x00"), no.CapNotXml),
        (b"\xff" + PROVINCE, no.CapNotXml),
        (b"<a>" * 60_000, no.CapNotXml),
        (BOMB.encode(), no.CapForbiddenXml),
        (FILE_THIEF.encode(), no.CapForbiddenXml),
        (
            b'<!DOCTYPE alert SYSTEM "http://example.vn/cap.dtd">' + PROVINCE[39:],
            no.CapForbiddenXml,
        ),
        (b"<rss/>", no.CapOtherFormat),
        (with_part("cap:1.2", "cap:1.1"), no.CapOtherFormat),
        (with_part(' xmlns="urn:oasis:names:tc:emergency:cap:1.2"', ""), no.CapOtherFormat),
        (b" " * 262_145, no.CapTooLarge),
        (with_part("<scope>Private</scope>", ""), no.CapMissing),
        (
            with_part("Ca bệnh trong khu công nghiệp</event>", " </event>"),
            no.CapMissing,
        ),
        (with_part("<category>Health</category>", ""), no.CapMissing),
        (with_part("<areaDesc>KCN Thăng Long, xưởng B2</areaDesc>", ""), no.CapMissing),
        (with_part("<valueName>park-app:zone</valueName>", ""), no.CapMissing),
        (with_part("<status>", "<status>Draft</status><status>"), no.CapRepeated),
        (with_part("05:40:00+07:00</sent>", "05:40:00Z</sent>"), no.CapBadTime),
        (with_part("05:40:00+07:00</sent>", "05:40+07:00</sent>"), no.CapBadTime),
        (with_part("2026-11-25T18:00", "2026-02-30T18:00"), no.CapBadTime),
        (with_part("2026-11-25T18:00", "0001-01-01T00:00"), no.CapBadTime),
        (with_part("18:00:00+07:00", "18:00:00+99:00"), no.CapBadTime),
        (with_part("Actual", "actual"), no.CapBadValue),
        (with_part("Severe", "Catastrophic"), no.CapBadValue),
        (with_part("VN-01-SYT", "VN 01,SYT"), no.CapBadName),
        (with_part("canhbao@soyte", "c" * 101), no.CapBadName),
        (with_part("KCN-THANGLONG KCN-NOIBAI", ""), no.CapNoAddresses),
        (with_part("Private", "Restricted"), no.CapNoRestriction),
        (with_part("<msgType>Alert", "<msgType>Update"), no.CapNoReferences),
        (with_part("<info>", "<references>a@b,7</references><info>"), no.CapBadReferences),
        (
            with_part("<info>", "<references>a@b,7,2026-11-25T05:40:00Z</references><info>"),
            no.CapBadReferences,
        ),
    ],
)
def test_each_wrong_thing_has_its_own_refusal(xml: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as told:
        read_alert(xml)
    assert type(told.value) is refusal


def test_a_refusal_names_the_element() -> None:
    with pytest.raises(no.CapBadTime) as told:
        read_alert(with_part("2026-11-25T18:00:00+07:00", "mai"))
    assert told.value.params == {"element": "alert/info/expires", "value": "mai"}


def test_deep_nesting_is_no_trouble() -> None:
    deep = with_part("</alert>", "<x>" * 30_000 + "</x>" * 30_000 + "</alert>")
    assert read_alert(deep) == AS_READ


# ---- any alert

TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\ufffe\uffff"),
    max_size=60,
).map(squeeze)
SOME = TEXT.filter(bool)
LINES = st.lists(TEXT, max_size=4).map(
    lambda lines: "\n".join(" ".join(each.split()) for each in lines).strip()
)
NAME = st.text("abcxyzđĐ0189@.-_:", min_size=1, max_size=40)
ZONE = st.integers(-14 * 60, 14 * 60).map(lambda each: timezone(timedelta(minutes=each)))
MOMENT = st.builds(datetime.fromtimestamp, st.integers(0, 4_000_000_000), ZONE)
NAMED = st.builds(NamedValue, SOME, SOME)
WORD = SOME.map(lambda text: text.replace('"', "").strip()).filter(bool)


def few(each: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(each, max_size=2).map(tuple)


AREA = st.builds(Area, SOME, few(SOME), few(SOME), few(NAMED), TEXT, TEXT)
RESOURCE = st.builds(Resource, SOME, SOME, st.none() | st.integers(0, 10**9), TEXT, TEXT)
INFO = st.builds(
    Info,
    event=SOME,
    urgency=st.sampled_from(Urgency),
    severity=st.sampled_from(Severity),
    certainty=st.sampled_from(Certainty),
    categories=st.lists(st.sampled_from(Category), min_size=1, max_size=2).map(tuple),
    language=st.sampled_from(["vi-VN", "en-US"]),
    response_types=few(st.sampled_from(ResponseType)),
    event_codes=few(NAMED),
    effective=st.none() | MOMENT,
    expires=st.none() | MOMENT,
    headline=TEXT,
    description=LINES,
    instruction=LINES,
    parameters=few(NAMED),
    resources=few(RESOURCE),
    areas=few(AREA),
)
ALERT = st.builds(
    Alert,
    identifier=NAME,
    sender=NAME,
    sent=MOMENT,
    status=st.sampled_from(Standing),
    message_type=st.sampled_from(MessageType),
    scope=st.sampled_from(Scope),
    source=TEXT,
    restriction=SOME,
    addresses=st.lists(WORD, min_size=1, max_size=3).map(tuple),
    codes=few(SOME),
    note=TEXT,
    references=st.lists(st.builds(Reference, NAME, NAME, MOMENT), min_size=1, max_size=2).map(
        tuple
    ),
    incidents=few(WORD),
    infos=st.lists(INFO, min_size=1, max_size=2).map(tuple),
)


@given(ALERT)
def test_whatever_is_written_is_read_back_the_same(alert: Alert) -> None:
    assert read_alert(write_alert(alert)) == alert


@given(st.binary(max_size=400))
def test_any_bytes_are_an_alert_or_a_refusal(raw: bytes) -> None:
    with suppress(Refusal):
        read_alert(raw)


@given(st.integers(0, len(PROVINCE)), st.binary(max_size=8), st.integers(0, 12))
def test_a_damaged_file_is_an_alert_or_a_refusal(at: int, put: bytes, cut: int) -> None:
    with suppress(Refusal):
        read_alert(PROVINCE[:at] + put + PROVINCE[at + cut :])
