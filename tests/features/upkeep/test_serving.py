"""Starting a server: refused with a sentence where it cannot be."""

import dataclasses
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from app import serve
from app.settings import ROOT

ARENAS_OF_A_WORKER = """
import ctypes, multiprocessing, pathlib, sys, threading
import granian
from app import serve
from app.settings import Settings


def tell_heaps():
    barrier = threading.Barrier(8)
    def work():
        kept = [bytearray(3000) for _ in range(50)]
        barrier.wait()
    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads: each.start()
    for each in threads: each.join()
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)


class Server:
    def __init__(self, *_, **__): pass
    def serve(self):
        worker = multiprocessing.get_context("fork").Process(target=tell_heaps)
        worker.start()
        worker.join()
        import os
        print(os.environ.get("MALLOC_ARENA_MAX"))


granian.Granian = Server
serve.serve_with_granian(Settings(instance=pathlib.Path(sys.argv[1]).parent))
"""


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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps arenas")
def test_threads_of_a_worker_share_one_heap(tmp_path: Path) -> None:
    told = tmp_path / "heaps.xml"
    environment = {k: v for k, v in os.environ.items() if k != "MALLOC_ARENA_MAX"}
    done = subprocess.run(
        [sys.executable, "-c", ARENAS_OF_A_WORKER, str(told)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.read_text().count("<heap nr=") == 1
    assert done.stdout.split() == ["1"]
