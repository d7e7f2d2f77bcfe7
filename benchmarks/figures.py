"""Figures with what they must reach, on the terminal and as JSON."""

import json
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement; `at_least` and `at_most` are what it must reach, if anything."""

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def must(self) -> str:
        """What it must reach, in words."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    @property
    def passes(self) -> bool | None:
        """Whether it does; None when nothing is asked of it."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return self.value <= self.at_most if self.at_most is not None else None


@dataclass(slots=True)
class Report:
    """Everything measured so far, and what was left out and why."""

    figures: list[Figure] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, **more: object) -> float:
        """Keep a figure and show it at once."""
        figure = Figure(name, value, unit, **more)  # type: ignore[arg-type]
        self.figures.append(figure)
        print(line_of(figure), flush=True)
        return value

    def skip(self, why: str) -> None:
        """Keep that something was not measured."""
        self.skipped.append(why)
        print(f"  skipped: {why}", flush=True)

    def value(self, name: str) -> float | None:
        """An earlier figure of this run."""
        return next((each.value for each in self.figures if each.name == name), None)

    def ratio(self, name: str, part: str, whole: str, at_least: float) -> None:
        """How one figure stands to another of the same run, and what it must reach."""
        above, below = self.value(part), self.value(whole)
        if above is None or below is None:
            self.skip(f"{name}: {part if above is None else whole} was not measured in this run")
            return
        self.add(name, above / below, "x", at_least=at_least)

    def close(self, machine: dict[str, str]) -> bool:
        """Write everything down; true when nothing failed."""
        RESULTS.mkdir(exist_ok=True)
        failed = [each.name for each in self.figures if each.passes is False]
        told = {
            "machine": machine,
            "figures": [asdict(each) | {"passes": each.passes} for each in self.figures],
            "skipped": self.skipped,
        }
        (RESULTS / "latest.json").write_text(
            json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        print("\n  " + " · ".join(f"{name} {value}" for name, value in machine.items()))
        print(f"\n  {len(failed)} failed: {', '.join(failed)}" if failed else "\n  all musts met")
        return not failed


def line_of(figure: Figure) -> str:
    """One line of the table."""
    verdict = {True: "pass", False: "FAIL", None: ""}[figure.passes]
    value = f"{figure.value:,.0f}" if figure.value >= 100 else f"{figure.value:.3g}"
    parts = f"  {figure.name:<58}{value:>11} {figure.unit:<6}{figure.must:>9}  {verdict:<5}"
    return f"{parts}{figure.note}".rstrip()


def percentile(times: list[float], share: float) -> float:
    """The value that a share of the times stays under."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def machine_facts(fsyncs: float) -> dict[str, str]:
    """What the figures were measured on."""
    import os

    return {
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?",
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(terse=True),
        "disk": f"{fsyncs:,.0f} fsync/s",
        "load generator": wrk_version() or "python threads",
    }


def wrk_version() -> str | None:
    """The version of wrk, when it is installed."""
    if shutil.which("wrk") is None:
        return None
    told = subprocess.run(["wrk", "-v"], capture_output=True, text=True).stdout
    return " ".join(told.split()[:2]) or "wrk"


@contextmanager
def part(title: str) -> Iterator[None]:
    """A headed part of the table."""
    print(f"\n{title}", flush=True)
    yield


Scenario = Callable[[Report, "Options"], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How long each measurement takes, how large the park is, and where filled ones are kept.

    `grid`: the parks of the growth curves, workers and days.
    """

    seconds: int
    workers: int
    days: int
    scratch: Path
    parks: Path
    peak_workers: int = 200_000
    peak_minutes: float = 15
    settled_seconds: float = 20
    backup_park: tuple[int, int] = (50_000, 30)
    grid: tuple[tuple[int, int], ...] = ()
    quick: bool = False
