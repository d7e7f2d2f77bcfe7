"""`python -m benchmarks [--quick] [--only NAME]`: the figures of this program on this machine."""

import argparse
import sys
from pathlib import Path

from benchmarks.boards import boards
from benchmarks.checkins import checkins
from benchmarks.dispatch import dispatch
from benchmarks.drain import drain
from benchmarks.figures import Options, Report, Scenario, machine_facts
from benchmarks.floors import floors, fsync_rate
from benchmarks.imports import import_many, imports
from benchmarks.live_boards import live_boards
from benchmarks.notices import notices
from benchmarks.pages import pages
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
}
SCRATCH = Path(__file__).resolve().parent / "scratch"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs and a smaller park")
    parser.add_argument("--only", choices=SCENARIOS, help="one scenario, with the floors it needs")
    chosen = parser.parse_args()
    SCRATCH.mkdir(exist_ok=True)
    options = Options(
        seconds=4 if chosen.quick else 10,
        workers=5_000 if chosen.quick else 50_000,
        days=30 if chosen.quick else 90,
        scratch=SCRATCH,
    )
    names = [chosen.only] if chosen.only else list(SCENARIOS)
    steps = dict.fromkeys(step for name in names for step in SCENARIOS[name])
    report = Report()
    facts = machine_facts(fsync_rate(SCRATCH))
    for step in steps:
        step(report, options)
    return 0 if report.close(facts) else 1


if __name__ == "__main__":
    sys.exit(main())
