"""Numbers of identity cards and passports, and what a 12-digit number says by itself.

Structure of the 12-digit number: decree 137/2015/NĐ-CP, circulars 07/2016 and 59/2021/TT-BCA.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.workforce.rules.cells import Cell, number_text
from app.workforce.rules.problems import ProblemCode
from app.workforce.rules.word_values import Sex

EARLIEST_HOLDER_YEAR = 1900
YOUNGEST_HOLDER_YEARS = 14


class IdKind(StrEnum):
    """Old card of 9 digits, new number of 12, or a passport."""

    CMND = "cmnd"
    CCCD = "cccd"
    PASSPORT = "passport"


@dataclass(frozen=True, slots=True)
class IdReading:
    """`value` as it stands on the card, or None; sex and birth year as a 12-digit number tells."""

    value: str | None = None
    kind: IdKind | None = None
    problems: tuple[ProblemCode, ...] = ()
    changed: bool = False
    suggestion: str | None = None
    sex: Sex | None = None
    birth_year: int | None = None


_LABEL = re.compile(r"^(?:(?:SỐ|SO)\s*)?(?:CMND|CMTND|CMT|CCCD|HỘ CHIẾU|PASSPORT)\b[\s:/.-]*")
_GAPS = re.compile(r"[\s.\-_]+")
_PASSPORT = re.compile(r"[A-Z]{1,2}\d{6,8}|[A-Z]\d{3}[A-Z]\d{4}")


def province_names(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Province of birth registration by its three digits, from the rows of the table."""
    return {row["code"]: row["province_at_birth_registration"] for row in rows}


def clean_id_number(
    raw: Cell,
    provinces: Mapping[str, str],
    today: date,
    *,
    sex: Sex | None = None,
    birth_year: int | None = None,
) -> IdReading:
    """The number meant by a cell; sex and birth year that differ from the list only warn."""
    text, lost = number_text(raw)
    if lost:
        return IdReading(problems=(ProblemCode.ID_DIGITS_LOST,))
    number = _GAPS.sub("", _LABEL.sub("", text.upper()))
    if not number:
        return IdReading()
    if _PASSPORT.fullmatch(number):
        return IdReading(number, IdKind.PASSPORT, changed=number != text)
    if not (number.isascii() and number.isdigit()):
        return IdReading(problems=(ProblemCode.ID_UNREADABLE,))
    if len(number) == 9:
        return IdReading(number, IdKind.CMND, changed=number != text)
    if len(number) == 8:
        return IdReading(problems=(ProblemCode.ID_ZERO_MAYBE_LOST,), suggestion="0" + number)
    if not 10 <= len(number) <= 12:
        return IdReading(problems=(ProblemCode.ID_WRONG_LENGTH,))
    return _read_twelve(number, provinces, today, sex=sex, birth_year=birth_year)


def _read_twelve(
    number: str,
    provinces: Mapping[str, str],
    today: date,
    *,
    sex: Sex | None,
    birth_year: int | None,
) -> IdReading:
    value = number.zfill(12)
    own_sex = Sex.FEMALE if int(value[3]) % 2 else Sex.MALE
    own_year = 1900 + 100 * (int(value[3]) // 2) + int(value[4:6])
    is_plausible = EARLIEST_HOLDER_YEAR <= own_year <= today.year - YOUNGEST_HOLDER_YEARS
    is_padded = value != number
    if is_padded and not (is_plausible and value[:3] in provinces):
        return IdReading(problems=(ProblemCode.ID_WRONG_LENGTH,))
    problems: list[ProblemCode] = [ProblemCode.ID_ZEROS_ADDED] if is_padded else []
    if value[:3] not in provinces:
        problems.append(ProblemCode.ID_UNKNOWN_PROVINCE)
    if not is_plausible:
        problems.append(ProblemCode.ID_NOT_PLAUSIBLE)
        return IdReading(value, IdKind.CCCD, tuple(problems), is_padded)
    if sex and sex is not own_sex:
        problems.append(ProblemCode.ID_SEX_DIFFERS)
    if birth_year and birth_year != own_year:
        problems.append(ProblemCode.ID_BIRTH_YEAR_DIFFERS)
    suggestion = value if is_padded else None
    return IdReading(value, IdKind.CCCD, tuple(problems), is_padded, suggestion, own_sex, own_year)
