"""What can be wrong with one cell of a staff list, and how much that matters."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a problem asks of the person who imports."""

    MUST_FIX = "must_fix"
    CHECK = "check"
    FIXED = "fixed"


class ProblemCode(StrEnum):
    """Stable name of one kind of problem; the sentences stand in the catalogue."""

    BADGE_MISSING = "workforce.badge_missing"
    BADGE_TOO_LONG = "workforce.badge_too_long"
    BADGE_DIGITS_LOST = "workforce.badge_digits_lost"
    BADGE_TWICE = "workforce.badge_twice"
    BADGE_MERGED = "workforce.badge_merged"
    BADGE_ZEROS_LOST = "workforce.badge_zeros_lost"
    NAME_MISSING = "workforce.name_missing"
    NAME_HAS_DIGITS = "workforce.name_has_digits"
    NAME_ODD_LETTERS = "workforce.name_odd_letters"
    NAME_ONE_WORD = "workforce.name_one_word"
    NAME_NOTE = "workforce.name_note"
    LEGACY_FONT = "workforce.legacy_font"
    TEXT_TOO_LONG = "workforce.text_too_long"
    PHONE_TOO_SHORT = "workforce.phone_too_short"
    PHONE_TOO_LONG = "workforce.phone_too_long"
    PHONE_UNKNOWN_PREFIX = "workforce.phone_unknown_prefix"
    PHONE_FOREIGN = "workforce.phone_foreign"
    PHONE_DIGITS_LOST = "workforce.phone_digits_lost"
    PHONE_TWO_NUMBERS = "workforce.phone_two_numbers"
    PHONE_ZERO_ADDED = "workforce.phone_zero_added"
    PHONE_OLD_PREFIX = "workforce.phone_old_prefix"
    ID_WRONG_LENGTH = "workforce.id_wrong_length"
    ID_UNREADABLE = "workforce.id_unreadable"
    ID_DIGITS_LOST = "workforce.id_digits_lost"
    ID_ZERO_MAYBE_LOST = "workforce.id_zero_maybe_lost"
    ID_ZEROS_ADDED = "workforce.id_zeros_added"
    ID_UNKNOWN_PROVINCE = "workforce.id_unknown_province"
    ID_NOT_PLAUSIBLE = "workforce.id_not_plausible"
    ID_SEX_DIFFERS = "workforce.id_sex_differs"
    ID_BIRTH_YEAR_DIFFERS = "workforce.id_birth_year_differs"
    ID_TWICE = "workforce.id_twice"
    DATE_UNREADABLE = "workforce.date_unreadable"
    DATE_IMPOSSIBLE = "workforce.date_impossible"
    DATE_MONTH_FIRST = "workforce.date_month_first"
    DATE_MAYBE_SWAPPED = "workforce.date_maybe_swapped"
    BIRTH_OUT_OF_RANGE = "workforce.birth_out_of_range"
    BIRTH_YEAR_DIFFERS = "workforce.birth_year_differs"
    LAST_DAY_TOO_FAR = "workforce.last_day_too_far"
    SEX_AMBIGUOUS = "workforce.sex_ambiguous"
    SEX_UNREADABLE = "workforce.sex_unreadable"
    SHIFT_UNKNOWN = "workforce.shift_unknown"
    OTHER_COMPANY = "workforce.other_company"
    HEADING_UNKNOWN = "workforce.heading_unknown"
    HEADING_UNSURE = "workforce.heading_unsure"
    HEADING_AMBIGUOUS = "workforce.heading_ambiguous"
    HEADING_TWICE = "workforce.heading_twice"
    GIVEN_NAMES_ONLY = "workforce.given_names_only"
    ROW_SKIPPED = "workforce.row_skipped"


MUST_FIX = frozenset(
    {
        ProblemCode.BADGE_MISSING,
        ProblemCode.BADGE_TOO_LONG,
        ProblemCode.BADGE_DIGITS_LOST,
        ProblemCode.BADGE_TWICE,
        ProblemCode.BADGE_MERGED,
        ProblemCode.NAME_MISSING,
        ProblemCode.NAME_HAS_DIGITS,
    }
)
FIXED = frozenset(
    {
        ProblemCode.NAME_NOTE,
        ProblemCode.LEGACY_FONT,
        ProblemCode.PHONE_ZERO_ADDED,
        ProblemCode.PHONE_OLD_PREFIX,
        ProblemCode.ID_ZEROS_ADDED,
        ProblemCode.ROW_SKIPPED,
    }
)
# Found beside another problem, whose suggestion does not settle these.
UNSETTLED = frozenset(
    {
        ProblemCode.NAME_ODD_LETTERS,
        ProblemCode.NAME_ONE_WORD,
        ProblemCode.ID_UNKNOWN_PROVINCE,
        ProblemCode.ID_NOT_PLAUSIBLE,
        ProblemCode.ID_SEX_DIFFERS,
        ProblemCode.ID_BIRTH_YEAR_DIFFERS,
    }
)


def severity_of(code: ProblemCode) -> Severity:
    """Whether a row is left out, waits for a look, or was put right without asking."""
    if code in MUST_FIX:
        return Severity.MUST_FIX
    return Severity.FIXED if code in FIXED else Severity.CHECK


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing found at a row (as Excel counts) and column letter.

    `suggestion` is text that, put into the cell, reads without this problem; for what
    was fixed it is what was taken. `other_row` is the row this one clashes with.
    """

    row: int
    column: str
    field: str
    code: ProblemCode
    value: str
    suggestion: str | None = None
    other_row: int | None = None

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return severity_of(self.code)
