"""The bell: an open line over which a province says, in a few bytes, that it wrote something.

It carries no content, so it is not encrypted. What counts is proved by a code that never goes over
the line, and answers a question just asked: who sits on the line may cut it or ring it at will,
then a park asks as often as without a bell, but he cannot keep up the silence of a quiet province.
"""

import asyncio
import hmac
import secrets
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256

NEWS = b"!"  # said unasked and unproved: it is worth asking at once
QUIET, MISSED = b".", b"*"  # what an answer begins with: nothing new since the last one, or news
SALT_BYTES, QUESTION_BYTES, PROOF_BYTES = 8, 2, 4
SIGN_OF_LIFE_SECONDS = 240  # boxes on the way forget a line on which nothing goes
DEAD_AFTER_SECONDS = 2 * SIGN_OF_LIFE_SECONDS + 60
HELLO_SECONDS = 10
LONGEST_HELLO = 120
MOST_LINES, MOST_OF_ONE = 4096, 3
MOST_SILENT_OF_ONE = 8  # lines of one address on which nobody has said yet who he is
MOST_UNREAD_BYTES = 1024
FORSAKEN_SECONDS = 30.0  # a process that rings no more leaves the port to the one that does


def bell_code(pepper: bytes, node: str) -> str:
    """By what a park and the bell prove themselves: told in an answer that the park signed for."""
    return hmac.new(pepper, f"bell:{node}".encode(), sha256).hexdigest()[:24]


def hello_of(node: str, code: str, nonce: str) -> str:
    """What a park says first."""
    return f"{node} {nonce} {_mac(code, f'hello {node} {nonce}'.encode()).hex()[:24]}"


def proof_of(code: str, nonce: str, salt: bytes, count: int, question: bytes, said: bytes) -> bytes:
    """What goes with the answer to the question of that number on the line of these two numbers."""
    text = f"answer {nonce} {salt.hex()} {count} ".encode() + question + said
    return _mac(code, text)[:PROOF_BYTES]


def question_of(code: str, node: str, after: int, at: int) -> str:
    """What proves that a park asks, at a Unix second, whether anything follows a number."""
    return _mac(code, f"news {node} {after} {at}".encode()).hex()[:24]


def _mac(code: str, text: bytes) -> bytes:
    return hmac.new(code.encode("ascii"), text, sha256).digest()


def most_lines() -> int:
    """How many lines may be open, so that this process can still open files for other things."""
    try:
        import resource
    except ImportError:  # not on Windows, which sets no such limit
        return MOST_LINES
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_LINES if soft == resource.RLIM_INFINITY else min(MOST_LINES, soft * 3 // 4)


@dataclass(eq=False, slots=True)
class _Line:
    """An open line of a park, and how far the answers on it have told."""

    writer: asyncio.StreamWriter
    node: str
    nonce: str
    told: int = 0

    def say(self, what: bytes) -> None:
        """Write, unless nobody reads at the other end."""
        if self.writer.transport.get_write_buffer_size() > MOST_UNREAD_BYTES:
            self.writer.transport.abort()
        else:
            self.writer.write(what)


@dataclass(slots=True)
class Bell:
    """The province's end: one thread for all lines, however many parks listen.

    `heard` are the parks that had a line open at the last look: each proved who it is, and asks
    every few minutes, else its line is closed.
    """

    host: str
    port: int
    pepper: bytes = field(repr=False)
    most: int = field(default_factory=most_lines)
    forsaken_seconds: float = FORSAKEN_SECONDS
    _lines: dict[str, set[_Line]] = field(default_factory=dict)
    heard: frozenset[str] = frozenset()
    _heads: Mapping[str, int] | None = None
    _connected: int = 0
    _silent: Counter[str] = field(default_factory=Counter)
    _looked_at: float = 0
    _loop: asyncio.AbstractEventLoop | None = None
    _server: asyncio.Server | None = None

    @property
    def listeners(self) -> int:
        """How many lines are open."""
        return sum(len(lines) for lines in self._lines.values())

    @property
    def is_open(self) -> bool:
        """Whether this process listens."""
        return self._server is not None

    def open(self) -> bool:
        """Listen, unless another process of this node does already."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, name="bell", daemon=True).start()
        if self._server is None:
            begun = asyncio.run_coroutine_threadsafe(self._begin(), self._loop)
            try:
                begun.result(timeout=HELLO_SECONDS)
            except OSError:  # a timeout is one too
                begun.cancel()
        return self._server is not None

    def close(self) -> None:
        """Hang up on everybody, and leave the port to others."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(HELLO_SECONDS)

    def ring(self, heads: Mapping[str, int]) -> None:
        """Ring those parks whose newest number is another than at the last look.

        These are all who may listen: others are hung up on.
        """
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._look, dict(heads))

    def _look(self, heads: Mapping[str, int]) -> None:
        self._looked_at = asyncio.get_running_loop().time()
        before, self._heads = self._heads or {}, heads
        self.heard = frozenset(self._lines)
        for node, lines in list(self._lines.items()):
            for line in list(lines):
                if node not in heads:
                    line.writer.transport.abort()
                elif heads[node] > before.get(node, heads[node]):
                    line.say(NEWS)

    async def _begin(self) -> None:
        server = await asyncio.start_server(
            self._serve, self.host, self.port, limit=LONGEST_HELLO, backlog=512
        )
        self._server, self.port = server, server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        self._looked_at = loop.time()
        self._watch(server, loop)

    def _watch(self, server: asyncio.Server, loop: asyncio.AbstractEventLoop) -> None:
        """Leave the port when nobody rings here any more: another process does, and wants it."""
        if self._server is not server:
            return
        if loop.time() - self._looked_at > self.forsaken_seconds:
            self._hang_up()
        else:
            loop.call_later(self.forsaken_seconds / 5, self._watch, server, loop)

    async def _end(self) -> None:
        self._hang_up()

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._heads = None
        for lines in self._lines.values():
            for line in lines:
                line.writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = str((writer.get_extra_info("peername") or ("",))[0])
        few = self._silent.total() < self.most // 4
        if self._connected >= self.most or not few or self._silent[address] >= MOST_SILENT_OF_ONE:
            writer.transport.abort()
            return
        self._connected += 1
        try:
            with suppress(OSError, ValueError, asyncio.IncompleteReadError):
                line = await self._greeted(reader, writer, address)
                if line is not None:
                    await self._answer(reader, line)
        finally:
            self._connected -= 1
            writer.close()

    async def _greeted(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str
    ) -> _Line | None:
        """The line of a park that proved who it is."""
        self._silent[address] += 1
        try:
            said = await asyncio.wait_for(reader.readline(), HELLO_SECONDS)
        finally:
            self._silent[address] -= 1
            self._silent += Counter()  # what is at nothing is forgotten
        hello = said.decode("ascii").strip()
        node, nonce, _ = hello.split(" ")
        meant = hello_of(node, bell_code(self.pepper, node), nonce)
        known = hmac.compare_digest(hello, meant)
        if not known or (self._heads is not None and node not in self._heads):
            return None
        full = len(self._lines.get(node, ())) >= MOST_OF_ONE
        return None if full or self._server is None else _Line(writer, node, nonce)

    async def _answer(self, reader: asyncio.StreamReader, line: _Line) -> None:
        """Answer what the park asks, until it has long asked nothing."""
        code, count = bell_code(self.pepper, line.node), 0
        salt = secrets.token_bytes(SALT_BYTES)  # a hello said again opens another line than before
        line.say(salt)
        self._lines.setdefault(line.node, set()).add(line)
        try:
            while True:
                question = await asyncio.wait_for(
                    reader.readexactly(QUESTION_BYTES), DEAD_AFTER_SECONDS
                )
                count += 1
                head = (self._heads or {}).get(line.node, 0)
                said, line.told = (MISSED if head > line.told else QUIET), head
                line.say(said + proof_of(code, line.nonce, salt, count, question, said))
        finally:
            self._lines[line.node].discard(line)
            if not self._lines[line.node]:
                del self._lines[line.node]
