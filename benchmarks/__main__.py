"""`python -m benchmarks [--quick] [--only NAME]`: the figures of this program on this machine."""

import argparse
import sys
from pathlib import Path

from benchmarks.boards import boards
from benchmarks.checkins import checkins
from benchmarks.copying import backup
from benchmarks.curves import draw
from benchmarks.dispatch import dispatch
from benchmarks.drain import drain
from benchmarks.figures import Options, Report, Scenario, machine_facts
from benchmarks.floors import floors, fsync_rate
from benchmarks.growth import POINTS, growth
from benchmarks.imports import import_many, imports
from benchmarks.kept import keep_figures, write_document
from benchmarks.live_boards import live_boards
from benchmarks.memory import memory
from benchmarks.notices import notices
from benchmarks.pages import pages
from benchmarks.parks import kept_park, refilled
from benchmarks.peak import peak
from benchmarks.ready import ready
from benchmarks.search import search
from benchmarks.sync import sync
from benchmarks.zalo import zalo

SCENARIOS: dict[str, tuple[Scenario, ...]] = {
    "floors": (floors,),
    "checkins": (floors, checkins),
    "drain": (drain,),
    "dispatch": (dispatch,),
    "zalo": (zalo,),
    "boards": (boards, live_boards),
    "import": (imports,),
    "search": (search,),
    "notices": (notices,),
    "pages": (pages,),
    "sync": (sync,),
    "import-many": (import_many,),
    "peak": (peak,),
    "memory": (memory,),
    "ready": (ready,),
    "backup": (backup,),
    "growth": (growth,),
}
# Scenarios in parks that are kept, and what each of them needs.
OF_THE_PEAK = frozenset({"peak", "memory", "ready"})
SCRATCH = Path(__file__).resolve().parent / "scratch"
# A longer past of more people takes tens of gigabytes; `--grid` asks for it.
GRID = (
    *((workers, days) for workers in (1_000, 10_000) for days in (1, 30, 365)),
    *((workers, days) for workers in (50_000, 200_000) for days in (1, 30)),
)
QUICK_GRID = tuple((workers, days) for workers in (300, 1_000) for days in (1, 8, 60))


def main() -> int:
    chosen = arguments().parse_args()
    if chosen.draw:
        print(*draw(POINTS), write_document(), sep="\n")
        return 0
    SCRATCH.mkdir(exist_ok=True)
    options = options_of(chosen)
    names = chosen.only or list(SCENARIOS)
    if chosen.fill:
        fill(names, options)
        return 0
    report = Report()
    facts = machine_facts(fsync_rate(SCRATCH))
    done = dict[Scenario, int]()
    for name in names:
        for step in SCENARIOS[name]:
            if step not in done:
                done[step] = len(report.figures)
                step(report, options)
                own = report.figures[done[step] :]
                keep_figures(step.__name__, own, facts, quick=options.quick)
    return 0 if report.close(facts) else 1


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs and a smaller park")
    parser.add_argument(
        "--only", choices=SCENARIOS, nargs="+", help="these alone, with the floors they need"
    )
    parser.add_argument("--parks", type=Path, default=SCRATCH, help="where filled parks are kept")
    parser.add_argument("--fill", action="store_true", help="fill the parks, measure nothing")
    parser.add_argument("--minutes", type=float, help="how long the morning peak lasts")
    parser.add_argument("--grid", nargs="+", metavar="WORKERSxDAYS", help="parks of the curves")
    parser.add_argument(
        "--draw", action="store_true", help="only draw the plots and the table of the last runs"
    )
    return parser


def options_of(chosen: argparse.Namespace) -> Options:
    quick = chosen.quick
    grid = QUICK_GRID if quick else GRID
    if chosen.grid:
        pairs = [each.partition("x") for each in chosen.grid]
        grid = tuple((int(workers), int(days)) for workers, _, days in pairs)
    chosen.parks.mkdir(parents=True, exist_ok=True)
    return Options(
        seconds=4 if quick else 10,
        workers=5_000 if quick else 50_000,
        days=30 if quick else 90,
        scratch=SCRATCH,
        parks=chosen.parks.resolve(),
        peak_workers=20_000 if quick else 200_000,
        peak_minutes=chosen.minutes or (1 if quick else 15),
        settled_seconds=5 if quick else 20,
        backup_park=(5_000, 30) if quick else (50_000, 30),
        grid=grid,
        quick=quick,
    )


def fill(names: list[str], options: Options) -> None:
    """Make the parks that these scenarios keep, where they are not there or not of today."""
    if OF_THE_PEAK & set(names):
        refilled(options.parks, options.peak_workers, 1)
    if "backup" in names:
        refilled(options.parks, *options.backup_park)
    if "growth" in names:
        for workers, days in options.grid:
            kept_park(options.parks, workers, days)


if __name__ == "__main__":
    sys.exit(main())
