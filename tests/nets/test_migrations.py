"""The steps of the schema lead to the tables of the models, there and back, on both databases."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from app.extensions import Base
from app.settings import ROOT, Settings
from app.web.database import writing_engine
from app.web.schema import (
    config_for,
    current_revision,
    downgrade_on,
    is_modelled,
    knows_revision,
    newest_revision,
    upgrade,
)


@pytest.fixture
def engine(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The writing engine of a node whose database is empty."""
    url = f"sqlite:///{tmp_path / 'anca.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").new_database("steps")
    made = writing_engine(Settings(instance=tmp_path, database_url=url))
    yield made
    made.dispose()


def import_models() -> None:
    for path in (ROOT / "app").rglob("models.py"):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def differences(connection: Connection) -> list[Any]:
    import_models()
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "include_object": is_modelled}
    )
    return list(compare_metadata(context, Base.metadata))


def test_the_steps_lead_to_the_models(engine: Engine) -> None:
    assert upgrade(engine) == newest_revision()
    with engine.connect() as connection:
        assert differences(connection) == []


def test_up_down_and_up_again(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        downgrade_on(connection)
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        assert current_revision(connection) is None
    assert upgrade(engine) == newest_revision()
    with engine.connect() as connection:
        assert differences(connection) == []


def test_an_upgrade_twice_is_an_upgrade_once(engine: Engine) -> None:
    assert upgrade(engine) == upgrade(engine) == newest_revision()


def test_foreign_keys_are_checked_again_after_an_upgrade(engine: Engine, database: str) -> None:
    upgrade(engine)
    if database == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    orphan = text("INSERT INTO role_grant (account_id, role, branch_id) VALUES ('x', 'admin', 9)")
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(orphan)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET act = 'x'",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE id = 'a'",
        "TRUNCATE audit_entry",
    ],
)
def test_the_audit_log_is_append_only(engine: Engine, statement: str) -> None:
    if statement.startswith("TRUNCATE") and engine.dialect.name == "sqlite":
        return
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_entry (id, at, actor_name, actor_roles, act, details) "
                "VALUES ('a', '2026-11-24 00:00:00', 'x', '', 'y', '{}')"
            )
        )
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT id, act FROM audit_entry")).all()
    assert [tuple(row) for row in kept] == [("a", "y")]


def test_there_is_one_newest_step() -> None:
    steps = ScriptDirectory.from_config(config_for())
    assert steps.get_heads() == [newest_revision()]
    assert knows_revision(newest_revision())
    assert not knows_revision("never")


def test_tables_can_be_filled_in_an_order(engine: Engine) -> None:
    """A backup puts tables back one after the other: no two may wait for each other."""
    upgrade(engine)
    with engine.connect() as connection:
        ordered = inspect(connection).get_sorted_table_and_fkc_names()
    assert [keys for name, keys in ordered if name is None and keys] == []


def test_a_database_of_a_newer_program_is_left_alone(engine: Engine) -> None:
    from app.web.schema import DatabaseTooNew

    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNew):
        upgrade(engine)
