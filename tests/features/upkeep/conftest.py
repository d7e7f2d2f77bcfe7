"""Backups of a node with people in it, and an empty node beside it to restore into."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text

from app.settings import Settings
from app.upkeep.gateways.backups import Backups, backups_of
from app.upkeep.gateways.stores import Schema
from app.web import schema
from tests.conftest import Node
from tests.factories.people import Cast


@dataclass(slots=True)
class EmptyNode:
    """A machine on which nothing has been set up yet."""

    settings: Settings
    engine: Engine

    def backups(self, steps: Schema = schema) -> Backups:
        return backups_of(self.settings, self.engine, steps)

    def count(self, table: str, place: str = "") -> int:
        with self.engine.connect() as connection:
            prefix = f"{place}." if place else ""
            return int(connection.scalar(text(f"SELECT count(*) FROM {prefix}{table}")) or 0)


@pytest.fixture(autouse=True)
def no_backups_yet(node: Node) -> None:
    """Nodes are shared by the tests of a run; their backups are not."""
    shutil.rmtree(node.folder / "backups", ignore_errors=True)


@pytest.fixture
def source(in_app: Flask, cast: Cast) -> Backups:
    """Backups of a park with two companies."""
    return backups_of(in_app.config["SETTINGS"], in_app.extensions["writer"].engine, schema)


@pytest.fixture
def backup(source: Backups, node: Node, tmp_path: Path) -> Path:
    """A good backup of that park."""
    return source.create(tmp_path / "kept" / "park.zip", node.clock.at).path


@pytest.fixture
def empty_node(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], EmptyNode]]:
    """Makes machines to restore into, on the same kind of database."""
    made: list[EmptyNode] = []

    def make() -> EmptyNode:
        folder = tmp_path / f"fresh{len(made)}"
        url = f"sqlite:///{folder / 'anca.db'}"
        if database == "postgresql":
            url = request.getfixturevalue("postgres").new_database("fresh")
        settings = Settings(
            instance=folder, name="KCN mới", database_url=url, scheduler=False, command_line=True
        )
        made.append(EmptyNode(settings, create_engine(url)))
        return made[-1]

    yield make
    for each in made:
        each.engine.dispose()
