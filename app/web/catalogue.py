"""Compiles the catalogues of translations: `python -m app.web.catalogue`."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


def compile_catalogues() -> None:
    """Write every `.mo` file anew whose `.po` file is another by now, be it newer or older."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        made = source.stat().st_mtime_ns
        if target.exists() and target.stat().st_mtime_ns == made:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        draft = target.with_suffix(".mo.new")
        with draft.open("wb") as file:
            write_mo(file, catalogue)
        os.utime(draft, ns=(made, made))
        draft.replace(target)


if __name__ == "__main__":
    compile_catalogues()
