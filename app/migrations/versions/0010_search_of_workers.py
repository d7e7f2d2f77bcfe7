"""search of workers"""

import sqlalchemy as sa
from alembic import op
from cryptography.exceptions import InvalidTag
from flask import has_app_context

from app.extensions import EncryptedText, blind_index

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

CHUNK = 2000
LETTERS = "abcdefghijklmnopqrstuvwxyz"
COLUMNS = "name_folded, badge, badge_key, phone_tails, company_id, branch_id"


def upgrade() -> None:
    op.add_column('worker', sa.Column('phone_tails', sa.String(length=48), nullable=True))
    fill_phone_tails()
    if op.get_bind().dialect.name == "postgresql":
        upgrade_postgresql()
    else:
        upgrade_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_worker_search")
        op.execute("DROP FUNCTION worker_words(text, text, text, text, integer, integer)")
    else:
        for name in ("added", "changed", "indexed", "reindexed", "unindexed"):
            op.execute(f"DROP TRIGGER IF EXISTS worker_search_{name}")
        op.execute("DROP TABLE worker_search_index")
        op.execute("DROP TABLE worker_search")
    # Dropped in place: a table made anew would need the foreign keys switched off.
    op.drop_column('worker', 'phone_tails')


def fill_phone_tails() -> None:
    # A database without an application around it is a new one, or one whose keys are elsewhere.
    if not has_app_context():
        return
    worker = sa.table(
        "worker",
        sa.column("id", sa.String),
        sa.column("phone", sa.LargeBinary),
        sa.column("phone_tails", sa.String),
    )
    bind, sealed, last = op.get_bind(), EncryptedText("worker.phone"), ""
    change = (
        worker.update()
        .where(worker.c.id == sa.bindparam("worker_id"))
        .values(phone_tails=sa.bindparam("tails"))
    )
    while rows := bind.execute(
        sa.select(worker.c.id, worker.c.phone)
        .where(worker.c.id > last, worker.c.phone.is_not(None))
        .order_by(worker.c.id)
        .limit(CHUNK)
    ).all():
        last, found = rows[-1].id, []
        for row in rows:
            try:
                phone = sealed.process_result_value(row.phone, bind.dialect) or ""
            except InvalidTag:
                continue
            tails = " ".join(
                f"p{length}{blind_index(f'tail:{phone[-length:]}')[:16]}"
                for length in (3, 4)
                if len(phone) >= length
            )
            found.append({"worker_id": row.id, "tails": tails or None})
        if found:
            bind.execute(change, found)


def spelt(column: str) -> str:
    """A badge as the search folds what is typed."""
    return f"replace(lower(replace(replace({column}, 'Đ', 'd'), 'đ', 'd')), 'y', 'i')"


def upgrade_postgresql() -> None:
    key, badge = spelt("badge_key"), spelt("badge")
    # array_to_tsvector keeps the words as they are: the parsers would guess at hyphens and numbers.
    op.execute(f"""
        CREATE FUNCTION worker_words(
            name_folded text, badge text, badge_key text, phone_tails text,
            company_id integer, branch_id integer
        ) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
        SELECT array_to_tsvector(array_remove(
            regexp_split_to_array(
                concat_ws(' ', name_folded, {badge}, {key}, ltrim({key}, '{LETTERS}'),
                    ltrim(ltrim({key}, '{LETTERS}'), '0')),
                '[\\s!-/\\:-@\\[-`{{-~]+'
            )
            || string_to_array(replace(' ' || coalesce(phone_tails, ''), ' ', ' @'), ' ')
            || ARRAY['#' || {key}, '@c' || company_id::text, '@u' || branch_id::text],
            ''
        ))
        $$
    """)
    # Without the list of pending entries, which every search after an import would read through.
    op.execute(
        f"CREATE INDEX ix_worker_search ON worker USING gin (worker_words({COLUMNS})) "
        "WITH (fastupdate = off)"
    )


def words_of(row: str) -> tuple[str, str, str]:
    """What SQLite's index keeps of a worker: words, badge, place."""
    key, badge = spelt(f"{row}.badge_key"), spelt(f"{row}.badge")
    bare = f"ltrim({key}, '{LETTERS}')"
    return (
        f"{row}.name_folded || ' ' || {badge} || ' ' || {key} || ' ' || {bare} || ' ' || "
        f"ltrim({bare}, '0')",
        key,
        f"'c' || {row}.company_id || ' u' || {row}.branch_id || ' ' || "
        f"coalesce({row}.phone_tails, '')",
    )


def upgrade_sqlite() -> None:
    # The rows have numbers of their own: those of `worker` may change when the file is compacted.
    op.execute("""
        CREATE TABLE worker_search (
            id INTEGER PRIMARY KEY,
            worker_id VARCHAR(36) NOT NULL UNIQUE REFERENCES worker (id) ON DELETE CASCADE,
            words TEXT NOT NULL, badge TEXT NOT NULL, place TEXT NOT NULL
        )
    """)
    words, badge, place = words_of("worker")
    op.execute(
        "INSERT INTO worker_search (worker_id, words, badge, place) "
        f"SELECT worker.id, {words}, {badge}, {place} FROM worker ORDER BY name_folded"
    )
    op.execute("""
        CREATE VIRTUAL TABLE worker_search_index USING fts5 (
            words, badge, place, content='worker_search', content_rowid='id',
            prefix='1 2 3', tokenize='unicode61 remove_diacritics 0'
        )
    """)
    op.execute("INSERT INTO worker_search_index (worker_search_index) VALUES ('rebuild')")
    words, badge, place = words_of("NEW")
    op.execute(f"""
        CREATE TRIGGER worker_search_added AFTER INSERT ON worker BEGIN
            INSERT INTO worker_search (worker_id, words, badge, place)
            VALUES (NEW.id, {words}, {badge}, {place});
        END
    """)
    op.execute(f"""
        CREATE TRIGGER worker_search_changed AFTER UPDATE OF {COLUMNS} ON worker BEGIN
            UPDATE worker_search SET words = {words}, badge = {badge}, place = {place}
            WHERE worker_id = NEW.id
            AND (words, badge, place) IS NOT ({words}, {badge}, {place});
        END
    """)
    put = "INSERT INTO worker_search_index (rowid, words, badge, place) VALUES "
    put += "(NEW.id, NEW.words, NEW.badge, NEW.place);"
    take = "INSERT INTO worker_search_index (worker_search_index, rowid, words, badge, place) "
    take += "VALUES ('delete', OLD.id, OLD.words, OLD.badge, OLD.place);"
    for name, when, work in (
        ("indexed", "AFTER INSERT", put),
        ("reindexed", "AFTER UPDATE", take + put),
        ("unindexed", "AFTER DELETE", take),
    ):
        op.execute(
            f"CREATE TRIGGER worker_search_{name} {when} ON worker_search BEGIN {work} END"
        )
