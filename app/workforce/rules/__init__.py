"""Decisions on workers, and on staff lists as factories keep them.

A list is read in this order: `decode_rows`, `find_sheet`, `map_headings` (with
`with_choices` for what a person decides), `read_roster`, `compare`.
"""

from app.workforce.rules.cells import Cell, Row, column_letter, text_of
from app.workforce.rules.comparison import (
    Change,
    ImportPlan,
    PresentWorker,
    Update,
    changes_of,
    compare,
)
from app.workforce.rules.dates import BirthReading, DayReading, read_birth, read_day
from app.workforce.rules.heading_synonyms import HeadingBook, Match, heading_book
from app.workforce.rules.headings import (
    Column,
    ColumnMap,
    HeaderRow,
    find_header_row,
    find_sheet,
    map_headings,
    with_choices,
)
from app.workforce.rules.id_numbers import IdKind, IdReading, clean_id_number, province_names
from app.workforce.rules.legacy_fonts import (
    DecodedRows,
    FontTables,
    LegacyFont,
    decode,
    decode_rows,
    font_tables,
)
from app.workforce.rules.names import NameReading, clean_name, joined_name
from app.workforce.rules.particulars import (
    LeftOutRow,
    Particulars,
    RosterContext,
    RosterReading,
    RosterRow,
)
from app.workforce.rules.phones import PhoneKind, PhonePlan, PhoneReading, clean_phone, phone_plan
from app.workforce.rules.problems import Problem, ProblemCode, Severity, severity_of
from app.workforce.rules.refusals import (
    ColumnsMissing,
    EmptySheet,
    FileTooLarge,
    NoHeaderRow,
    NotAWorkbook,
    ReadFailed,
    ReadTimedOut,
    TooManyCells,
    WorkbookLocked,
    ZipBomb,
)
from app.workforce.rules.roster import read_roster
from app.workforce.rules.shift_values import ShiftWords, read_shift, shift_words
from app.workforce.rules.word_values import (
    Sex,
    SexReading,
    WordLists,
    read_sex,
    read_yes_no,
    word_lists,
)

__all__ = [
    "BirthReading",
    "Cell",
    "Change",
    "Column",
    "ColumnMap",
    "ColumnsMissing",
    "DayReading",
    "DecodedRows",
    "EmptySheet",
    "FileTooLarge",
    "FontTables",
    "HeaderRow",
    "HeadingBook",
    "IdKind",
    "IdReading",
    "ImportPlan",
    "LeftOutRow",
    "LegacyFont",
    "Match",
    "NameReading",
    "NoHeaderRow",
    "NotAWorkbook",
    "Particulars",
    "PhoneKind",
    "PhonePlan",
    "PhoneReading",
    "PresentWorker",
    "Problem",
    "ProblemCode",
    "ReadFailed",
    "ReadTimedOut",
    "RosterContext",
    "RosterReading",
    "RosterRow",
    "Row",
    "Severity",
    "Sex",
    "SexReading",
    "ShiftWords",
    "TooManyCells",
    "Update",
    "WordLists",
    "WorkbookLocked",
    "ZipBomb",
    "changes_of",
    "clean_id_number",
    "clean_name",
    "clean_phone",
    "column_letter",
    "compare",
    "decode",
    "decode_rows",
    "find_header_row",
    "find_sheet",
    "font_tables",
    "heading_book",
    "joined_name",
    "map_headings",
    "phone_plan",
    "province_names",
    "read_birth",
    "read_day",
    "read_roster",
    "read_sex",
    "read_shift",
    "read_yes_no",
    "severity_of",
    "shift_words",
    "text_of",
    "with_choices",
    "word_lists",
]
