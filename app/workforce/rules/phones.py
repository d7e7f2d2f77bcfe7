"""Phone numbers as factories type them, made national numbers.

Mobile numbers of 11 digits became 10 on 15/9/2018, area codes changed in 2017
(Ministry of Information and Communications, decision 2036/QĐ-BTTTT).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.workforce.rules.cells import Cell, number_text
from app.workforce.rules.problems import ProblemCode


class PhoneKind(StrEnum):
    """Whether a number can take messages."""

    MOBILE = "mobile"
    LANDLINE = "landline"


@dataclass(frozen=True, slots=True)
class PhonePlan:
    """Prefixes in use, and what the old ones became; all with their leading 0."""

    mobile: frozenset[str]
    landline: frozenset[str]
    new_mobile_by_old: Mapping[str, str]
    new_area_by_old: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """`value` is the national number of 10 or 11 digits, or None when it cannot be one."""

    value: str | None = None
    kind: PhoneKind | None = None
    problems: tuple[ProblemCode, ...] = ()
    changed: bool = False
    suggestion: str | None = None


_NOTHING = PhoneReading()
_SEPARATORS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (r"[/,;|&]", r"\b(?:hoặc|và|or)\b", "-", r"\s")
)
_NOT_DIGIT = re.compile(r"\D")
_SINGLE_NUMBER_DIGITS = 9


def phone_plan(rows: Iterable[Mapping[str, str]]) -> PhonePlan:
    """The plan from rows with `kind`, `old_prefix`, `prefix` and `note`."""
    mobile, landline = set[str](), set[str]()
    conversions: dict[str, str] = {}
    areas: dict[str, str] = {}
    for row in rows:
        prefix, old = row["prefix"], row["old_prefix"]
        if row["kind"] == "mobile":
            mobile.add(prefix)
        elif row["kind"] == "mobile_conversion":
            conversions[old] = prefix
        elif row["kind"] == "landline":
            landline.add(prefix)
            # Shorter old codes cannot be told from today's prefixes by the digits alone.
            if len(old) == 4 and "unverified" not in row["note"]:
                areas[old] = prefix
    return PhonePlan(frozenset(mobile), frozenset(landline), conversions, areas)


def clean_phone(raw: Cell, plan: PhonePlan) -> PhoneReading:
    """The number meant by a cell; of two numbers the first, with a warning."""
    text, lost = number_text(raw)
    if lost:
        return PhoneReading(problems=(ProblemCode.PHONE_DIGITS_LOST,))
    if not text:
        return _NOTHING
    parts = _numbers_in(text)
    reading = _read_one(parts[0], plan)
    if len(parts) == 1 or reading.value is None:
        return reading
    problems = (*reading.problems, ProblemCode.PHONE_TWO_NUMBERS)
    return PhoneReading(reading.value, reading.kind, problems, True, reading.value)


def _numbers_in(text: str) -> list[str]:
    for separator in _SEPARATORS:
        parts = [part for part in separator.split(text) if _NOT_DIGIT.sub("", part)]
        long = [len(_NOT_DIGIT.sub("", part)) >= _SINGLE_NUMBER_DIGITS for part in parts]
        if len(parts) > 1 and all(long):
            return parts
    return [text]


def _read_one(text: str, plan: PhonePlan) -> PhoneReading:
    typed = _NOT_DIGIT.sub("", text)
    if not typed:
        return PhoneReading(problems=(ProblemCode.PHONE_UNKNOWN_PREFIX,))
    digits = _without_country(text.lstrip(" ("), typed)
    if digits is None:
        return PhoneReading(problems=(ProblemCode.PHONE_FOREIGN,))
    problems: list[ProblemCode] = []
    if _lacks_zero(digits):
        digits = "0" + digits
        problems.append(ProblemCode.PHONE_ZERO_ADDED)
    current = _current_number(digits, plan)
    if current is None:
        return PhoneReading(problems=(_what_is_wrong(digits),))
    number, kind = current
    if number != digits:
        problems = [ProblemCode.PHONE_OLD_PREFIX]
    suggestion = number if problems else None
    return PhoneReading(number, kind, tuple(problems), number != typed, suggestion)


def _without_country(text: str, digits: str) -> str | None:
    """The digits without 84; None where another country's code stands."""
    if digits.startswith("0084"):
        rest = digits[4:]
    elif digits.startswith("84") and (text.startswith("+") or len(digits) >= 11):
        rest = digits[2:]
    elif (text.startswith("+") and digits[0] != "0") or digits.startswith("00"):
        return None
    else:
        return digits
    return "0" + rest.removeprefix("0")


def _lacks_zero(digits: str) -> bool:
    if len(digits) == 9:
        return digits[0] in "35789"
    return len(digits) == 10 and (digits[0] == "2" or digits[:2] in {"12", "16", "18", "19"})


def _current_number(digits: str, plan: PhonePlan) -> tuple[str, PhoneKind] | None:
    if len(digits) == 10 and (digits[:3] in plan.mobile or digits[:4] in plan.mobile):
        return digits, PhoneKind.MOBILE
    if len(digits) != 11:
        return None
    if new := plan.new_mobile_by_old.get(digits[:4]):
        return new + digits[4:], PhoneKind.MOBILE
    if digits[:4] in plan.landline:
        return digits, PhoneKind.LANDLINE
    # A subscriber's own number never starts with 0 or 1: after 024 and 028 those belong to
    # an old four-digit code.
    if digits[:3] in plan.landline and digits[3] not in "01":
        return digits, PhoneKind.LANDLINE
    if new := plan.new_area_by_old.get(digits[:4]):
        return new + digits[4:], PhoneKind.LANDLINE
    return None


def _what_is_wrong(digits: str) -> ProblemCode:
    if len(digits) < 10:
        return ProblemCode.PHONE_TOO_SHORT
    if len(digits) > 11 or (len(digits) == 11 and not digits.startswith(("01", "02"))):
        return ProblemCode.PHONE_TOO_LONG
    return ProblemCode.PHONE_UNKNOWN_PREFIX
