"""Starting a server: refused with a sentence where it cannot be."""

import dataclasses
import socket
from pathlib import Path

import pytest
from flask import Flask

from app import serve


def test_a_second_server_at_the_same_address_does_not_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as first:
        first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        first.bind(("127.0.0.1", 0))
        first.listen()
        port = first.getsockname()[1]
        monkeypatch.setenv("ANCA_INSTANCE", str(tmp_path))
        monkeypatch.setenv("ANCA_PORT", str(port))
        monkeypatch.setenv("ANCA_SCHEDULER", "1")
        assert serve.main() == 1
        assert f"127.0.0.1:{port} is taken" in capsys.readouterr().err
    serve.refuse_taken_address("127.0.0.1", port)


def test_a_start_looks_whether_the_schema_is_the_newest(in_app: Flask) -> None:
    settings = in_app.config["SETTINGS"]
    assert serve.has_newest_schema(settings)
    nowhere = dataclasses.replace(
        settings, database_url=settings.database_url.replace("anca", "nowhere")
    )
    assert not serve.has_newest_schema(nowhere)
