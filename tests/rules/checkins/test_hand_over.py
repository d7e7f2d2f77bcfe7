"""Notes to the next shift are kept as they were written, but for what says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checkins.rules.hand_over import LONGEST_NOTE, NoteTooLong, NothingWritten, note_text


def test_lines_stay_and_blank_ends_go() -> None:
    assert note_text("  Gọi lại.\r\n\n Thiếu nhiệt kế. ") == "Gọi lại.\nThiếu nhiệt kế."


def test_nothing_and_too_much_are_refused() -> None:
    for blank in ("", " ", "\n \t\n"):
        with pytest.raises(NothingWritten):
            note_text(blank)
    assert note_text("a" * LONGEST_NOTE)
    with pytest.raises(NoteTooLong):
        note_text("a" * (LONGEST_NOTE + 1))


@given(st.text(max_size=60))
def test_what_was_kept_once_is_kept_the_same_again(written: str) -> None:
    try:
        kept = note_text(written)
    except NothingWritten:
        return
    assert note_text(kept) == kept
