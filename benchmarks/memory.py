"""How much memory a node holds: all its processes together, and what each heavy page adds."""

import time
from collections.abc import Callable

from benchmarks.boards import Browser
from benchmarks.figures import Options, Report, part
from benchmarks.imports import Memory
from benchmarks.node import ScratchNode
from benchmarks.parks import Park, refilled
from benchmarks.people import give_account_token

MOST_MIB = 400
MOST = "most memory of the node at any time"
ROUNDS = 3
WORTH_TELLING_MIB = 250
# Role, page: the largest lists and files that each role can ask for.
HEAVY = (
    ("safety_officer", "/today"),
    ("safety_officer", "/today/missing"),
    ("safety_officer", "/workers"),
    ("safety_officer", "/workers?q=nguyen"),
    ("safety_officer", "/reminders"),
    ("safety_officer", "/reports"),
    ("safety_officer", "/reports/daily.xlsx"),
    ("safety_officer", "/workers/duplicates"),
    ("safety_officer", "/groups"),
    ("park_manager", "/compliance?days=90"),
    ("park_manager", "/compliance/figures.xlsx?days=90"),
    ("park_manager", "/compliance/figures.csv?days=90"),
    ("park_manager", "/compliance/report.pdf?days=90"),
    ("admin", "/admin/node"),
)


def memory(report: Report, options: Options) -> None:
    """The node alone, then under the heaviest pages and files, with its clock running."""
    workers = options.peak_workers
    with part(f"Memory, {workers:,} workers"):
        park = refilled(options.parks, workers, 1)
        node = park.node
        token = give_account_token(node, park.accounts["gate"]["login"])
        node.environment["ANCA_SCHEDULER"] = "1"
        with node.serving() as server, Memory(server.pid, every=0.1) as watched:
            time.sleep(options.settled_seconds)
            report.add("the node after its start", watched.lately(), "MiB", at_most=MOST_MIB)
            slowest = _heavy_pages(report, park, watched)
            _gate_roster(report, park, token, watched)
            report.add(MOST, watched.most, "MiB", at_most=MOST_MIB, note=f"slowest page {slowest}")


def _heavy_pages(report: Report, park: Park, watched: Memory) -> str:
    browsers = {role: signed_in(park.node, park.accounts[role]) for role, _ in HEAVY}
    times: dict[str, float] = {}
    for role, page in HEAVY:
        watched.lately()
        times[page] = _timed(lambda browser=browsers[role], page=page: _opened(browser, page))
        if (most := watched.lately()) > WORTH_TELLING_MIB:
            report.add(f"  {page}, opened {ROUNDS} times", most, "MiB")
    page = max(times, key=lambda each: times[each])
    return f"{page}, {times[page]:.0f} ms"


def _opened(browser: Browser, page: str) -> None:
    for _ in range(ROUNDS):
        status = browser.take(page)
        if status != 200:
            raise SystemExit(f"{page} answers {status}")


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000 / ROUNDS


def _gate_roster(report: Report, park: Park, token: str, watched: Memory) -> None:
    """The list of badges that a gate without a network keeps: the whole park's."""
    browser, began = Browser(park.node.port), time.perf_counter()
    watched.lately()
    status = browser.take("/api/v1/gate/roster", {"Authorization": f"Bearer {token}"})
    if status != 200:
        raise SystemExit(f"the gate's roster answers {status}")
    note = f"{time.perf_counter() - began:.1f} s"
    report.add("  the roster of a gate", watched.lately(), "MiB", note=note)


def signed_in(node: ScratchNode, account: dict[str, str]) -> Browser:
    """A browser of an account of the office."""
    browser = Browser(node.port)
    browser.sign_in(account["login"], account["secret"])
    return browser
