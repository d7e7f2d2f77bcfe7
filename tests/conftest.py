"""What every test may lean on: a node on a fresh database, a clock to set, a cast of people."""

import copy
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session, scoped_session

from app.accounts.gateways import forget_floods
from app.extensions import Base, db
from app.factory import build_app
from app.settings import NodeRole, Settings
from app.web.schema import upgrade
from app.web.transaction import transact
from tests.factories.people import Cast, make_cast
from tests.postgres import Cluster, find_cluster

T = TypeVar("T")
MORNING = datetime(2026, 11, 23, 22, 10, tzinfo=UTC)  # 05:10 on Tuesday 24/11 in the park
CAST_AT = MORNING - timedelta(seconds=1)

# What a test wrote goes row by row: a new file for each of a hundred tables takes longer.
EMPTIED = """
DO $$
DECLARE place record;
BEGIN
  FOR place IN SELECT oid, oid::regclass AS name FROM pg_class
               WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
               AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
  LOOP
    IF pg_relation_size(place.oid) > 1000000 THEN
      EXECUTE format('TRUNCATE %s CASCADE', place.name);
    ELSE
      EXECUTE format('DELETE FROM %s', place.name);
    END IF;
  END LOOP;
  PERFORM setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
  WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
hypothesis_settings.register_profile("short", derandomize=True, deadline=None, max_examples=60)
hypothesis_settings.register_profile("long", derandomize=True, deadline=None, max_examples=2000)


LONG_ONES = {"durability", "simulations"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="full counts of the random parts")
    parser.addoption("--pictures", metavar="FOLDER", help="keep pictures of what journeys see")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis_settings.load_profile("long" if config.getoption("--long") else "short")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first: at the end no worker waits for another's last long test."""
    items.sort(key=lambda item: not LONG_ONES & set(item.path.parts))


@pytest.fixture(scope="session")
def long_run(request: pytest.FixtureRequest) -> bool:
    """Whether random parts run their full counts."""
    return bool(request.config.getoption("--long"))


@dataclass(slots=True)
class SetClock:
    """A clock that stands where a test puts it."""

    at: datetime = MORNING

    def now(self) -> datetime:
        return self.at

    def move(self, **span: float) -> None:
        """Move on by a timedelta's arguments."""
        self.at += timedelta(**span)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server of this test run's own, outside pytest's folders that it shuts off."""
    folder = Path(tempfile.mkdtemp(prefix="anca-postgres-"))
    found = find_cluster(folder)
    if isinstance(found, str):
        if os.environ.get("ANCA_TEST_ALL") == "1":
            pytest.fail(found)
        pytest.skip(found)
    with found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def nodes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, NodeRole], "Node"]]:
    """Nodes by kind of database and role, each built once a run."""
    made: dict[tuple[str, NodeRole], Node] = {}

    def node(kind: str, role: NodeRole) -> Node:
        if (kind, role) not in made:
            folder = tmp_path_factory.mktemp(f"{kind}-{role}")
            url = f"sqlite:///{folder / 'anca.db'}"
            if kind == "postgresql":
                url = request.getfixturevalue("postgres").new_database(str(role))
            made[kind, role] = Node(kind, folder, url, role)
        return made[kind, role]

    yield node
    for each in made.values():
        each.close()


class Node:
    """An application on a database that can be emptied in an instant."""

    def __init__(self, kind: str, folder: Path, url: str, role: NodeRole) -> None:
        self.kind, self.folder = kind, folder
        settings = Settings(
            instance=folder, role=role, name="KCN Vân Trung", database_url=url, scheduler=False
        )
        self.clock = SetClock()
        self.app = build_app(settings, self.clock)
        self.app.config["TESTING"] = True
        with self.app.app_context():
            upgrade(self.app.extensions["writer"].engine)
        self.app.extensions["writer"].stop()
        if kind == "sqlite":
            shutil.copy(folder / "anca.db", folder / "empty.db")
        self._cast: Cast | None = None
        self._rows: dict[str, bytes] = {}
        self._counted: dict[str, int] = {}

    def empty(self) -> None:
        """Make the database as a migration left it."""
        self._begin_anew()
        if self.kind == "sqlite":
            self._put_back("empty.db")
        else:
            with self._as_replica() as connection:
                connection.execute(text(EMPTIED))

    def play(self) -> None:
        """Make the database as it is when the cast has just come on, in the morning."""
        if self._cast is None:
            self.empty()
            with self.app.app_context():
                cast = transact(lambda session: make_cast(session, CAST_AT))
            self._keep()
            self._cast = cast
            return
        self._begin_anew()
        if self.kind == "sqlite":
            self._put_back("cast.db")
            return
        with self._as_replica() as connection:
            connection.execute(text(EMPTIED))
            cursor = connection.connection.cursor()
            for name, rows in self._rows.items():
                with cursor.copy(f'COPY "{name}" FROM STDIN') as copied:
                    copied.write(rows)
            for name, value in self._counted.items():
                connection.execute(select(func.setval(name, value)))

    @property
    def cast(self) -> Cast:
        """The people that `play` brings on."""
        assert self._cast is not None
        return copy.deepcopy(self._cast)

    def _keep(self) -> None:
        """Remember the rows there are for the next `play`."""
        if self.kind == "sqlite":
            self._begin_anew()
            with self.app.app_context():
                db.engine.dispose()
            with closing(sqlite3.connect(self.folder / "anca.db")) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(self.folder / "anca.db", self.folder / "cast.db")
            return
        with self._as_replica() as connection:
            cursor = connection.connection.cursor()
            for table in Base.metadata.sorted_tables:
                with cursor.copy(f'COPY "{table.name}" TO STDOUT') as copied:
                    rows = b"".join(bytes(part) for part in copied)
                if rows:
                    self._rows[table.name] = rows
            asked = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value > 0"
            counted = connection.execute(text(asked))
            self._counted = {each.sequencename: each.last_value for each in counted}

    def _begin_anew(self) -> None:
        self.clock.at = MORNING
        self.app.extensions.pop("board_drawings", None)
        with self.app.app_context():
            db.session.remove()
        if self.kind == "sqlite":
            self.app.extensions["writer"].stop()

    def _put_back(self, kept: str) -> None:
        with self.app.app_context():
            db.engine.dispose()
            for leftover in ("anca.db-wal", "anca.db-shm"):
                (self.folder / leftover).unlink(missing_ok=True)
            # A request of the last test may still be reading: it keeps the old file, whole.
            fresh = Path(shutil.copy(self.folder / kept, self.folder / "fresh.db"))
            fresh.replace(self.folder / "anca.db")
            db.engine.dispose()  # such a request may have opened the old file meanwhile

    @contextmanager
    def _as_replica(self) -> Iterator[Connection]:
        """A transaction in which no trigger and no foreign key minds the order of tables."""
        with (
            self.app.app_context(),
            self.app.extensions["writer"].engine.begin() as connection,
        ):
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        self.app.extensions["writer"].stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Every test that asks for a node runs on both databases."""
    return str(request.param)


@pytest.fixture
def node(
    request: pytest.FixtureRequest, nodes: Callable[[str, NodeRole], Node], database: str
) -> Iterator[Node]:
    """A park on a fresh database; the cast, where it is asked for, is there from the start."""
    yield from _opened(nodes(database, NodeRole.PARK), played="cast" in request.fixturenames)


@pytest.fixture
def province(nodes: Callable[[str, NodeRole], Node], database: str) -> Iterator[Node]:
    """A province on a fresh database."""
    yield from _opened(nodes(database, NodeRole.PROVINCE))


def _opened(node: Node, *, played: bool = False) -> Iterator[Node]:
    forget_floods()
    if played:
        node.play()
    else:
        node.empty()
    yield node
    with node.app.app_context():
        db.session.remove()


@pytest.fixture
def clock(node: Node) -> SetClock:
    """The clock of the park."""
    return node.clock


@pytest.fixture
def in_app(node: Node) -> Iterator[Flask]:
    """The park's application, with its context open."""
    with node.app.app_context():
        yield node.app


@pytest.fixture
def write(in_app: Flask) -> Callable[[Callable[[Session], T]], T]:
    """Run a work and commit it."""
    return transact


@pytest.fixture
def session(in_app: Flask) -> "scoped_session[Session]":
    """A session for reading; see later writes by calling `session.rollback()`."""
    return db.session


@pytest.fixture
def client(node: Node) -> FlaskClient:
    """A browser without JavaScript, signed in to nothing."""
    return node.app.test_client()


@pytest.fixture
def cast(node: Node, in_app: Flask) -> Cast:
    """Two companies and their people."""
    return node.cast
