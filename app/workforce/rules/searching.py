"""What somebody typed into the search of workers, taken apart."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from app.kernel.text import fold

LONGEST_QUERY = 200
MOST_WORDS = 8
MOST_FOUND = 1000
SHORT_TAIL, LONG_TAIL = 3, 4
PHONE_DIGITS = 10
_BREAKS = re.compile(r"[\W_]+")
_PHONE = re.compile(r"[\d\s.+()\-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search: folded words, each the beginning of one; digits when it can be a phone number."""

    words: tuple[str, ...]
    key: str = ""
    digits: str = ""


def read_search(text: str) -> Wanted:
    """Take a typed search apart; without letters or digits in it there is nothing to find."""
    kept = text[:LONGEST_QUERY]
    words = [word for word in _BREAKS.split(fold(kept)) if word]
    digits = "".join(letter for letter in kept if letter.isdecimal() and letter.isascii())
    if not _PHONE.fullmatch(kept) or len(digits) < SHORT_TAIL:
        digits = ""
    if digits.startswith("84") and len(digits) > PHONE_DIGITS:
        digits = "0" + digits[2:]
    return Wanted(tuple(dict.fromkeys(words))[:MOST_WORDS], "".join(words), digits)


def phone_tails(phone: str) -> dict[int, str]:
    """The ends of a phone number by which people look for it."""
    return {length: phone[-length:] for length in (SHORT_TAIL, LONG_TAIL) if len(phone) >= length}


def unit_words(name: str) -> tuple[str, ...]:
    """The folded words of a unit's name."""
    return tuple(word for word in _BREAKS.split(fold(name)) if word)


def unit_readings(
    words: tuple[str, ...], words_by_unit: dict[int, tuple[str, ...]]
) -> Iterable[tuple[tuple[str, ...], frozenset[int]]]:
    """Ways to take some of the words as naming units: the words left over, and the units.

    Most words taken for units come first; a reading that names no unit is left out.
    """
    meant = {word: _units_named(word, words_by_unit) for word in words}
    able = [word for word in words if meant[word]]
    for count in range(len(able), 0, -1):
        for taken in combinations(able, count):
            units = frozenset.intersection(*(meant[word] for word in taken))
            if units:
                yield tuple(word for word in words if word not in taken), units


def _units_named(word: str, words_by_unit: dict[int, tuple[str, ...]]) -> frozenset[int]:
    return frozenset(
        unit
        for unit, names in words_by_unit.items()
        if any(name.startswith(word) for name in names)
    )
