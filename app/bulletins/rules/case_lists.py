"""A list of cases without identities: its columns, and what a row may say."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.bulletins.rules.identity import find_trace, heading_trace
from app.bulletins.rules.refusals import CaseListRefused
from app.kernel.text import fold, squeeze

MOST_CASES = 2000
LONGEST_CELL = 120


class Column(StrEnum):
    """The columns of the list, in their order."""

    CODE = "code"
    ON = "on"
    SEX = "sex"
    AGE = "age"
    PLACE = "place"
    FOUND = "found"


class Sex(StrEnum):
    """What may be said; nothing may be said too."""

    FEMALE = "female"
    MALE = "male"


class Found(StrEnum):
    """Where the case was found."""

    QUARANTINE = "quarantine"
    LOCKED = "locked"
    WORKPLACE = "workplace"
    COMMUNITY = "community"
    SCREENING = "screening"
    OTHER = "other"


AGE_BANDS = ("0-17", "18-29", "30-39", "40-49", "50-59", "60+")
_HEADINGS: Mapping[Column, Sequence[str]] = {
    Column.CODE: ("mã ca", "mã", "mã bệnh nhân", "mã bn", "bn", "ca bệnh", "code", "số ca"),
    Column.ON: ("ngày", "ngày công bố", "ngày phát hiện", "ngày xét nghiệm", "date"),
    Column.SEX: ("giới", "giới tính", "nam/nữ", "sex"),
    Column.AGE: ("nhóm tuổi", "tuổi", "độ tuổi", "age", "age band"),
    Column.PLACE: (
        "nơi",
        "địa điểm",
        "xã, công ty",
        "xã, khu hoặc công ty",
        "nơi ghi nhận",
        "place",
    ),
    Column.FOUND: ("phát hiện ở", "nơi phát hiện", "phát hiện tại", "loại", "found"),
}
HEADINGS = {fold(each): column for column, names in _HEADINGS.items() for each in names}
SERIAL = frozenset(fold(each) for each in ("STT", "TT", "No", "#"))
SEXES = {
    **dict.fromkeys(("nữ", "nu", "f", "female"), Sex.FEMALE),
    **dict.fromkeys(("nam", "m", "male"), Sex.MALE),
}
_FOUND: Mapping[Found, Sequence[str]] = {
    Found.QUARANTINE: ("khu cách ly", "cách ly", "khu cách ly tập trung", "f1", "quarantine"),
    Found.LOCKED: ("khu phong toả", "khu phong tỏa", "phong toả", "phong tỏa", "locked"),
    Found.WORKPLACE: ("nơi làm việc", "công ty", "nhà máy", "kcn", "workplace"),
    Found.COMMUNITY: ("cộng đồng", "ngoài cộng đồng", "community"),
    Found.SCREENING: ("sàng lọc", "xét nghiệm sàng lọc", "screening"),
    Found.OTHER: ("khác", "other"),
}
FOUND = {fold(each): found for found, names in _FOUND.items() for each in names}
CODE_SHAPE = re.compile(r"[A-Za-zĐđ]{0,8}[-_./ ]?\d{1,8}(?:[-_./]\d{1,6}){0,3}")
DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
AGE_SHAPE = re.compile(r"(\d{1,3})\s*[-\u2013]\s*(\d{1,3})")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as it may be told; an empty age band or no sex means it is not told."""

    code: str
    on: date
    sex: Sex | None
    age: str
    place: str
    found: Found


@dataclass(frozen=True, slots=True)
class CaseProblem:
    """Why a cell cannot stand: row from 1 as the sheet counts, the column's heading, the value."""

    row: int
    column: str
    code: str
    value: str


class CellError(ValueError):
    """A cell that cannot be read; its text is the code of why."""


Cells = Sequence[Sequence[str]]


def read_case_list(rows: Cells) -> tuple[CaseRow, ...]:
    """The cases of a sheet whose first row may be headings; refused with every problem named."""
    problems: list[CaseProblem] = []
    first = next((at for at, row in enumerate(rows) if any(squeeze(cell) for cell in row)), None)
    if first is None:
        return ()
    columns = _columns(rows[first], first + 1, problems)
    begins = first + 1 if columns else first
    order = columns or {column: at for at, column in enumerate(Column)}
    if problems:
        raise CaseListRefused(problems=tuple(problems))
    cases: list[CaseRow] = []
    seen: dict[str, int] = {}
    for at, row in enumerate(rows[begins:], start=begins + 1):
        cells = {column: _cell(row, place) for column, place in order.items()}
        if not any(cells.values()):
            continue
        if not columns:
            problems += _beyond(row, at)
        found = [_problem(column, cells.get(column, ""), at) for column in Column]
        problems += [each for each in found if each is not None]
        if any(found):
            continue
        case = _case(cells)
        if case.code.casefold() in seen:
            problems.append(CaseProblem(at, Column.CODE, "twice", case.code))
        seen.setdefault(case.code.casefold(), at)
        cases.append(case)
    if len(cases) > MOST_CASES:
        problems.append(CaseProblem(len(rows), Column.CODE, "too_many", str(MOST_CASES)))
    if problems:
        raise CaseListRefused(problems=tuple(problems))
    return tuple(cases)


def kept_case_list(rows: Cells) -> tuple[CaseRow, ...]:
    """Cases as `cells_of` keeps them: judged when they were written or came, not again."""
    return tuple(_case(dict(zip(Column, row, strict=True))) for row in rows)


def _columns(row: Sequence[str], at: int, problems: list[CaseProblem]) -> dict[Column, int]:
    """Where each column stands, when the row is one of headings; nothing when it is a case."""
    named = {place: fold(cell).strip(" .:*") for place, cell in enumerate(row) if squeeze(cell)}
    known = {place: HEADINGS[name] for place, name in named.items() if name in HEADINGS}
    traces = {place: heading_trace(row[place]) for place in named}
    if not known and not any(traces.values()):
        return {}
    for place, name in named.items():
        trace = traces[place]
        if place in known or name in SERIAL:
            continue
        code = f"heading_{trace}" if trace else "unknown_heading"
        problems.append(CaseProblem(at, squeeze(row[place])[:LONGEST_CELL], code, ""))
    columns: dict[Column, int] = {}
    for place, column in known.items():
        columns.setdefault(column, place)
    for column in (Column.CODE, Column.ON, Column.PLACE, Column.FOUND):
        if column not in columns:
            problems.append(CaseProblem(at, column, "column_missing", ""))
    return columns


def _cell(row: Sequence[str], place: int) -> str:
    return squeeze(row[place]) if place < len(row) else ""


def _beyond(row: Sequence[str], at: int) -> list[CaseProblem]:
    """Cells beyond the last column would be published unread."""
    extra = [squeeze(cell) for cell in row[len(Column) :] if squeeze(cell)]
    return [CaseProblem(at, str(len(Column) + 1), "one_too_many", extra[0][:40])] if extra else []


def _problem(column: Column, cell: str, at: int) -> CaseProblem | None:
    code = _fault(column, cell)
    return CaseProblem(at, column, code, cell[:40]) if code else None


def _fault(column: Column, cell: str) -> str | None:
    """What is wrong with a cell; somebody's name or number before all else."""
    if len(cell) > LONGEST_CELL:
        return "too_long"
    trace = find_trace(cell)
    if trace is not None:
        return trace.value
    try:
        READ[column](cell)
    except CellError as wrong:
        return str(wrong)
    return None


def _code(cell: str) -> str:
    if CODE_SHAPE.fullmatch(cell) is None:
        raise CellError("bad_code" if cell else "missing")
    return cell


def _on(cell: str) -> date:
    if found := ISO_DAY.fullmatch(cell):
        year, month, day = (int(part) for part in found.groups())
    elif found := DAY.fullmatch(cell):
        day, month, year = (int(part) for part in found.groups())
    else:
        raise CellError("bad_day" if cell else "missing")
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError("bad_day") from None


def _sex(cell: str) -> Sex | None:
    if cell and fold(cell) not in SEXES:
        raise CellError("bad_sex")
    return SEXES.get(fold(cell))


def _age(cell: str) -> str:
    """One of the bands; an age by itself is refused, for with a place it may be somebody."""
    if not cell:
        return ""
    plain = cell.replace("\u2013", "-").replace(" ", "")
    if plain in AGE_BANDS:
        return plain
    if found := AGE_SHAPE.fullmatch(cell):
        plain = f"{int(found[1])}-{int(found[2])}"
    if plain not in AGE_BANDS:
        raise CellError("bad_age")
    return plain


def _place(cell: str) -> str:
    if not cell:
        raise CellError("missing")
    return cell


def _found(cell: str) -> Found:
    found = FOUND.get(fold(cell))
    if found is None:
        raise CellError("bad_found" if cell else "missing")
    return found


READ = {
    Column.CODE: _code,
    Column.ON: _on,
    Column.SEX: _sex,
    Column.AGE: _age,
    Column.PLACE: _place,
    Column.FOUND: _found,
}


def _case(cells: Mapping[Column, str]) -> CaseRow:
    def of(column: Column) -> str:
        return cells.get(column, "")

    return CaseRow(
        code=_code(of(Column.CODE)),
        on=_on(of(Column.ON)),
        sex=_sex(of(Column.SEX)),
        age=_age(of(Column.AGE)),
        place=_place(of(Column.PLACE)),
        found=_found(of(Column.FOUND)),
    )


def typed_rows(text: str) -> list[list[str]]:
    """Rows as they are typed or pasted out of a sheet: cells parted by tabs, or by semicolons."""
    return [
        [cell.strip() for cell in re.split(r"\t" if "\t" in line else ";", line)]
        for line in text.splitlines()
    ]


def spoken_cells(case: CaseRow) -> tuple[str, ...]:
    """A case as people here type it; `read_case_list` reads it back."""
    sex = {Sex.FEMALE: "Nữ", Sex.MALE: "Nam", None: ""}[case.sex]
    found = _FOUND[case.found][0]
    day = f"{case.on:%d/%m/%Y}"
    return case.code, day, sex, case.age, case.place, found[0].upper() + found[1:]


# What stands over the columns of a list to be filled in.
SAMPLE_HEADINGS = ("Mã ca", "Ngày", "Giới", "Nhóm tuổi", "Xã, khu hoặc công ty", "Phát hiện ở")


def cells_of(case: CaseRow) -> tuple[str, ...]:
    """A case as cells that `read_case_list` reads back."""
    sex = case.sex.value if case.sex else ""
    return case.code, case.on.isoformat(), sex, case.age, case.place, case.found.value
