"""Serves one node from its settings: granian, or waitress where granian is not to be had."""

import ctypes
import logging
import os
import socket
import sqlite3
import ssl
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

from flask import Flask
from flask_babel import Babel, force_locale

from app.delivery.registry import refuse_unsafe_channels
from app.kernel.clock import SystemClock
from app.kernel.refusals import Refusal
from app.settings import ROOT, KeysMissing, Settings, UnsafeSetting
from app.upkeep.gateways.certificates import TlsFolder
from app.upkeep.gateways.starting import refuse_broken
from app.upkeep.rules.breakdowns import ExitCode
from app.web.language import LOCALES
from app.web.sentences import sentence

THREADS = 64
BACKPRESSURE = 1024
REVISION = "SELECT version_num FROM alembic_version"
# A phone on poor Wi-Fi sends its headers in one go; whoever dribbles them holds a place.
HEADER_SECONDS = 15
HEADER_BYTES = 32 * 1024
ARENAS = "MALLOC_ARENA_MAX"
M_ARENA_MAX = -8  # malloc.h of glibc


def main() -> int:
    """Refuse what is unsafe, then serve until told to stop."""
    os.environ.pop("FLASK_RUN_FROM_CLI", None)
    os.environ.setdefault("ANCA_SCHEDULER", "1")
    try:
        settings = Settings.from_environment()
        settings.refuse_unsafe()
        refuse_unsafe_channels(settings)
        refuse_taken_address(settings.host, settings.port)
        if settings.tls_cert:
            ready_certificate(settings)
        refuse_broken(settings)
    except UnsafeSetting as problem:
        print(f"not started: {problem}", file=sys.stderr)  # noqa: T201
        return ExitCode.SETTING
    except Refusal as refusal:
        return tell_not_started(refusal)
    if not has_newest_schema(settings) and not bring_up_to_date():
        return ExitCode.NOT_UPGRADED
    try:
        serve_with_granian(settings)
    except ImportError:
        serve_with_waitress(settings)
    return 0


def tell_not_started(refusal: Refusal) -> int:
    """Say in both languages why, and what to do; the exit code by which a service may tell it."""
    print(f"not started: {refusal.code}", file=sys.stderr)  # noqa: T201
    speaker = Flask("an-ca")
    Babel(speaker, default_translation_directories=str(ROOT / "app" / "translations"))
    with speaker.app_context():
        for language in LOCALES:
            with force_locale(language):
                said = sentence(refusal.code, refusal.params)
            print(f"  {language}: {said}", file=sys.stderr)  # noqa: T201
    usual = ExitCode.MISSING if isinstance(refusal, KeysMissing) else ExitCode.DAMAGED
    return getattr(refusal, "exit_code", usual)


def refuse_taken_address(host: str, port: int) -> None:
    """Refuse an address where somebody listens: two servers would share it and its database."""
    family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        if os.name != "nt":  # a server that just ended leaves connections behind
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as problem:
            raise UnsafeSetting(
                f"{host}:{port} is taken ({problem.strerror}); is An Ca running already? "
                "ANCA_PORT sets another port"
            ) from problem


def has_newest_schema(settings: Settings) -> bool:
    """Whether nothing is to be done before serving; looks without loading the whole program."""
    steps = (ROOT / "app" / "migrations" / "versions").glob("[0-9]*_*.py")
    newest = max(path.name.partition("_")[0] for path in steps)
    found = _sqlite_revision(settings) if settings.on_sqlite else _postgres_revision(settings)
    return found == newest


def _sqlite_revision(settings: Settings) -> str | None:
    if not settings.sqlite_path.is_file():
        return None
    address = f"{settings.sqlite_path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            found = connection.execute(REVISION).fetchone()
    except sqlite3.Error:
        return None
    return str(found[0]) if found else None


def _postgres_revision(settings: Settings) -> str | None:
    import psycopg

    try:
        with psycopg.connect(settings.database_url.replace("+psycopg", "", 1)) as connection:
            found = connection.execute(REVISION).fetchone()
    except psycopg.Error:
        return None
    return str(found[0]) if found else None


def bring_up_to_date() -> bool:
    """Make or upgrade the database by the command, which says in words what it could not do."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    environment = {name: value for name, value in os.environ.items() if name != "ANCA_SCHEDULER"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0  # noqa: S603


def ready_certificate(settings: Settings) -> None:
    """Make a certificate of our own anew when its end is near; refuse a pair that cannot serve."""
    try:
        TlsFolder(settings.instance).renew(SystemClock().now())
    except Refusal as refusal:
        raise UnsafeSetting(f"tls: {refusal.code} {refusal.params}") from refusal
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            settings.tls_cert, settings.tls_key
        )
    except (OSError, ssl.SSLError) as problem:
        raise UnsafeSetting(f"ANCA_TLS_CERT and ANCA_TLS_KEY: {problem}") from problem


def keep_one_arena() -> None:
    """Let all threads share one heap, before the first of them or any worker is made.

    Each would keep an arena of freed memory of its own: the morning of 200,000 workers took
    1,073 MiB, with one arena 375. Only glibc has them.
    """
    if ARENAS in os.environ or sys.platform != "linux":
        return
    os.environ[ARENAS] = "1"  # for a worker that is a new program; a forked one has it from here
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def serve_with_granian(settings: Settings) -> None:
    """The usual server: TLS built in, many connections, one process on SQLite."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    keep_one_arena()
    Granian(
        "wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=THREADS,
        backpressure=BACKPRESSURE,
        log_level=LogLevels.error,
        ssl_cert=Path(settings.tls_cert) if settings.tls_cert else None,
        ssl_key=Path(settings.tls_key) if settings.tls_key else None,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
    ).serve()


def serve_with_waitress(settings: Settings) -> None:
    """The fallback in pure Python; it has no TLS, a proxy must stand before it."""
    from waitress import serve

    from app import create_app

    if settings.tls_cert:
        print("not started: ANCA_TLS_CERT needs granian", file=sys.stderr)  # noqa: T201
        raise SystemExit(1)
    keep_one_arena()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    serve(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        connection_limit=1000,
        channel_timeout=60,
        max_request_header_size=HEADER_BYTES,
        max_request_body_size=settings.max_upload,
    )


if __name__ == "__main__":
    raise SystemExit(main())
