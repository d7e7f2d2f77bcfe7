"""An upgrade that fails leaves the data as it was, and says so in words."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.upkeep.gateways import backups as backups_module
from app.upkeep.gateways.upgrades import Upgraded, upgrade_safely
from app.web import schema
from app.web.database import writing_engine
from tests.conftest import Node
from tests.features.upkeep.conftest import EmptyNode
from tests.features.upkeep.test_backup import refusal_of

STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{before}", None, None


def upgrade():
    op.create_table("of_next_year", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("UPDATE branch SET name = 'half done'")
{then}

def downgrade():
    op.drop_table("of_next_year")
"""
FAILS = '    op.execute("SELECT no_such_column FROM branch")\n'
COMMITS_HALF = """
    raw = op.get_bind().connection.driver_connection
    raw.commit() if hasattr(raw, "pgconn") else raw.execute("COMMIT")
    op.get_bind().connection.driver_connection.execute("SELECT no_such_column FROM branch")
"""


@pytest.fixture
def next_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Give the program one step more than it has."""
    before = schema.newest_revision()

    def add(then: str) -> None:
        folder = tmp_path / "migrations"
        if not folder.exists():
            shutil.copytree(schema.MIGRATIONS, folder)
        step = STEP.format(before=before, then=then)
        (folder / "versions" / "9999_next_year.py").write_text(step, encoding="utf-8")
        monkeypatch.setattr(schema, "MIGRATIONS", folder)
        schema._steps.cache_clear()

    yield add
    monkeypatch.undo()
    schema._steps.cache_clear()


@pytest.fixture
def old(backup: Path, empty_node: Callable[[], EmptyNode], node: Node) -> EmptyNode:
    """A node with people in it, on the schema before the next step."""
    made = empty_node()
    made.backups().restore(backup, node.clock.at, replace=False)
    made.engine.dispose()
    return made


def upgrade(node: EmptyNode, at: Node) -> Upgraded:
    at.clock.move(minutes=1)
    engine = writing_engine(node.settings)
    try:
        return upgrade_safely(node.backups(), engine, at.clock.at, engine.dispose)
    finally:
        engine.dispose()
        node.engine.dispose()


def names_and_revision(node: EmptyNode) -> tuple[set[str], str]:
    with node.engine.connect() as connection:
        names = set(connection.scalars(text("SELECT name FROM branch")))
        return names, str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def test_a_good_step_leaves_a_copy_that_restores_what_was_before(
    old: EmptyNode, node: Node, next_step: Callable[[str], None]
) -> None:
    before = names_and_revision(old)
    next_step("")
    done = upgrade(old, node)
    assert done.revision == "9999"
    assert done.copy is not None
    assert names_and_revision(old) == ({"half done"}, "9999")
    old.engine.dispose()
    old.backups().put_back(done.copy.path, node.clock.at)
    assert names_and_revision(old) == before


@pytest.mark.parametrize(
    ("then", "code"),
    [(FAILS, "upgrade.failed"), (COMMITS_HALF, "upgrade.undone")],
    ids=["undone by the transaction", "put back from the copy"],
)
def test_a_step_that_fails_half_way_leaves_the_old_database(
    old: EmptyNode, node: Node, next_step: Callable[[str], None], then: str, code: str
) -> None:
    before = names_and_revision(old)
    next_step(then)
    assert refusal_of(lambda: upgrade(old, node)) == code
    assert names_and_revision(old) == before
    assert old.count("worker") == 5
    assert len(list(old.backups().folder.iterdir())) == (code == "upgrade.undone")
    next_step("")
    assert upgrade(old, node).revision == "9999"


def test_without_room_for_the_copy_nothing_is_begun(
    old: EmptyNode,
    node: Node,
    next_step: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = names_and_revision(old)
    next_step("")
    monkeypatch.setattr(backups_module, "disk_free", lambda _: 250 << 20)
    monkeypatch.setattr(type(old.backups().store), "size", lambda _: 30 << 20)
    assert refusal_of(lambda: upgrade(old, node)) == "backup.disk_full"
    assert names_and_revision(old) == before


def test_a_database_of_a_newer_program_is_refused(old: EmptyNode, node: Node) -> None:
    with old.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert refusal_of(lambda: upgrade(old, node)) == "database.too_new"
    assert not list(old.backups().folder.glob("*"))
