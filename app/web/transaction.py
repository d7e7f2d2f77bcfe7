"""The one commit point: every change of data is a work handed to `transact`.

On a SQLite server one thread owns the only writing connection. It takes whatever works are
queued, runs each in a savepoint inside one transaction, commits once, and only then lets the
callers go on (group commit). On PostgreSQL, and in the command line, a work runs in the
caller's thread in a transaction of its own; the command line leaves SQLite alone in between,
for a server that waits for its turn asks for it only now and then.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from flask import Flask, current_app, has_app_context
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.extensions import db
from app.web.breakdowns import DatabaseDamaged, DatabaseUnavailable, breakdown_of, unavailable

log = logging.getLogger(__name__)
T = TypeVar("T")
Item = TypeVar("Item")
Work = Callable[[Session], T]
JoinedWork = Callable[[Session, Sequence[Item]], Sequence[T]]

LARGEST_BATCH = 256
# Longer than SQLite sleeps between two looks at a lock that was held for a tenth of a second.
GIVING_WAY_SECONDS = 0.03
TRIES_ON_CONFLICT = 5
SERIALIZATION_CODES = frozenset({"40001", "40P01"})


def transact(work: Work[T]) -> T:
    """Run a work and commit it; what it raises is raised here and nothing of it is kept."""
    result: T = _outcome(_writer().run([work])[0])
    return result


def transact_all(works: Sequence[Work[Any]]) -> list[Any]:
    """Run several works, each kept or undone by itself; an exception stands in its place."""
    return _writer().run(works)


def transact_each(do: JoinedWork[Item, T], items: Sequence[Item]) -> list[Any]:
    """Run one work over many items, with those that other callers hand in for it meanwhile.

    An item that it fails over is done alone, and an exception stands in its place.
    """
    return _writer().run_joined(do, items)


def _outcome(result: Any) -> Any:
    if isinstance(result, BaseException):
        raise result
    return result


def _writer() -> "Writer":
    if has_app_context():
        db.session.remove()  # later reads of this request must see what was just written
    writer: Writer = current_app.extensions["writer"]
    return writer


class _Handed:
    """What one caller handed in: works, or items for a work that takes those of many callers."""

    __slots__ = ("_ready", "do", "parts", "results")

    def __init__(self, parts: Sequence[Any], do: JoinedWork[Any, Any] | None) -> None:
        self.parts, self.do = parts, do
        self.results: list[Any] = []
        # A bare lock, opened once: a Future costs as much as the rest of the hand-over.
        self._ready = threading.Lock()
        self._ready.acquire()

    def wait(self) -> list[Any]:
        """The results, once they are committed."""
        self._ready.acquire()
        return self.results

    def settle(self, results: list[Any]) -> None:
        """Let the caller go on."""
        self.results = results
        self._ready.release()


@dataclass(slots=True)
class Writer:
    """Runs works against the writing engine, in their own thread where `grouped`.

    Where it `gives_way`, another process may write between any two works. Once it is `damaged`
    nothing more is written: what would be acknowledged might not be there to be found again.
    """

    app: Flask
    engine: Engine
    info: dict[str, Any]
    grouped: bool
    gives_way: bool = False
    damaged: bool = False
    _ended: float = 0.0
    _queue: "queue.SimpleQueue[_Handed | None]" = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, works: Sequence[Work[Any]]) -> list[Any]:
        """Results or exceptions of the works, in their order, after their commit."""
        if self.damaged:
            return [DatabaseDamaged() for _ in works]
        if self.grouped:
            return self._hand_in(_Handed(works, None))
        return [self._alone(work) for work in works]

    def run_joined(self, do: JoinedWork[Item, Any], items: Sequence[Item]) -> list[Any]:
        """Results or exceptions of the items, in their order, after their commit."""
        if self.damaged:
            return [DatabaseDamaged() for _ in items]
        if not items:
            return []
        if self.grouped:
            return self._hand_in(_Handed(items, do))
        together = self._alone(lambda session: do(session, items))
        if not isinstance(together, BaseException) or isinstance(together, DatabaseUnavailable):
            return _for_each(together, items)
        return [self._alone(_only(do, item)) for item in items]

    @property
    def waiting(self) -> int:
        """How many were handed in and not begun."""
        return self._queue.qsize()

    def stop(self) -> None:
        """Let the thread finish what is queued and end; closes its connections."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()
        self.engine.dispose()

    def _hand_in(self, handed: _Handed) -> list[Any]:
        if threading.current_thread() is self._thread:
            raise RuntimeError("a work must not hand in another work")
        self._start()
        self._queue.put(handed)
        return handed.wait()

    def _start(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
                    self._thread.start()

    def _serve(self) -> None:
        with self.app.app_context():
            more = True
            while more:
                first = self._queue.get()
                if first is None:
                    return
                batch, more = self._gather(first)
                try:
                    results = self._commit_together(batch)
                except DBAPIError:
                    results = [self._commit_one_by_one(handed) for handed in batch]
                except Exception as error:  # a fault of this program must not stop the writing
                    results = [[error] * len(handed.parts) for handed in batch]
                for handed, result in zip(batch, results, strict=True):
                    handed.settle(result)

    def _gather(self, first: _Handed) -> tuple[list[_Handed], bool]:
        """The first and all who are in line; who is about to hand in is let in before.

        Without that, the writer would take them two by two while the others wait for a turn to
        run; with nobody else about, giving way costs a microsecond.
        """
        batch, count, gave_way = [first], len(first.parts), False
        while count < LARGEST_BATCH:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                if gave_way:
                    break
                time.sleep(0)
                gave_way = True
                continue
            if following is None:
                return batch, False
            batch.append(following)
            count += len(following.parts)
            gave_way = False
        return batch, True

    def _commit_together(self, batch: Sequence[_Handed]) -> list[list[Any]]:
        """Everything in one transaction; neighbours that wait for the same work are joined."""
        results: list[list[Any]] = []
        with self.engine.connect() as connection, connection.begin():
            for do, neighbours in groupby(batch, key=attrgetter("do")):
                same = list(neighbours)
                parts = [part for handed in same for part in handed.parts]
                told = iter(self._run_on(connection, do, parts))
                results.extend([next(told) for _ in handed.parts] for handed in same)
        return results

    def _run_on(
        self, connection: Connection, do: JoinedWork[Any, Any] | None, parts: Sequence[Any]
    ) -> list[Any]:
        if do is None:
            return [self._in_savepoint(connection, work) for work in parts]
        together = self._in_savepoint(connection, lambda session: do(session, parts))
        if not isinstance(together, BaseException):
            return list(together)
        if len(parts) == 1:
            return [together]
        # Only the kind of fault: its text would carry what people answered.
        log.warning("%d items are done one by one: %s", len(parts), type(together).__name__)
        return [self._in_savepoint(connection, _only(do, part)) for part in parts]

    def _commit_one_by_one(self, handed: _Handed) -> list[Any]:
        results: list[Any] = []
        for part in handed.parts:
            work = part if handed.do is None else _only(handed.do, part)
            try:
                with self.engine.connect() as connection, connection.begin():
                    result = self._in_savepoint(connection, work)
            except DBAPIError as error:
                result = self._broken(error)
            except Exception as error:  # the thread must go on
                result = error
            results.append(result)
        return results

    def _in_savepoint(self, connection: Connection, work: Work[Any]) -> Any:
        try:
            with (
                Session(
                    connection, join_transaction_mode="create_savepoint", info=dict(self.info)
                ) as session,
                session.begin(),
            ):
                return work(session)
        except OperationalError:
            raise  # the whole transaction is in doubt: disk full, disk error
        except DBAPIError as error:
            if breakdown_of(error) is not None:
                raise
            return error
        except Exception as error:
            return error

    def _broken(self, error: DBAPIError) -> DatabaseUnavailable:
        """The refusal for what failed; damage is remembered for as long as this process runs."""
        refusal = unavailable(error)
        if isinstance(refusal, DatabaseDamaged):
            self.damaged = True
        return refusal

    def _alone(self, work: Work[Any]) -> Any:
        if not self.gives_way:
            return self._tried(work)
        time.sleep(max(0.0, self._ended + GIVING_WAY_SECONDS - time.monotonic()))
        try:
            return self._tried(work)
        finally:
            self._ended = time.monotonic()

    def _tried(self, work: Work[Any]) -> Any:
        for turn in range(TRIES_ON_CONFLICT):
            try:
                with Session(self.engine, info=dict(self.info)) as session, session.begin():
                    return work(session)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in SERIALIZATION_CODES:
                    broken = isinstance(error, OperationalError) or breakdown_of(error) is not None
                    return self._broken(error) if broken else error
                if turn == TRIES_ON_CONFLICT - 1:
                    return unavailable(error)
            except Exception as error:
                return error
        raise AssertionError("unreachable")


def _only(do: JoinedWork[Item, T], item: Item) -> Work[T]:
    return lambda session: do(session, [item])[0]


def _for_each(together: Any, items: Sequence[Any]) -> list[Any]:
    return list(together) if isinstance(together, list) else [together] * len(items)
