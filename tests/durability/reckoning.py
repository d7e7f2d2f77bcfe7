"""Counting afterwards: what was acknowledged is there once, and the figures equal a recount."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection
from contextlib import closing
from typing import Any

from sqlalchemy import create_engine, text

from app.settings import Settings

COLUMNS = ("expected", "answered", "on_time", "absent", "not_asked", "green", "amber", "red")


def rows(settings: Settings, statement: str) -> list[dict[str, Any]]:
    """Rows of the node's database, read while no server runs."""
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(text(statement))]
    finally:
        engine.dispose()


def check_whole(settings: Settings) -> None:
    """The file itself is sound, and nothing points at nothing."""
    if settings.on_sqlite:
        with closing(sqlite3.connect(settings.sqlite_path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def kept_keys(settings: Settings) -> list[str]:
    """Keys of the commands in the database, in the order in which they were done."""
    found = rows(settings, "SELECT key FROM command")
    return [row["key"] for row in found]


def check_acknowledged(
    settings: Settings, results: dict[str, dict[str, Any]], sent: Collection[str]
) -> None:
    """Every acknowledged answer is there exactly once; nothing is there that nobody sent."""
    ids = Counter(row["id"] for row in rows(settings, "SELECT id FROM check_in"))
    told = Counter(result["check_in_id"] for result in results.values())
    assert [each for each in told if told[each] != 1] == []
    assert sorted(set(told) - set(ids)) == [], "acknowledged answers are lost"
    keys = kept_keys(settings)
    assert len(keys) == len(set(keys)) == len(ids)
    assert set(results) <= set(keys) <= set(sent)


def check_versions(settings: Settings) -> None:
    """Versions of a worker's answers for one shift count from 1 without holes."""
    versions = defaultdict(list)
    for row in rows(settings, "SELECT worker_id, shift_on, shift, version FROM check_in"):
        versions[row["worker_id"], row["shift_on"], row["shift"]].append(row["version"])
    for found in versions.values():
        assert sorted(found) == list(range(1, len(found) + 1))


def check_counts(settings: Settings) -> None:
    """The rolled-up figures are what counting the duties anew gives."""
    recounted: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    for duty in rows(settings, "SELECT * FROM duty"):
        marks = Counter(expected=1, on_time=int(duty["on_time"]))
        if duty["state"] != "expected":
            marks[duty["state"]] += 1
        if duty["state"] == "answered":
            marks[duty["level"]] += 1
        for branch in (duty["branch_id"], duty["company_id"]):
            recounted[branch, str(duty["shift_on"]), duty["shift"]].update(marks)
    kept = {
        (row["branch_id"], str(row["shift_on"]), row["shift"]): row
        for row in rows(settings, "SELECT * FROM shift_count")
    }
    assert set(recounted) <= set(kept)
    for place, row in kept.items():
        found = recounted.get(place, Counter())
        wrong = {name: (row[name], found[name]) for name in COLUMNS if row[name] != found[name]}
        assert not wrong, f"{place}: kept and recounted differ: {wrong}"


def check_everything(
    settings: Settings, results: dict[str, dict[str, Any]], sent: Collection[str]
) -> None:
    check_whole(settings)
    check_acknowledged(settings, results, sent)
    check_versions(settings)
    check_counts(settings)
