"""The rows of the standard list: every column in its place, nothing invented."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.workforce.rules.standard_list import (
    Lack,
    ListedPerson,
    born_text,
    lacks_of,
    row_of,
    standard_list,
)

DATA = {
    "as_of": date(2021, 11, 1),
    "lists": [
        {
            "id": "v",
            "vi": "Danh sách",
            "evidence": "memory",
            "sex": {"male": "Nam", "female": "Nữ"},
            "columns": [
                {"vi": "STT", "field": "row_number"},
                {"vi": "Họ và tên", "field": "name"},
                {"vi": "Ngày sinh", "field": "born"},
                {"vi": "Giới tính", "field": "sex"},
                {"vi": "Nhóm", "field": "priority_group"},
                {"vi": "Tỉnh"},
                {"vi": "SĐT", "field": "phone"},
                {"vi": "CCCD", "field": "id_number"},
            ],
        }
    ],
}
LIST = standard_list(DATA, "v")


def test_a_list_remembered_and_not_read_says_so() -> None:
    assert not LIST.is_verified
    assert LIST.not_kept == ["Tỉnh"]


def test_what_is_not_known_stays_empty() -> None:
    person = ListedPerson("w", "Nguyễn Thị Hoa", "SB-1", birth_year=1995)
    row = row_of(LIST, 7, person, employer="Sao Bắc", priority_group=None)
    assert row == [7, "Nguyễn Thị Hoa", "1995", None, None, None, None, None]
    assert lacks_of(LIST, person) == [Lack.BORN_DAY, Lack.SEX, Lack.PHONE, Lack.ID_NUMBER]


def test_a_full_row_lacks_nothing() -> None:
    person = ListedPerson(
        "w", "Hoa", "SB-1", date(1995, 3, 2), 1995, "female", "0900000118", "024195001234"
    )
    row = row_of(LIST, 1, person, employer="Sao Bắc", priority_group=13)
    assert row == [1, "Hoa", "02/03/1995", "Nữ", 13, None, "0900000118", "024195001234"]
    assert lacks_of(LIST, person) == []


@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_birthday_reads_back_as_the_same_day(born_on: date) -> None:
    text = born_text(ListedPerson("w", "Hoa", "1", born_on))
    assert text is not None
    day, month, year = (int(part) for part in text.split("/"))
    assert date(year, month, day) == born_on
    assert len(text) == 10


@given(
    st.builds(
        ListedPerson,
        st.just("w"),
        st.just("Hoa"),
        st.just("1"),
        st.none() | st.just(date(1995, 3, 2)),
        st.none() | st.just(1995),
        st.sampled_from([None, "male", "female", "?"]),
        st.none() | st.just("0900000118"),
        st.none() | st.just("024195001234"),
    )
)
def test_a_cell_is_empty_exactly_when_it_is_told_missing(person: ListedPerson) -> None:
    row = row_of(LIST, 1, person, employer="Sao Bắc", priority_group=None)
    lacks = set(lacks_of(LIST, person))
    assert (row[2] is None) == (Lack.BORN in lacks)
    assert (row[3] is None) == (Lack.SEX in lacks)
    assert (row[6] is None) == (Lack.PHONE in lacks)
    assert (row[7] is None) == (Lack.ID_NUMBER in lacks)
