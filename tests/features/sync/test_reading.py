"""What is read of a signed entry in passing is what careful reading would have found."""

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from app.kernel.refusals import Refusal
from app.sync.gateways.packing import PackedBody, pack_text
from app.sync.gateways.reading import UnreadBody, people_told, read_entry
from app.sync.gateways.signing import read_json
from app.sync.rules import Entry, parse_entry, read_summary

TEXT = (
    b'{"body":{"as_of":"2026-11-24T03:00:00+00:00","companies":[{"code":"A","n":[1,-2.5,"\\n"]}],'
    b'"final":false,"on":"2026-11-24","revision":1,"shift":"ca1"},"kind":"summary",'
    b'"made_at":"2026-11-24T03:00:00+00:00","node":"n","prev":"","seq":1}'
)


def outcome(read: Any) -> Any:
    try:
        entry: Entry = read()
    except (ValueError, RecursionError, Refusal) as error:
        return "json" if isinstance(error, ValueError | RecursionError) else error.code
    head = entry.summary or (read_summary(entry.body) if entry.kind == "summary" else None)
    return entry, head


def carefully(text: bytes) -> Any:
    return outcome(lambda: parse_entry(read_json(text)))


edits = st.lists(
    st.tuples(
        st.integers(0, len(TEXT) - 1),
        st.sampled_from(["put", "cut", "add"]),
        st.sampled_from(list(b'{}[]",:0123-+.eEntu\\ \n\x00\x7f\xff')),
    ),
    max_size=3,
)


@given(edits)
def test_a_changed_text_is_judged_as_careful_reading_judges_it(changes: list[Any]) -> None:
    text = bytearray(TEXT)
    for place, how, letter in changes:
        place = min(place, len(text) - 1)
        if how == "add":
            text.insert(place, letter)
        elif how == "cut":
            del text[place]
        else:
            text[place] = letter
    quick, careful = outcome(lambda: read_entry(bytes(text))), carefully(bytes(text))
    if isinstance(careful, tuple) and isinstance(quick, tuple):
        assert quick[1] == careful[1]
        assert (quick[0].seq, quick[0].prev, quick[0].kind) == (
            careful[0].seq, careful[0].prev, careful[0].kind,
        )  # fmt: skip
        assert dict(quick[0].body) == dict(careful[0].body)
    else:
        assert quick == careful


def test_the_rows_of_a_summary_are_read_when_they_are_looked_at() -> None:
    entry = read_entry(TEXT)
    assert isinstance(entry.body, UnreadBody)
    assert entry.summary == read_summary(entry.body)
    assert entry.body["companies"][0]["code"] == "A"
    assert len(entry.body) == 6


@pytest.mark.parametrize("number", [b"1e999", b"9" * 5000])
def test_numbers_beyond_all_measure_are_left_out_when_a_summary_is_shown(number: bytes) -> None:
    entry = read_entry(TEXT.replace(b"-2.5", number))
    assert entry.summary is not None
    shown = PackedBody().process_result_value(entry.packed, sqlite.dialect())
    assert shown is not None
    assert shown["companies"][0]["n"][:2] == [1, None]
    json.dumps(shown, allow_nan=False)


def test_what_is_packed_is_read_by_any_zlib() -> None:
    assert zlib.decompress(pack_text(TEXT)) == TEXT


@pytest.mark.parametrize(
    ("rows", "people"),
    [
        (b'{"code":"A","expected":7},{"code":"B","expected":null},{"code":"*","expected":9}', 7),
        (b'{"code":"A","expected":-7},{"code":"B"}', 0),
        (b'{"code":"A","expected":"7"}', None),
        (b"7", None),
    ],
)
def test_people_are_added_up_without_reading_all_else(rows: bytes, people: int | None) -> None:
    assert people_told(pack_text(b'{"body":{"companies":[' + rows + b"]}}")) == people
