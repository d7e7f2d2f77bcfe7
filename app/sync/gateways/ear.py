"""The ear: a park's end of the bell; it believes the silence of no line that is not proved."""

import hmac
import logging
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from app.sync.gateways.bell import (
    HELLO_SECONDS,
    MISSED,
    NEWS,
    PROOF_BYTES,
    QUESTION_BYTES,
    QUIET,
    SALT_BYTES,
    SIGN_OF_LIFE_SECONDS,
    hello_of,
    proof_of,
)

log = logging.getLogger(__name__)
ANSWER_SECONDS = 30
SHORT_QUESTIONS = 48  # in a row
MOST_RINGS = 8  # that may stand before an answer
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 15, 900


class Where(NamedTuple):
    """Which bell is listened to, and as whom."""

    host: str
    port: int
    node: str
    code: str


@dataclass(slots=True)
class Ear:
    """Listens in a thread of its own, and tells whether it rang.

    `offset` is how far the province's clock is ahead, as far as it told.
    """

    pause: Callable[[float], object] = field(default_factory=lambda: threading.Event().wait)
    offset: timedelta = timedelta(0)
    _code: tuple[str, str, str] | None = None
    _asked_shortly: int = 0
    _where: Where | None = None
    _proved: Where | None = None
    _heard: threading.Event = field(default_factory=threading.Event)
    _line: socket.socket | None = None
    _thread: threading.Thread | None = None

    @property
    def hears(self) -> bool:
        """Whether the line is open, and it was proved lately that the bell is at its end."""
        return self._proved is not None and self._proved is self._where

    @property
    def rang(self) -> bool:
        """Whether it rang since that was taken note of."""
        return self._heard.is_set()

    def take_ring(self) -> bool:
        """Whether it rang since this was asked last; a line that has just opened counts so."""
        rang = self._heard.is_set()
        self._heard.clear()
        return rang

    def short_question(self, host: str, node: str) -> str | None:
        """The code to ask with in a few bytes, where it is known and nobody rings.

        Now and then it is asked at length again: where the bell is may have changed.
        """
        if self.hears or self._code is None or self._code[:2] != (host, node):
            return None
        self._asked_shortly = (self._asked_shortly + 1) % SHORT_QUESTIONS
        return self._code[2] if self._asked_shortly else None

    def forget_code(self) -> None:
        """Ask at length next time."""
        self._code = None

    def turn_to(self, host: str, node: str) -> None:
        """Listen to no other province, and under no other name, than is asked now."""
        where = self._where
        if where is not None and (where.host, where.node) != (host, node):
            self.stop()

    def attend(self, host: str, node: str, told: object) -> None:
        """Listen where an answer of the province says; nowhere if it says nothing of it."""
        match told:
            case {"code": str(code)} if code.isalnum() and code.isascii():
                self._code = (host, node, code)
            case _:
                self._code = None
        match told:
            case {"port": int(port), "code": str(code)} if (
                0 < port < 2**16 and code.isalnum() and code.isascii()
            ):
                where = Where(host, port, node, code)
            case _:
                self.stop()
                return
        if where != self._where:
            self.stop()
            self._where = where
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._listen, name="ear", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._where, line = None, self._line
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        failures, relied = 0, False
        while (where := self._where) is not None:
            try:
                self._hear(where)
            except OSError as error:
                log.info("the bell of the province is not heard: %s", error)
            proved, self._proved = self._proved is where, None
            if not proved and failures == 0 and relied:
                self._heard.set()  # nobody rings any more: ask now, and as often as without a bell
            relied, failures = proved, 0 if proved else failures + 1
            most = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(failures, 9))
            self.pause(most * (0.5 + secrets.randbelow(500) / 1000))

    def _hear(self, where: Where) -> None:
        with socket.create_connection((where.host, where.port), timeout=HELLO_SECONDS) as line:
            self._line = line
            nonce = secrets.token_hex(8)
            line.sendall(f"{hello_of(where.node, where.code, nonce)}\n".encode("ascii"))
            salt, count = _next(line, SALT_BYTES), 0
            while self._where is where:
                count += 1
                question = secrets.token_bytes(QUESTION_BYTES)
                self._ask(line, where, question, partial(proof_of, where.code, nonce, salt, count))
                _wait_for_ring(line)

    def _ask(
        self,
        line: socket.socket,
        where: Where,
        question: bytes,
        proof_of_said: Callable[[bytes, bytes], bytes],
    ) -> None:
        """Ask whether there is news, and believe only an answer to this question."""
        line.settimeout(ANSWER_SECONDS)
        line.sendall(question)
        said = _next(line, 1)
        for _ in range(MOST_RINGS):
            said = _next(line, 1) if said == NEWS else said
        proof, given = proof_of_said(question, said), _next(line, PROOF_BYTES)
        if said not in {QUIET, MISSED} or not hmac.compare_digest(given, proof):
            raise ConnectionError("nobody proved to be the bell")
        if said == MISSED or self._proved is not where:
            self._heard.set()  # also for what was written while the line was down
        self._proved = where


def _wait_for_ring(line: socket.socket) -> None:
    """Until it rings, or until it is time to ask whether the bell is still there."""
    line.settimeout(SIGN_OF_LIFE_SECONDS)
    with suppress(TimeoutError):
        if _next(line, 1) != NEWS:
            raise ConnectionError("nobody is to speak unasked")


def _next(line: socket.socket, size: int) -> bytes:
    """So many bytes of the line."""
    told = b""
    while len(told) < size:
        more = line.recv(size - len(told))
        if not more:
            raise ConnectionError("hung up")
        told += more
    return told
