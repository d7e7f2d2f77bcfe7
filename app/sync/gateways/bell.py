"""The bell: an open line over which a province says, in one byte, that there is something new.

It carries no content and proves nothing: who hears it asks in the usual way. So it needs no
encryption, and whoever cuts it only makes a park ask more often.
"""

import asyncio
import hmac
import logging
import secrets
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256

log = logging.getLogger(__name__)
NEWS, STILL_HERE = b"!", b"."
SIGN_OF_LIFE_SECONDS = 240  # boxes on the way forget a line on which nothing goes
DEAD_AFTER_SECONDS = 2 * SIGN_OF_LIFE_SECONDS + 60
HELLO_SECONDS = 10
LONGEST_HELLO = 120
MOST_LINES, MOST_OF_ONE = 4096, 3
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 15, 900
Line = asyncio.StreamWriter


def bell_code(pepper: bytes, node: str) -> str:
    """What a park shows to be rung for: given to it in an answer that it signed for."""
    return hmac.new(pepper, f"bell:{node}".encode(), sha256).hexdigest()[:24]


@dataclass(slots=True)
class Bell:
    """The province's end: one thread for all lines, however many parks listen."""

    host: str
    port: int
    pepper: bytes = field(repr=False)
    _lines: dict[str, set[Line]] = field(default_factory=lambda: defaultdict(set))
    _heads: dict[str, int] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop | None = None
    _server: asyncio.Server | None = None

    @property
    def listeners(self) -> int:
        """How many lines are open."""
        return sum(len(lines) for lines in self._lines.values())

    def open(self) -> bool:
        """Listen, unless another process of this node does already."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, name="bell", daemon=True).start()
        if self._server is None:
            begun = asyncio.run_coroutine_threadsafe(self._begin(), self._loop)
            with suppress(OSError):
                self._server = begun.result(timeout=HELLO_SECONDS)
                self.port = self._server.sockets[0].getsockname()[1]
        return self._server is not None

    def close(self) -> None:
        """Hang up on everybody."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(HELLO_SECONDS)

    def ring(self, heads: Mapping[str, int]) -> None:
        """Ring those parks whose newest number is another than at the last look."""
        fresh = [node for node, head in heads.items() if head > self._heads.get(node, head)]
        self._heads = dict(heads)
        if self._loop is not None and fresh:
            self._loop.call_soon_threadsafe(self._say, fresh, NEWS)

    def _say(self, nodes: list[str], what: bytes) -> None:
        for node in nodes:
            for line in list(self._lines.get(node, ())):
                line.write(what)

    async def _begin(self) -> asyncio.Server:
        return await asyncio.start_server(
            self._serve, self.host, self.port, limit=LONGEST_HELLO, backlog=512
        )

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for lines in self._lines.values():
            for line in lines:
                line.close()

    async def _serve(self, reader: asyncio.StreamReader, line: Line) -> None:
        node = ""
        try:
            hello = await asyncio.wait_for(reader.readline(), HELLO_SECONDS)
            node, _, code = hello.decode("ascii").strip().partition(" ")
            known = hmac.compare_digest(code, bell_code(self.pepper, node))
            if not known or self.listeners >= MOST_LINES or len(self._lines[node]) >= MOST_OF_ONE:
                return
            self._lines[node].add(line)
            while True:
                line.write(STILL_HERE)
                with suppress(TimeoutError):
                    if not await asyncio.wait_for(reader.read(1), SIGN_OF_LIFE_SECONDS):
                        return
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
            return
        finally:
            self._lines.get(node, set()).discard(line)
            if not self._lines.get(node):
                self._lines.pop(node, None)
            line.close()


@dataclass(slots=True)
class Ear:
    """A park's end: listens in a thread of its own, and tells whether it rang."""

    pause: Callable[[float], object] = field(default_factory=lambda: threading.Event().wait)
    _where: tuple[str, int, str] | None = None
    _heard: threading.Event = field(default_factory=threading.Event)
    _open: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def hears(self) -> bool:
        """Whether the line to the province is open."""
        return self._open.is_set()

    @property
    def rang(self) -> bool:
        """Whether it rang since that was taken note of."""
        return self._heard.is_set()

    def take_ring(self) -> bool:
        """Whether it rang since this was asked last; a line that has just opened counts so."""
        rang = self._heard.is_set()
        self._heard.clear()
        return rang

    def attend(self, host: str, node: str, told: object) -> None:
        """Listen where an answer of the province says, if it says so."""
        match told:
            case {"port": int(port), "code": str(code)} if 0 < port < 2**16 and code.isalnum():
                self._where = (host, port, f"{node} {code}\n")
            case _:
                return
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._listen, name="ear", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Listen no more, once the line that is open has ended."""
        self._where = None

    def _listen(self) -> None:
        failures = 0
        while self._where is not None:
            try:
                self._hear(*self._where)
                failures = 0
            except OSError as error:
                log.info("the bell of the province is not heard: %s", error)
                failures += 1
            finally:
                self._open.clear()
            most = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**failures)
            self.pause(most * (0.5 + secrets.randbelow(500) / 1000))

    def _hear(self, host: str, port: int, hello: str) -> None:
        with socket.create_connection((host, port), timeout=HELLO_SECONDS) as line:
            line.sendall(hello.encode("ascii"))
            while said := line.recv(64):
                if not self._open.is_set():
                    line.settimeout(DEAD_AFTER_SECONDS)
                    self._heard.set()  # what was written while the line was down
                    self._open.set()
                if NEWS in said:
                    self._heard.set()
