"""Units that a list names and a company does not have yet, shown before they are made."""

from collections.abc import Iterable

from app.kernel.text import fold
from app.workforce.rules.importing import UnitNames

LEVELS = ("workshop", "line", "team")
Key = tuple[str | None, ...]


def new_units(
    known: Iterable[UnitNames], wishes: Iterable[tuple[UnitNames, UnitNames]]
) -> tuple[tuple[str, str], ...]:
    """Units to be added, as (kind, names from the top), each once.

    A wish is where a row puts its worker, and what of that the row itself names. A line that
    the list names without its workshop is the one line of that name, wherever it is.
    """
    keys = {_key(names) for names in known}
    by_name: dict[tuple[str, str], set[Key]] = {}
    for key in keys:
        for level, name in zip(LEVELS, key, strict=True):
            if name:
                by_name.setdefault((level, name), set()).add(_down_to(key, level))
    found: dict[Key, tuple[str, str]] = {}
    for wanted, named in sorted(set(wishes), key=str):
        key, shown = _key(wanted), list[str]()
        for level in LEVELS:
            name = getattr(wanted, level)
            if not name:
                continue
            shown.append(name)
            if _is_elsewhere(named, level, by_name):
                break
            if _down_to(key, level) not in keys:
                found.setdefault(_down_to(key, level), (level, " · ".join(shown)))
    return tuple(found.values())


def _is_elsewhere(named: UnitNames, level: str, by_name: dict[tuple[str, str], set[Key]]) -> bool:
    first = next((each for each in LEVELS if getattr(named, each)), None)
    if level != first or level == LEVELS[0]:
        return False
    return len(by_name.get((level, fold(getattr(named, level))), ())) == 1


def _key(names: UnitNames) -> Key:
    return tuple(fold(name) if (name := getattr(names, level)) else None for level in LEVELS)


def _down_to(key: Key, level: str) -> Key:
    kept = LEVELS.index(level) + 1
    return key[:kept] + (None,) * (len(LEVELS) - kept)
