"""People's names as lists hold them: notes split off, capitals put right."""

import re
from dataclasses import dataclass

from app.workforce.rules.cells import Cell, text_of
from app.workforce.rules.problems import ProblemCode


@dataclass(frozen=True, slots=True)
class NameReading:
    """`value` in ordinary capitals, or None; `note` is what stood in brackets."""

    value: str | None = None
    note: str | None = None
    problems: tuple[ProblemCode, ...] = ()
    changed: bool = False
    suggestion: str | None = None


_BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]?")
_DASH_NOTE = re.compile(r"\s[-–]\s*(.*)$")
_DIGITS = re.compile(r"\d+")
_TRIM = " .,;:-–_*'\""
_PARTS = re.compile(r"[^\W\d_]+")
_ODD = re.compile(
    r"[^a-z\s'’.\-àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]",
    re.IGNORECASE,
)


def clean_name(raw: Cell) -> NameReading:
    """A person's name; digits are refused, all capitals become ordinary ones."""
    text = text_of(raw)
    bare, note = _without_note(text)
    name = _recased(" ".join(bare.split()).strip(_TRIM))
    if not name:
        return NameReading(note=note)
    if _DIGITS.search(name):
        without = " ".join(_DIGITS.sub(" ", name).split()).strip(_TRIM)
        return NameReading(
            note=note, problems=(ProblemCode.NAME_HAS_DIGITS,), suggestion=without or None
        )
    problems: list[ProblemCode] = [ProblemCode.NAME_NOTE] if note else []
    if _ODD.search(name):
        problems.append(ProblemCode.NAME_ODD_LETTERS)
    if " " not in name:
        problems.append(ProblemCode.NAME_ONE_WORD)
    return NameReading(name, note, tuple(problems), name != text, name if note else None)


def joined_name(family: Cell, given: Cell) -> str:
    """Family and given names of two columns as one text."""
    return f"{text_of(family)} {text_of(given)}".strip()


def _without_note(text: str) -> tuple[str, str | None]:
    notes = [found[1].strip() for found in _BRACKETS.finditer(text)]
    bare = _BRACKETS.sub(" ", text)
    if found := _DASH_NOTE.search(bare):
        notes.append(found[1].strip())
        bare = bare[: found.start()]
    return bare, "; ".join(note for note in notes if note) or None


def _recased(name: str) -> str:
    """Ordinary capitals where somebody typed all capitals, none, or a capital-only font."""
    words = _PARTS.findall(name)
    # Two capitals in front are enough: a capital-only font leaves "TRầN" behind.
    if name.islower() or any(len(word) > 1 and word[:2].isupper() for word in words):
        return _PARTS.sub(lambda found: found[0].capitalize(), name)
    return name
