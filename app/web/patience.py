"""How many threads may wait for bodies: whoever sends theirs drop by drop holds up nobody else.

The server hands a request to a thread before its body has arrived, and the thread waits for it as
long as the sender likes. So one address may keep so many threads waiting, and all together so many
that some are always free for pages; whoever comes on top is asked to try again.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

from werkzeug.exceptions import TooManyRequests

OF_ONE_ADDRESS = 24
OF_ALL = 40
# A burst behind one router is through in no time: it may wait a little, if not many do.
SECONDS = 0.5
WAITERS = 8
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Patience:
    """Counts, around every read of a body, the threads that wait for the same address."""

    def __init__(self, app: Wsgi, of_one: int = OF_ONE_ADDRESS, of_all: int = OF_ALL) -> None:
        self._app, self._of_one, self._of_all = app, of_one, of_all
        self._reading: Counter[str] = Counter()
        self._waiters = 0
        self._change = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer, with a body that is read only while there is a place to wait."""
        address = environ.get("REMOTE_ADDR", "")
        if not _is_this_machine(address):
            environ["wsgi.input"] = Body(environ["wsgi.input"], self, address)
        return self._app(environ, start_response)

    @contextmanager
    def place(self, address: str) -> Iterator[None]:
        """A place to wait for a body from this address; refused when there is none."""
        with self._change:
            if not self._is_free(address):
                self._wait(address)
            self._reading[address] += 1
        try:
            yield
        finally:
            with self._change:
                self._reading[address] -= 1
                if not self._reading[address]:
                    del self._reading[address]
                self._change.notify_all()

    def _wait(self, address: str) -> None:
        if self._waiters >= WAITERS:
            raise TooManyRequests(retry_after=1)
        self._waiters += 1
        try:
            if not self._change.wait_for(lambda: self._is_free(address), SECONDS):
                raise TooManyRequests(retry_after=1)
        finally:
            self._waiters -= 1

    def _is_free(self, address: str) -> bool:
        return self._reading[address] < self._of_one and self._reading.total() < self._of_all


class Body:
    """The body of a request as the server reads it, in a place."""

    def __init__(self, body: Any, patience: Patience, address: str) -> None:
        self._body, self._patience, self._address = body, patience, address

    def read(self, size: int = -1) -> bytes:
        """So many bytes, or all there are."""
        with self._patience.place(self._address):
            read: bytes = self._body.read(size)
            return read

    def readline(self, size: int = -1) -> bytes:
        """One line."""
        with self._patience.place(self._address):
            line: bytes = self._body.readline(size)
            return line

    def readlines(self, hint: int = -1) -> list[bytes]:
        """All lines."""
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        """Line by line."""
        while line := self.readline():
            yield line


def _is_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return True  # a socket of this machine
