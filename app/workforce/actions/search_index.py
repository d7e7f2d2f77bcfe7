"""The words of SQLite's search index: those of people who are gone leave it some pages a write."""

from sqlalchemy.orm import Session

INDEX = "worker_search_index"
PAGES_AT_ONCE = 64


def fold_search_index(session: Session) -> bool:
    """Merge a few pages of the index; whether more is left to merge.

    What is deleted from it is only marked there, and its words stay readable in the file until the
    parts that hold them are merged (sqlite.org, FTS5, "merge"). PostgreSQL cleans up by itself.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return False
    changed = "SELECT total_changes()"
    before = connection.exec_driver_sql(changed).scalar_one()
    command = f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('merge', ?)"  # noqa: S608 - our own
    connection.exec_driver_sql(command, (-PAGES_AT_ONCE,))
    # One change is the command itself.
    return bool(connection.exec_driver_sql(changed).scalar_one() - before > 1)
