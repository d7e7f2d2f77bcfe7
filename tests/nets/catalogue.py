"""The English catalogue, and every text that the program says."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.settings import ROOT

ENGLISH = ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
# Flask-Babel's names; the Vietnamese text itself is the msgid.
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
Text = str | tuple[str, ...]


def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def is_translated(catalogue: Catalog, text: str) -> bool:
    """Whether a text has English words that a translator has looked at."""
    message = catalogue.get(text)
    if message is None or message.fuzzy:
        return False
    words = message.string if isinstance(message.string, tuple) else (message.string,)
    return bool(words) and all(words)


def texts_of_program() -> Iterator[tuple[str, str]]:
    """Every text marked for translation: where it stands, and the text (plurals by their first)."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mappings = described["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    options = {
        mapping["pattern"]: {
            name: str(value) for name, value in mapping.items() if name not in {"pattern", "method"}
        }
        for mapping in mappings
    }
    for folder in ("app", "templates"):
        found = extract_from_dir(
            str(ROOT / folder),
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods],
            {pattern.removeprefix(f"{folder}/"): each for pattern, each in options.items()},
            keywords=KEYWORDS,
        )
        for name, line, text, _, _ in found:
            first = text[0] if isinstance(text, tuple) else text
            yield f"{Path(folder) / name}:{line}", str(first)
