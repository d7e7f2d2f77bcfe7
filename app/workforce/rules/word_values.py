"""Cells that hold one word of a closed list: sex, yes and no, still employed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.kernel.text import fold
from app.workforce.rules.cells import Cell, text_of
from app.workforce.rules.problems import ProblemCode


class Sex(StrEnum):
    """As the identity card states it."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class WordLists:
    """Folded words for each answer, without the bare codes 0, 1 and 2 for a sex."""

    sex_by_word: Mapping[str, Sex]
    yes: frozenset[str]
    no: frozenset[str]


@dataclass(frozen=True, slots=True)
class SexReading:
    """The sex a cell states, or the code that has to be asked for."""

    value: Sex | None = None
    problems: tuple[ProblemCode, ...] = ()


_SEX_CODES = frozenset({"0", "1", "2"})
_LEFT = re.compile(r"\b(?:nghi viec|thoi viec|nghi han|resign|quit|terminated|left)")


def word_lists(values: Mapping[str, Any]) -> WordLists:
    """The lists from the `values` part of the headings file."""
    sexes = {
        fold(word): sex
        for sex in Sex
        for word in values["gender"][sex.value]
        if word not in _SEX_CODES and word != "x"
    }
    return WordLists(
        sexes,
        frozenset(fold(word) for word in values["truthy"]),
        frozenset(fold(word) for word in values["falsy"]),
    )


def read_sex(
    raw: Cell, words: WordLists, sex_by_code: Mapping[str, Sex], *, marks: Sex | None = None
) -> SexReading:
    """The sex in a cell; `marks` is the sex a cross stands for in a column titled Nam or Nữ."""
    text = fold(text_of(raw))
    if not text:
        return SexReading()
    if sex := words.sex_by_word.get(text):
        return SexReading(sex)
    if marks and text in words.yes:
        return SexReading(marks)
    if marks and text in words.no:
        return SexReading()
    if sex := sex_by_code.get(text):
        return SexReading(sex)
    if text in _SEX_CODES:
        return SexReading(problems=(ProblemCode.SEX_AMBIGUOUS,))
    return SexReading(problems=(ProblemCode.SEX_UNREADABLE,))


def read_yes_no(raw: Cell, words: WordLists) -> bool | None:
    """Yes, no, or None for anything else."""
    text = fold(text_of(raw))
    if text in words.yes:
        return True
    return False if text in words.no else None


def has_left(raw: Cell) -> bool:
    """Whether a status says that the worker left the company for good."""
    return bool(_LEFT.search(fold(text_of(raw))))
