"""Shell commands where they cannot do their work: a code and a sentence, never a traceback."""

import json
from pathlib import Path

import pytest

from app.extensions import db
from app.factory import build_app
from app.settings import Settings


def test_a_database_without_tables_is_named(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'anca.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").new_database("bare")
    app = build_app(
        Settings(instance=tmp_path, database_url=url, scheduler=False, command_line=True)
    )
    done = app.test_cli_runner().invoke(args=["sync", "status", "--json"])
    with app.app_context():
        db.engine.dispose()
    app.extensions["writer"].stop()
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["code"] == "database.not_ready"
    assert "db upgrade" in told["message"]
