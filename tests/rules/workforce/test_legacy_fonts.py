"""Text typed in TCVN3 and VNI fonts."""

from typing import Any

import pytest

from app.workforce.rules import FontTables, LegacyFont, Row, clean_name, decode, decode_rows


def test_the_samples_of_both_fonts_decode(encodings: Any, fonts: FontTables) -> None:
    for sample in encodings["samples"]:
        expected = sample["unicode"]
        for font, key in ((LegacyFont.TCVN3, "tcvn3_as_latin1"), (LegacyFont.VNI, "vni_as_latin1")):
            found = decode(sample[key], fonts)
            assert found is not None
            assert found[1] is font
            assert clean_name(found[0]).value == clean_name(expected).value


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Văn Hưởng", "Hòa", "Võ Thành Tài", "Hoàng Long", "Công nhân", "Lê Hà", "Müller",
        "José", "Café", "Ø 20", "Công ty “ABC”", "SB20417", "CHUYỀN 3", "±5°",
    ],
)  # fmt: skip
def test_text_that_is_no_old_font_is_left_alone(text: str, fonts: FontTables) -> None:
    assert decode(text, fonts) is None


def test_a_doubtful_cell_is_read_as_the_rest_of_its_column(fonts: FontTables) -> None:
    rows: list[Row] = [("Hä vµ tªn",), ("TrÇn ThÞ Hoa",), ("vò hïng",), ("An",), (5,)]
    sheet = decode_rows(rows, fonts)
    assert [row[0] for row in sheet.rows] == ["Họ và tên", "Trần Thị Hoa", "vũ hùng", "An", 5]
    assert sheet.original[2, 0] == "vò hïng"


def test_one_unicode_name_keeps_a_column_from_being_guessed(fonts: FontTables) -> None:
    rows = [("TrÇn ThÞ Hoa",), ("Ph¹m Ngäc",), ("Nguyễn Văn An",), ("Vò",)]
    assert decode_rows(rows, fonts).rows[3][0] == "Vò"


def test_a_sheet_in_unicode_is_passed_on_as_it_is(fonts: FontTables) -> None:
    rows = [("Họ và tên",), ("Nguyễn Văn An",)]
    assert decode_rows(rows, fonts).rows is rows
