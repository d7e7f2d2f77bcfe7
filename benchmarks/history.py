"""A longer past for a park, written straight into its tables: whole weeks copied backwards.

The rows are those that the program writes: duties, answers, figures of shifts, the audit log, and
for every shift the reminder to check in with one delivery for each who was expected. What a
copied row says of another (an answer of its duty) is copied with it. SQLite only.
"""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

TEMPLATE = "bs_declare"
WEEK = 7
EXPIRES_AFTER = timedelta(minutes=60)
# Half of the people open what they are reminded of.
IS_READ = "unicode(substr(d.worker_id, -1)) % 2"
COPIED = ("duty", "check_in", "shift_count", "symptom_count")
BULK = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1500000", "foreign_keys=OFF")


def lengthen(path: Path, days: int, last_on: date) -> None:
    """Copy the last full week back until `days` days up to `last_on` are told of, and remind."""
    with _bulk(path) as connection:
        week_on = last_on - timedelta(days=WEEK)
        first_on = last_on - timedelta(days=days - 1)
        with _without_indexes(connection, (*COPIED, "audit_entry", "delivery")):
            for back in range(1, (days - 1) // WEEK + 1):
                _copy_week(connection, week_on, back * WEEK, first_on)
            _remind(connection, last_on)


@contextmanager
def _bulk(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
        for pragma in BULK:
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.create_function("earlier_id", 2, _earlier_id, deterministic=True)
        connection.create_function("id_at", 1, _id_at)
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL").fetchall()
        connection.execute("PRAGMA optimize").fetchall()


@contextmanager
def _without_indexes(connection: sqlite3.Connection, tables: Sequence[str]) -> Iterator[None]:
    """Many rows go in much faster before an index than into it."""
    marks = ",".join("?" * len(tables))
    found = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL "
        f"AND tbl_name IN ({marks})",
        tables,
    ).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"')
    yield
    for _, sql in found:
        connection.execute(sql)


def _copy_week(connection: sqlite3.Connection, week_on: date, back: int, first_on: date) -> None:
    begins, ends = max(week_on, first_on + timedelta(days=back)), week_on + timedelta(days=WEEK)
    if begins >= ends:
        return
    for table in COPIED:
        columns = _columns(connection, table)
        taken = ", ".join(_earlier(name, back) for name in columns)
        connection.execute(
            f"INSERT INTO {table} ({_named(columns)}) SELECT {taken} FROM {table} "
            "WHERE shift_on >= ? AND shift_on < ?",
            (begins.isoformat(), ends.isoformat()),
        )
    columns = _columns(connection, "audit_entry")
    taken = ", ".join(_earlier(name, back) for name in columns)
    connection.execute(
        f"INSERT INTO audit_entry ({_named(columns)}) SELECT {taken} FROM audit_entry "
        "WHERE at >= ? AND at < ? AND act LIKE 'checkins.%' OR at >= ? AND at < ? AND act LIKE "
        "'health.%'",
        (str(begins), str(ends)) * 2,
    )


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _named(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _earlier(column: str, days: int) -> str:
    """A column of a row that is copied so many days back."""
    if column == "shift_on":
        return f"date(shift_on, '-{days} days')"
    if column in {"id", "check_in_id"}:
        return f"earlier_id({column}, {days})"
    if column == "at" or column.endswith("_at") or column == "as_of":
        # As the program writes a moment: microseconds, and SQLite's own function knows none.
        return f"date({column}, '-{days} days') || substr({column}, 11)"
    return f'"{column}"'


def _earlier_id(text: str | None, days: int) -> str | None:
    if text is None:
        return None
    moment = int(text[:8] + text[9:13], 16) - days * 86_400_000
    told = f"{moment:012x}"
    return f"{told[:8]}-{told[8:]}{text[13:]}"


_noise = random.Random(9)


def _id_at(moment: str) -> str:
    """A UUIDv7 of a stored moment."""
    at = datetime.fromisoformat(moment + "+00:00")
    told, noise = f"{int(at.timestamp() * 1000):012x}", f"{_noise.getrandbits(74):019x}"
    return f"{told[:8]}-{told[8:]}-7{noise[:3]}-8{noise[3:6]}-{noise[6:18]}"


def _remind(connection: sqlite3.Connection, last_on: date) -> None:
    """For every shift the reminder an hour before it, to everybody who was expected."""
    connection.execute(
        "CREATE TEMP TABLE told AS SELECT c.company_id, c.shift_on, c.shift, s.id AS schedule_id, "
        "s.texts, s.name, s.name_en, b.name AS sender, "
        "strftime('%Y-%m-%d %H:%M:%S', c.shift_on, CASE c.shift WHEN 'ca1' THEN '-120 minutes' "
        "WHEN 'ca2' THEN '+360 minutes' WHEN 'ca3' THEN '+840 minutes' "
        "WHEN 'night12' THEN '+720 minutes' ELSE '0 minutes' END) || '.000000' AS due_at "
        "FROM shift_count AS c JOIN branch AS b ON b.id = c.company_id "
        "JOIN reminder_schedule AS s ON s.company_id = c.company_id AND s.template = ? "
        "WHERE c.branch_id = c.company_id AND c.shift_on <= ? AND NOT EXISTS ("
        "SELECT 1 FROM reminder_occurrence AS o WHERE o.schedule_id = s.id "
        "AND o.shift_on = c.shift_on AND o.shift = c.shift)",
        (TEMPLATE, last_on.isoformat()),
    )
    connection.execute("DELETE FROM temp.told WHERE due_at > datetime('now')")
    connection.execute("ALTER TABLE temp.told ADD COLUMN message_id")
    connection.execute("UPDATE temp.told SET message_id = id_at(due_at)")
    connection.execute("CREATE UNIQUE INDEX temp.by_shift ON told (company_id, shift_on, shift)")
    ends = f"strftime('%Y-%m-%d %H:%M:%S', t.due_at, '+{EXPIRES_AFTER.seconds} seconds')"
    ends += " || '.000000'"
    key = f"'r:{TEMPLATE}:' || t.shift_on || ':' || t.shift"
    connection.execute(
        "INSERT INTO message (id, kind, lane, source_key, company_id, sender, texts, titles, "
        "created_at, not_before, expires_at, planned_at, closed_at, in_parallel) "
        f"SELECT message_id, 'reminder', 'normal', {key} || ':' || schedule_id, company_id, sender,"
        " texts, json_object('vi', name, 'en', name_en), due_at, due_at, "
        f"{ends}, due_at, {ends}, 0 FROM told AS t"
    )
    connection.execute(
        "INSERT INTO delivery (id, message_id, person_id, channel, once_key, answer_key, status, "
        'lane, locale, "values", attempt_count, created_at, sent_at, delivered_at, read_at, '
        "answered_at, expires_at) "
        f"SELECT id_at(t.due_at), t.message_id, d.worker_id, 'in_app', {key} || ':' || d.worker_id,"
        f" t.shift_on || ':' || t.shift, CASE WHEN {IS_READ} THEN 'read' ELSE 'delivered' END, "
        "'normal', 'vi', '{}', 1, t.due_at, t.due_at, t.due_at, "
        f"CASE WHEN {IS_READ} THEN t.due_at END, d.answered_at, {ends} "
        "FROM duty AS d JOIN told AS t ON t.company_id = d.company_id "
        "AND t.shift_on = d.shift_on AND t.shift = d.shift WHERE d.state != 'absent'"
    )
    connection.execute(
        "INSERT INTO reminder_occurrence (id, schedule_id, company_id, shift_on, shift, part, "
        "due_at, state, message_id, reached, skipped, finished_at) "
        "SELECT id_at(t.due_at), schedule_id, t.company_id, t.shift_on, t.shift, '', t.due_at, "
        "'planned', t.message_id, c.expected, '{}', t.due_at FROM told AS t "
        "JOIN shift_count AS c ON c.branch_id = t.company_id AND c.shift_on = t.shift_on "
        "AND c.shift = t.shift"
    )
    connection.execute("DROP TABLE temp.told")
