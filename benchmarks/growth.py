"""How page times grow with people and with days: every page in every park, and the slopes."""

import http.client
import json
import math
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from statistics import median

from benchmarks.boards import Browser
from benchmarks.curves import draw
from benchmarks.figures import RESULTS, Options, Report, part
from benchmarks.load import JSON_TYPE
from benchmarks.memory import signed_in
from benchmarks.parks import Park, kept_park
from benchmarks.people import Awaited, command, give_tokens

POINTS = RESULTS / "growth.json"
ASKED, WARM = 15, 2
# By how much the longest past may be above a curve that is straight over the logarithm of days.
ABOVE_LOGARITHM = 1.25
# Times this short are the server's own, whatever it looks up.
NOISE_MS = 10.0
CHECK_IN = "check-in"


@dataclass(frozen=True, slots=True)
class Point:
    """The median time of one page (ms) in a park of so many workers and days."""

    page: str
    workers: int
    days: int
    ms: float


def growth(report: Report, options: Options) -> None:
    """Each park in turn; then what the history costs, and the plots."""
    points: list[Point] = []
    sizes: dict[int, dict[int, int]] = {}
    for workers, days in options.grid:
        with part(f"Pages, {workers:,} workers x {days} days"):
            park = kept_park(options.parks, workers, days)
            sizes.setdefault(workers, {})[days] = park.bytes
            report.add("the database", park.bytes / 2**20, "MiB")
            for page, ms in _pages(park):
                points.append(Point(page, workers, days, ms))
                report.add(f"{page}, median", ms, "ms")
    with part("Slopes over days and over workers"):
        for page in dict.fromkeys(point.page for point in points):
            _slopes(report, page, [point for point in points if point.page == page])
        _bytes(report, sizes)
    RESULTS.mkdir(exist_ok=True)
    told = {"quick": options.quick, "points": [asdict(point) for point in points]}
    POINTS.write_text(json.dumps(told, indent=1), encoding="utf-8")
    if not options.quick:
        draw(POINTS)


def _bytes(report: Report, sizes: dict[int, dict[int, int]]) -> None:
    """What one worker and one day add to the file: duty, answer, one reminder, their indexes."""
    for workers, by_days in sizes.items():
        short, long = min(by_days), max(by_days)
        if long > short:
            each = (by_days[long] - by_days[short]) / (workers * (long - short))
            report.add(f"bytes a worker and day, {workers:,} workers", each, "B")


def _pages(park: Park) -> list[tuple[str, float]]:
    awaited = list(give_tokens(park.node, ASKED + WARM).awaited) if park.is_of_today else []
    message, worker_id = _newest_message(park), _a_worker(park)
    with park.node.serving():
        officer = signed_in(park.node, park.accounts["safety_officer"])
        manager = signed_in(park.node, park.accounts["park_manager"])
        asked = [
            ("/today", _opening(officer, "/today")),
            ("/workers?q=…", _opening(officer, "/workers?q=nguyen+hoa")),
            ("/workers/…", _opening(officer, f"/workers/{worker_id}")),
            ("/reminders", _opening(officer, "/reminders")),
            ("/compliance", _opening(manager, "/compliance")),
        ]
        if message:
            asked.append(("/messages/…", _opening(officer, f"/messages/{message}")))
        if awaited:
            phone = Phone(park.node.port)
            asked += [
                ("own record", lambda: phone.get("/api/v1/my-record", awaited[0].token)),
                ("inbox", lambda: phone.get("/api/v1/inbox", awaited[0].token)),
            ]
            people = iter(awaited)
            asked.append((CHECK_IN, lambda: phone.check_in(next(people))))
        return [(page, _median(ask)) for page, ask in asked]


def _opening(browser: Browser, page: str) -> Callable[[], None]:
    def ask() -> None:
        status = browser.take(page)
        if status != 200:
            raise SystemExit(f"{page} answers {status}")

    return ask


def _median(ask: Callable[[], None]) -> float:
    times = []
    for _ in range(WARM + ASKED):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return median(times[WARM:])


class Phone:
    """A worker's phone that asks with its token."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, token: str) -> None:
        self._ask("GET", path, None, {"Authorization": f"Bearer {token}"})

    def check_in(self, each: Awaited) -> None:
        body = json.dumps({"commands": [command(each, by_badge=False)]})
        headers = JSON_TYPE | {"Authorization": f"Bearer {each.token}"}
        answer = json.loads(self._ask("POST", "/api/v1/commands", body, headers))
        if answer["results"][0]["outcome"] != "applied":
            raise SystemExit(f"a check-in was refused: {answer['results'][0]}")

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> bytes:
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}")
        return text


def _newest_message(park: Park) -> str | None:
    company = "SELECT g.branch_id FROM role_grant AS g JOIN account AS a ON a.id = g.account_id"
    return _one(
        park,
        f"SELECT id FROM message WHERE kind = 'reminder' AND company_id IN ({company} "
        "WHERE a.login = ?) AND planned_at IS NOT NULL ORDER BY not_before DESC LIMIT 1",
    )


def _a_worker(park: Park) -> str | None:
    return _one(
        park,
        "SELECT w.id FROM worker AS w JOIN role_grant AS g ON g.branch_id = w.company_id "
        "JOIN account AS a ON a.id = g.account_id WHERE a.login = ? ORDER BY w.id LIMIT 1",
    )


def _one(park: Park, statement: str) -> str | None:
    login = park.accounts["safety_officer"]["login"]
    with closing(sqlite3.connect(f"file:{park.node.database}?mode=ro", uri=True)) as connection:
        found = connection.execute(statement, (login,)).fetchone()
    return str(found[0]) if found else None


def _slopes(report: Report, page: str, points: Sequence[Point]) -> None:
    for workers in sorted({point.workers for point in points}):
        past = sorted((point.days, point.ms) for point in points if point.workers == workers)
        if len(past) > 2:
            _over_days(report, f"{page}, {workers:,} workers", past)
    longest = max(sorted({point.days for point in points}), key=lambda days: _sizes(points, days))
    crowd = sorted((point.workers, point.ms) for point in points if point.days == longest)
    if len(crowd) > 1:
        (few, fast), (many, slow) = crowd[0], crowd[-1]
        power = math.log(slow / fast) / math.log(many / few)
        note = f"{fast:.0f} ms at {few:,}, {slow:.0f} ms at {many:,}, {longest} days"
        report.add(f"{page}: power of the number of workers", power, "", note=note)


def _sizes(points: Sequence[Point], days: int) -> int:
    return sum(point.days == days for point in points)


def _over_days(report: Report, name: str, past: Sequence[tuple[int, float]]) -> None:
    """Whether the last stretch is no steeper, over the logarithm of days, than the one before."""
    slope = log_slope(past)
    note = " -> ".join(f"{ms:.0f} ms at {days}" for days, ms in past)
    above = above_logarithm(past)
    report.add(f"{name}: for ten times the days", slope, "ms", note=note)
    report.add("  above the logarithm", above, "x", at_most=ABOVE_LOGARITHM)


def log_slope(past: Sequence[tuple[int, float]]) -> float:
    """The slope (ms for ten times the days) of the straight line that fits best."""
    xs, ys = [math.log10(days) for days, _ in past], [ms for _, ms in past]
    middle, level = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - middle) * (y - level) for x, y in zip(xs, ys, strict=True))
    return above / sum((x - middle) ** 2 for x in xs)


def above_logarithm(past: Sequence[tuple[int, float]]) -> float:
    """The last time, as a part of what a logarithm through the ones before it would let it be."""
    *before, (days, ms) = past
    (first, fast), (last, slow) = before[0], before[-1]
    steep = max(slow - fast, 0) / math.log(last / first)
    allowed = max(slow, fast) + steep * math.log(days / last)
    return max(ms - NOISE_MS, 0) / allowed
