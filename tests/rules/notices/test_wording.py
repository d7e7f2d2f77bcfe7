"""Words of a notice: what is kept, what is refused by name, what a text message says."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.refusals import Refusal
from app.notices.rules.audience import Target, TargetKind, seal
from app.notices.rules.refusals import (
    BadExpiry,
    HalfTranslated,
    NoTarget,
    NothingToSay,
    TooLong,
)
from app.notices.rules.wording import (
    check_expiry,
    goes_in_parallel,
    in_one_line,
    make_wording,
    used_in,
)
from app.reminders.rules import UnknownPlaceholder

TITLE = "Tạm dừng xưởng B2"
TEXT = "Ở yên tại chỗ, chờ Tổ an toàn hướng dẫn. Gọi {hotline}."
NOW = datetime(2026, 11, 23, 22, 10, tzinfo=UTC)


def test_decomposed_text_is_kept_composed() -> None:
    apart = unicodedata.normalize("NFD", TEXT)
    assert apart != TEXT
    assert make_wording(TITLE, apart).texts["vi"] == TEXT


def test_an_unknown_placeholder_is_named() -> None:
    with pytest.raises(UnknownPlaceholder) as refused:
        make_wording(TITLE, "Gọi {so_nong}.")
    assert refused.value.params == {"placeholder": "{so_nong}", "meant": "{hotline}"}


def test_a_placeholder_of_reminders_that_no_notice_can_fill_is_refused() -> None:
    with pytest.raises(UnknownPlaceholder):
        make_wording(TITLE, "Xe {bus} không chạy.")


@pytest.mark.parametrize(("title", "text"), [("", TEXT), (TITLE, " \n "), ("", "")])
def test_a_notice_says_something(title: str, text: str) -> None:
    with pytest.raises(NothingToSay):
        make_wording(title, text)


def test_english_is_whole_or_missing() -> None:
    with pytest.raises(HalfTranslated):
        make_wording(TITLE, TEXT, "Line stopped", "")
    assert "en" not in make_wording(TITLE, TEXT).texts


def test_two_thousand_characters_are_the_most() -> None:
    assert make_wording(TITLE, "ạ" * 2000).texts["vi"] == "ạ" * 2000
    with pytest.raises(TooLong) as refused:
        make_wording(TITLE, "ạ" * 2001)
    assert refused.value.params == {"most": 2000}


@given(st.text(max_size=2100), st.text(max_size=130))
def test_whatever_is_typed_is_kept_composed_and_bounded_or_refused(text: str, title: str) -> None:
    try:
        kept = make_wording(title, text)
    except Refusal:
        return
    assert kept.texts["vi"] == unicodedata.normalize("NFC", kept.texts["vi"])
    assert 0 < len(kept.texts["vi"]) <= 2000
    assert used_in(kept) <= {"hotline", "company", "line"}


@pytest.mark.parametrize(
    ("severity", "urgency", "at_once"),
    [
        ("Extreme", "Immediate", True),
        ("Extreme", "Expected", False),
        ("Severe", "Immediate", False),
        ("Unknown", "Unknown", False),
    ],
)
def test_the_gravest_that_cannot_wait_goes_by_sms_at_once(
    severity: str, urgency: str, at_once: bool
) -> None:
    assert goes_in_parallel(severity, urgency) is at_once


def test_a_text_message_says_the_title_first() -> None:
    assert (
        in_one_line("Đổi giờ ăn", "Lượt 2.\nĂn lúc 11:30.") == "Đổi giờ ăn. Lượt 2. Ăn lúc 11:30."
    )


def test_a_notice_holds_from_now_for_at_most_thirty_days() -> None:
    check_expiry(NOW + timedelta(hours=1), NOW)
    for wrong in (NOW, NOW - timedelta(minutes=1), NOW + timedelta(days=31)):
        with pytest.raises(BadExpiry):
            check_expiry(wrong, NOW)


def test_the_seal_tells_any_change_and_no_order() -> None:
    words = make_wording(TITLE, TEXT)
    park, line = Target(TargetKind.PARK, 1), Target(TargetKind.LINE, 9)
    known = seal(words, [park, line], "Severe", "2026-11-24", "")
    assert known == seal(words, [line, park, line], "Severe", "2026-11-24", "")
    others = {
        seal(make_wording(TITLE, TEXT + "."), [park, line], "Severe", "2026-11-24", ""),
        seal(words, [park], "Severe", "2026-11-24", ""),
        seal(words, [park, line], "Extreme", "2026-11-24", ""),
        seal(words, [park, line], "Severe", "2026-11-25", ""),
        seal(words, [park, line], "Severe", "2026-11-24", "x"),
    }
    assert known not in others
    assert len(others) == 5
    with pytest.raises(NoTarget):
        seal(words, [], "Severe", "2026-11-24", "")
