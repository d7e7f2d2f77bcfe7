"""The server is killed among Zalo's calls: what it answered is kept, and each call once."""

import http.client
import json
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from app.delivery.models import ProviderEvent
from app.delivery.rules.grants import ZALO
from app.delivery.rules.zalo_calls import read_zalo_call
from app.settings import Settings
from tests.durability.park import PATIENCE_SECONDS, Server, make_crowd, settings_for
from tests.peers.zalo import OA_ID, Zalo, signed
from tests.peers.zalo import settings_for as zalo_settings

SEED = 20211109
CALLS, CALLS_LONG = 600, 20_000
KILLS, KILLS_LONG = 3, 25
CALLERS = 8
AT = datetime(2026, 11, 23, 22, tzinfo=UTC)


@pytest.fixture
def settings(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, long_run: bool
) -> Settings:
    """A node with a Zalo account, and a database used by nobody else."""
    given = zalo_settings(Zalo(url="http://127.0.0.1:9"))
    lines = [f"{name}={value}" for name, value in given.items() if "TEMPLATES" not in name]
    (tmp_path / "anca.env").write_text("\n".join(lines) + "\n", encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'anca.db'}"
    if database == "postgresql":
        if not long_run:
            pytest.skip("on SQLite alone but in the long run")
        url = request.getfixturevalue("postgres").new_database("called")
    return settings_for(tmp_path, url)


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    server = Server(settings)
    yield server
    server.kill()


@dataclass(slots=True)
class Burst:
    """Calls that are still to be made, and those that were answered; in the order of the answers.

    Like Zalo, a caller makes a call again that was not answered.
    """

    server: Server
    todo: list[bytes]
    answered: list[str] = field(default_factory=list)
    unanswered: int = 0
    wrong: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def work_off(self) -> None:
        """One of several callers: its calls one after the other, each until it is answered."""
        while (raw := self._next()) is not None:
            while (status := self._call(raw)) is None:
                self.unanswered += 1
            with self.changed:
                if status == 200:
                    self.answered.append(key_of(raw))
                else:
                    self.wrong.append(status)
                self.changed.notify_all()

    def _next(self) -> bytes | None:
        with self.changed:
            return self.todo.pop() if self.todo and not self.wrong else None

    def _call(self, raw: bytes) -> int | None:
        """The status, or None when the server died or was not there."""
        assert self.server.up.wait(PATIENCE_SECONDS), "the server stays away"
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE_SECONDS)
        try:
            link.request("POST", "/api/v1/zalo", raw, signed(raw))
            answer = link.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            link.close()
        return answer.status

    def wait_for(self, count: int) -> None:
        """Wait until so many calls were answered."""
        with self.changed:
            done = self.changed.wait_for(
                lambda: len(self.answered) >= count or self.wrong, PATIENCE_SECONDS
            )
        assert done, f"{len(self.answered)} of {count} were answered, then no more"
        assert not self.wrong, self.wrong


def key_of(raw: bytes) -> str:
    """By which the program knows a call again."""
    call = read_zalo_call(json.loads(raw), oa_id=OA_ID, received_at=AT)
    assert call is not None
    return call.key


def list_kept(settings: Settings) -> list[str]:
    """What stands in the node's database, whoever holds it open."""
    engine = create_engine(settings.database_url)
    chosen = select(ProviderEvent.provider_event_id).where(ProviderEvent.channel == ZALO)
    try:
        with engine.connect() as connection:
            return list(connection.scalars(chosen))
    finally:
        engine.dispose()


def test_no_call_that_was_answered_is_lost_when_the_server_is_killed(
    settings: Settings, server: Server, long_run: bool
) -> None:
    make_crowd(settings, 0)
    calls, kills = (CALLS_LONG, KILLS_LONG) if long_run else (CALLS, KILLS)
    chance, zalo = random.Random(SEED), Zalo()
    made = [zalo.from_user(f"{n % 997}", text="KHOE", msg_id=f"m{n}") for n in range(calls)]
    burst = Burst(server, list(made))
    server.start()
    callers = [threading.Thread(target=burst.work_off, daemon=True) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    for kill in range(1, kills + 1):
        burst.wait_for(calls * kill // (kills + 1) + chance.randint(0, 20))
        with burst.changed:
            before = set(burst.answered)
        server.kill()
        assert before <= set(list_kept(settings)), "what was answered before the kill is there"
        server.start()
    burst.wait_for(calls)
    for caller in callers:
        caller.join(PATIENCE_SECONDS)
    server.kill()
    kept = list_kept(settings)
    assert sorted(kept) == sorted(key_of(raw) for raw in made), "each once, none lost"
    assert burst.unanswered >= 1, "no kill fell among calls: this test proved little"
