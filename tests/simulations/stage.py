"""Several processes in one: who goes on at each step, and who dies there, is drawn from a seed."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from app.web.transaction import Writer


class Crash(BaseException):
    """The process ends here: nothing after this line happens, whatever catches exceptions."""


@dataclass(slots=True)
class Process:
    """One thread of the stage; it runs only while it holds the baton."""

    name: str
    thread: threading.Thread | None = None
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    mortal: bool = True
    crashed: bool = False
    failed: BaseException | None = None
    ended: bool = False


@dataclass(slots=True)
class Stage:
    """Lets processes take turns at the points they pass; `crashes` is the chance at each."""

    rng: Random
    crashes: float = 0.0
    points: int = 0
    died: int = 0
    _here: threading.local = field(default_factory=threading.local)
    _back: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def play(self, parts: Mapping[str, tuple[Callable[[], None], bool]]) -> set[str]:
        """Run each part, mortal or not, as its own process until all have ended; who crashed."""
        running = [self._begin(name, part, mortal) for name, (part, mortal) in parts.items()]
        crashed: set[str] = set()
        while running:
            chosen = self.rng.choice(running)
            chosen.go.release()
            self._back.acquire()
            if chosen.failed is not None:
                raise chosen.failed
            if chosen.ended:
                running.remove(chosen)
                crashed |= {chosen.name} if chosen.crashed else set()
        return crashed

    def _begin(self, name: str, part: Callable[[], None], mortal: bool) -> Process:
        process = Process(name, mortal=mortal)

        def live() -> None:
            self._here.process = process
            process.go.acquire()
            try:
                part()
            except Crash:
                process.crashed = True
            except BaseException as error:  # told to whoever plays
                process.failed = error
            finally:
                process.ended = True
                self._back.release()

        process.thread = threading.Thread(target=live, name=name, daemon=True)
        process.thread.start()
        return process

    @property
    def playing(self) -> str:
        """The process that is asked for; nothing outside the stage."""
        process: Process | None = getattr(self._here, "process", None)
        return process.name if process is not None else ""

    def point(self, danger: float = 1.0) -> None:
        """Others may go on here, and this process may end; outside the stage nothing happens."""
        process: Process | None = getattr(self._here, "process", None)
        if process is None:
            return
        self.points += 1
        if process.mortal and self.rng.random() < self.crashes * danger:
            self.died += 1
            raise Crash
        self._back.release()
        process.go.acquire()


class Watched:
    """The writer of a node with a point before and after each commit."""

    def __init__(self, writer: Writer, stage: Stage) -> None:
        self.inner, self.stage = writer, stage

    def run(self, works: Sequence[Callable[..., Any]]) -> list[Any]:
        self.stage.point()
        results = self.inner.run(works)
        self.stage.point()
        return results

    def run_joined(self, do: Callable[..., Any], items: Sequence[Any]) -> list[Any]:
        self.stage.point()
        results = self.inner.run_joined(do, items)
        self.stage.point()
        return results

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)
