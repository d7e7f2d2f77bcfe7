"""What every test may lean on: a node on a fresh database, a clock to set, a cast of people."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sqlalchemy import text
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

hypothesis_settings.register_profile("short", derandomize=True, deadline=None, max_examples=60)
hypothesis_settings.register_profile("long", derandomize=True, deadline=None, max_examples=2000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="full counts of the random parts")
    parser.addoption("--pictures", metavar="FOLDER", help="keep pictures of what journeys see")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis_settings.load_profile("long" if config.getoption("--long") else "short")


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

    def empty(self) -> None:
        """Make the database as a migration left it."""
        self.clock.at = MORNING
        self.app.extensions.pop("board_drawings", None)
        writer = self.app.extensions["writer"]
        with self.app.app_context():
            db.session.remove()
            if self.kind == "sqlite":
                db.engine.dispose()
                writer.stop()
                for leftover in ("anca.db-wal", "anca.db-shm"):
                    (self.folder / leftover).unlink(missing_ok=True)
                # A request of the last test may still be reading: it keeps the old file, whole.
                fresh = Path(shutil.copy(self.folder / "empty.db", self.folder / "fresh.db"))
                fresh.replace(self.folder / "anca.db")
                db.engine.dispose()  # such a request may have opened the old file meanwhile
                return
            names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
            with writer.engine.begin() as connection:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        self.app.extensions["writer"].stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Every test that asks for a node runs on both databases."""
    return str(request.param)


@pytest.fixture
def node(nodes: Callable[[str, NodeRole], Node], database: str) -> Iterator[Node]:
    """A park on a fresh database."""
    yield from _opened(nodes(database, NodeRole.PARK))


@pytest.fixture
def province(nodes: Callable[[str, NodeRole], Node], database: str) -> Iterator[Node]:
    """A province on a fresh database."""
    yield from _opened(nodes(database, NodeRole.PROVINCE))


def _opened(node: Node) -> Iterator[Node]:
    forget_floods()
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
def cast(write: Callable[[Callable[[Session], Cast]], Cast], clock: SetClock) -> Cast:
    """Two companies and their people."""
    return write(lambda session: make_cast(session, clock.at))
