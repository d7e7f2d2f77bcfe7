"""The logs: a park that was away for a month, its normal day, and the day of many parks."""

import base64
import multiprocessing
import random
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from app.checkins.rules import Counts
from app.factory import build_app
from app.kernel.actors import program
from app.kernel.ids import new_id
from app.settings import NodeRole, Settings
from app.sync.actions.enrolment import enrol, invite_park
from app.sync.actions.log import append_entry
from app.sync.actions.pulling import pull_entries
from app.sync.actions.pushing import push_entries
from app.sync.actions.sending_down import append_down
from app.sync.gateways.bell import PROOF_BYTES, QUESTION_BYTES, SIGN_OF_LIFE_SECONDS
from app.sync.gateways.calls import TIGHT, tight_call
from app.sync.gateways.signing import new_box_key, new_sign_key, public_part, sign
from app.sync.jobs import pull_log, push_log, ring_parks
from app.sync.models import KnownNode
from app.sync.rules import CompanyFigures, Head, day_summary, entry_payload, head_after
from app.sync.rules.summaries import shift_summary
from app.web.schema import upgrade
from app.web.transaction import transact
from app.workforce.rules.shifts import ShiftCode
from benchmarks.figures import Options, Report
from tests.postgres import find_cluster

COMPANIES = 100
DAYS_AWAY = 30
SHIFTS = (ShiftCode("ca1"), ShiftCode("ca2"), ShiftCode("ca3"))
FEEDBACK_A_DAY = 5
NOTICES_A_DAY = 2
STORY = program("benchmark")
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
Body = dict[str, Any]


def sync(report: Report, options: Options) -> None:
    """Everything that is asked of the logs."""
    folder = options.scratch / "sync"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _park_away(report, folder)
    _normal_days(report, folder)
    _many_parks(report, folder, parks=50 if options.workers < 50_000 else 500)


def bodies_of_day(on: date, draw: random.Random, companies: int = COMPANIES) -> list[Body]:
    """What a park says of a day: shifts, their revisions, the totals."""
    said: list[Body] = []
    newest: dict[ShiftCode, Body] = {}
    began = datetime(on.year, on.month, on.day, tzinfo=UTC)
    for place, shift in enumerate(SHIFTS):
        at = began + timedelta(hours=8 * place)
        figures = [_figures(n, draw) for n in range(companies)]
        earlier: list[Body] = []
        for look in range(2):
            figures[look * 7 % companies] = _figures(look * 7 % companies, draw)
            earlier.append(
                shift_summary(
                    on=on,
                    shift=shift,
                    starts_at=at,
                    ends_at=at + timedelta(hours=8),
                    final=look > 0,
                    as_of=at + timedelta(hours=1 + look),
                    figures=figures,
                    earlier=earlier,
                )
            )
        said += earlier
        newest[shift] = earlier[-1]
    for look in range(3):
        said.append(
            day_summary(
                on=on,
                final=look == 2,
                as_of=began + timedelta(hours=10 + 6 * look),
                shifts=list(newest.values())[: look + 1],
                revision=look + 1,
            )
        )
    return said


def _figures(n: int, draw: random.Random) -> CompanyFigures:
    expected = draw.randint(30, 400)
    answered = expected - draw.randint(0, 20)
    amber, red = draw.randint(0, 4), draw.randint(0, 1)
    counts = Counts(
        expected=expected,
        answered=answered,
        on_time=answered - draw.randint(0, 10),
        absent=draw.randint(0, expected - answered),
        green=answered - amber - red,
        amber=amber,
        red=red,
    )
    symptoms = {"fever": draw.randint(0, 2), "cough": draw.randint(0, 3)}
    return CompanyFigures(f"DN{n:03}", counts, symptoms, red, answered, answered // 2, 3, 4)


@dataclass(slots=True)
class Wire:
    """A relay in front of a port that counts every byte of both ways."""

    port: int
    carried: int = 0
    calls: int = 0
    server: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        """Where a park finds the province behind it."""
        return f"http://127.0.0.1:{self.server.getsockname()[1]}"

    def start(self) -> None:
        """Begin to carry."""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            here, _ = self.server.accept()
            self.calls += 1
            there = socket.create_connection(("127.0.0.1", self.port))
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        while part := one.recv(65536):
            self.carried += len(part)
            other.sendall(part)
        other.shutdown(socket.SHUT_WR)


@dataclass(slots=True)
class DayClock:
    """A clock that goes on by the step."""

    at: datetime

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.at


def _node(
    folder: Path,
    role: NodeRole,
    url: str | None = None,
    clock: DayClock | None = None,
    bell_port: int = 0,
) -> Flask:
    folder.mkdir(exist_ok=True)
    database = url or f"sqlite:///{folder / 'anca.db'}"
    settings = Settings(
        instance=folder,
        role=role,
        name="KCN",
        database_url=database,
        scheduler=False,
        bell_port=bell_port,
    )
    app = build_app(settings, clock)
    with app.app_context():
        upgrade(app.extensions["writer"].engine)
    return app


class _AsServed(WSGIRequestHandler):
    """Names itself as the server does that a node runs on."""

    server_version, sys_version = "granian", ""

    def version_string(self) -> str:
        return self.server_version

    def send_header(self, keyword: str, value: str) -> None:
        """The header, unless it says that the line is closed: that server leaves it open."""
        if keyword != "Connection":
            super().send_header(keyword, value)

    def log_request(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def _served(app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_AsServed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


def _park_away(report: Report, folder: Path) -> None:
    centre = _node(folder / "province", NodeRole.PROVINCE)
    park = _node(folder / "park", NodeRole.PARK)
    draw = random.Random(1)
    with _served(centre) as port:
        wire = Wire(port)
        wire.start()
        clock = park.extensions["clock"]
        with centre.app_context():
            code, _ = transact(partial(invite_park, name="KCN", actor=STORY, now=clock.now()))
        with park.app_context():
            settings = park.config["SETTINGS"]
            node = enrol(transact, clock, settings, wire.url, code, actor=STORY)
        for day in range(DAYS_AWAY):
            _note_day(park, centre, node, day, draw)
        seconds, carried = _exchange(park, wire)
        entries = DAYS_AWAY * (9 + FEEDBACK_A_DAY)
        note = f"{entries} entries up, {DAYS_AWAY * NOTICES_A_DAY} down"
        report.add("park away 30 days: catches up", seconds, "s", at_most=60, note=note)
        report.add("park away 30 days: on the wire", carried / 1e6, "MB", at_most=2, note=note)


FEEDBACK_AT = (7, 9, 13, 18, 21)  # hours
NOTICES_AT = (8, 15)
STEP = timedelta(minutes=2)
PROOFS_A_DAY = 24 * 3600 // SIGN_OF_LIFE_SECONDS * (QUESTION_BYTES + 1 + PROOF_BYTES)
CONTENT = "Khai báo trước ca. " * 20


def _normal_days(report: Report, folder: Path) -> None:
    """Days as they come: each thing sent when it is written, asked for in between."""
    for companies, must in ((COMPANIES, 50), (30, None)):
        for rings in (True, False):
            carried, calls = _normal_day(folder / f"day{companies}{rings}", companies, rings=rings)
            name = f"a normal day, {companies} companies, " + (
                "rung" if rings else "without a bell"
            )
            note = f"{calls} calls, no TLS"
            if rings:
                carried += PROOFS_A_DAY
                note += f"; {PROOFS_A_DAY / 1e3:.1f} kB of it the bell's"
            report.add(name, carried / 1e3, "kB", at_most=must, note=note)


def _normal_day(folder: Path, companies: int, *, rings: bool) -> tuple[int, int]:
    """Bytes both ways from midnight to midnight, and how many calls."""
    folder.mkdir()
    clock = DayClock(BEGAN)
    bell_port = _free_port() if rings else 0
    centre = _node(folder / "province", NodeRole.PROVINCE, clock=clock, bell_port=bell_port)
    park = _node(folder / "park", NodeRole.PARK, clock=clock)
    draw = random.Random(3)
    said = _said_at(companies, draw)
    with _served(centre) as port:
        wire = Wire(port)
        wire.start()
        with centre.app_context():
            ring_parks()
            code, _ = transact(partial(invite_park, name="KCN", actor=STORY, now=clock.at))
        with park.app_context():
            node = enrol(transact, clock, park.config["SETTINGS"], wire.url, code, actor=STORY)
        with centre.app_context():
            ring_parks()
        with park.app_context():
            _first_contact(park, rings=rings)
        wire.carried = wire.calls = 0
        while clock.at < BEGAN + timedelta(days=1):
            for kind, body in said.pop(clock.at, []):
                with park.app_context():
                    transact(partial(append_entry, kind=kind, body=body, now=clock.at))
            if clock.at.hour in NOTICES_AT and clock.at.minute == 30:
                _tell(centre, park, node, clock, rings=rings)
            with park.app_context():
                push_log()
                pull_log()
            clock.at += STEP
        assert not said
    return wire.carried, wire.calls


def _said_at(companies: int, draw: random.Random) -> dict[datetime, list[tuple[str, Body]]]:
    """What is written when: each shift twice, the totals with the second, notes of workers."""
    said: dict[datetime, list[tuple[str, Body]]] = {}
    bodies = bodies_of_day(BEGAN.date(), draw, companies)
    for place, total in enumerate(bodies[6:]):
        begins = BEGAN + timedelta(hours=8 * place)
        said[begins + timedelta(hours=1)] = [("summary", bodies[2 * place])]
        later = begins + timedelta(hours=4)
        said[later] = [("summary", bodies[2 * place + 1]), ("summary", total)]
    for hour in FEEDBACK_AT:
        text = base64.b64encode(draw.randbytes(300)).decode()
        said[BEGAN + timedelta(hours=hour, minutes=20)] = [("feedback", {"jwe": text})]
    return said


def _first_contact(park: Flask, *, rings: bool) -> None:
    pull_log()
    ear = park.extensions["ear"]
    while rings and not ear.hears:
        time.sleep(0.01)
    pull_log()  # the line has just opened: asked once more


def _tell(centre: Flask, park: Flask, node: str, clock: DayClock, *, rings: bool) -> None:
    with centre.app_context():
        transact(lambda s: append_down(s, node, "notice", {"text": CONTENT}, clock.at))
        ring_parks()
    until = time.monotonic() + 5
    while rings and not park.extensions["ear"].rang and time.monotonic() < until:
        time.sleep(0.01)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _note_day(park: Flask, centre: Flask, node: str, day: int, draw: random.Random) -> None:
    now = BEGAN + timedelta(days=day)

    def up(session: Session) -> None:
        for body in bodies_of_day(now.date(), draw):
            append_entry(session, "summary", body, now)
        for n in range(FEEDBACK_A_DAY):
            text = base64.b64encode(draw.randbytes(300)).decode()
            append_entry(session, "feedback", {"n": n, "jwe": text}, now)

    def down(session: Session) -> None:
        for n in range(NOTICES_A_DAY):
            append_down(session, node, "notice", {"n": n, "text": "Khai báo trước ca. " * 20}, now)

    with park.app_context():
        transact(up)
    with centre.app_context():
        transact(down)


def _exchange(park: Flask, wire: Wire) -> tuple[float, int]:
    before, began = wire.carried, time.perf_counter()
    with park.app_context():
        clock, settings = park.extensions["clock"], park.config["SETTINGS"]
        for exchange in (push_entries, pull_entries, push_entries):
            done = exchange(transact, clock, settings, by_hand=True)
            if done.stopped_by is not None:
                raise SystemExit(f"the exchange stopped: {done.stopped_by.code}")
    return time.perf_counter() - began, wire.carried - before


def _many_parks(report: Report, folder: Path, *, parks: int) -> None:
    place = Path(tempfile.mkdtemp(prefix="anca-bench-postgres-"))
    cluster = find_cluster(place)
    if isinstance(cluster, str):
        report.skip(cluster)
        return
    with cluster:
        url = cluster.new_database("province")
        centre = _node(folder / "many", NodeRole.PROVINCE, url)
        calls, first_key = _calls(centre, folder, parks)
        bare = _bare_seconds(calls[0][2], first_key)
        inserted = _insert_seconds(cluster.new_database("floor"), calls[0][2], rounds=100)
        with centre.app_context():
            centre.extensions["writer"].stop()
        alone = parks // 5
        context = multiprocessing.get_context("spawn")
        took = _taken_by(context, folder, url, [calls[:alone]])
        each = took / sum(len(call[2]) for call in calls[1:alone])
        report.add("one entry of a call of nine, by one process", each * 1e3, "ms")
        report.add("  bare signature check of the same", bare * 1e3, "ms")
        report.add("  bare insert of the same, nine a commit", inserted * 1e3, "ms")
        # Keeping nine entries and committing costs more than checking them: both are the floor.
        report.add("  against both together", each / (bare + inserted), "times", at_most=5)
        _full_calls(report, folder / "full", cluster.new_database("full"))
        rest = calls[alone:]
        took += _taken_by(context, folder, url, [rest[::2], rest[1::2]])
        report.add(f"a day of {parks} parks, verified", took, "s", at_most=30)
    shutil.rmtree(place, ignore_errors=True)


Call = tuple[str, Path, list[str]]


def _calls(centre: Flask, folder: Path, parks: int) -> tuple[list[Call], str]:
    """The day's call of each park, signed and packed beforehand as the park would."""
    draw = random.Random(2)
    said = bodies_of_day(date(2026, 11, 24), draw)
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    calls: list[Call] = []
    rows: list[Body] = []
    for n in range(parks):
        node, key, head = new_id(now), new_sign_key(), Head()
        entries = []
        for body in said:
            payload = entry_payload(head, node=node, kind="summary", made_at=now, body=body)
            entries.append(sign(payload, key))
            head = head_after(head, entries[-1])
        path = folder / f"call-{n}.gz"
        path.write_bytes(tight_call(node, entries))
        calls.append((node, path, entries if n == 0 else [""] * len(entries)))
        rows.append(
            {
                "node": node,
                "name": f"KCN {n:03}",
                "sign_key": public_part(key),
                "box_key": public_part(new_box_key()),
                "enrolled_at": now,
            }
        )
    defaults = {"accepted_through": 0, "head_hash": "", "confirmed_through": 0, "version": ""}
    with centre.app_context():
        transact(lambda s: s.execute(insert(KnownNode), [row | defaults for row in rows]))
    first: Body = rows[0]
    return calls, first["sign_key"]["x"]


def _bare_seconds(entries: list[str], x: str) -> float:
    """What it costs to read the three parts and check the signature, and nothing else."""
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "="))
    rounds = 20
    began = time.perf_counter()
    for _ in range(rounds):
        for compact in entries:
            signed, _, signature = compact.rpartition(".")
            base64.urlsafe_b64decode(signed.partition(".")[2] + "==")
            key.verify(base64.urlsafe_b64decode(signature + "=="), signed.encode())
    return (time.perf_counter() - began) / rounds / len(entries)


def _taken_by(context: Any, folder: Path, url: str, shares: list[list[Call]]) -> float:
    """Seconds until so many processes have taken their shares in, their start apart."""
    ready = context.Barrier(len(shares) + 1)
    workers = [
        context.Process(
            target=_take, args=(folder / f"worker{n}", url, [call[1] for call in share], ready)
        )
        for n, share in enumerate(shares)
    ]
    for worker in workers:
        worker.start()
    ready.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
        if worker.exitcode:
            raise SystemExit("a worker failed")
    return time.perf_counter() - began


def _insert_seconds(url: str, entries: list[str], *, rounds: int) -> float:
    """What it costs PostgreSQL to keep these bytes under a number, a commit for each round."""
    rows = [(n, compact.encode()) for n, compact in enumerate(entries)]
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE floor (round int, n int, b bytea, PRIMARY KEY (round, n))")
        connection.commit()
        began = time.perf_counter()
        for turn in range(rounds):
            with connection.cursor() as cursor:
                added = [(turn, n, compact) for n, compact in rows]
                cursor.executemany("INSERT INTO floor VALUES (%s, %s, %s)", added)
            connection.commit()
        return (time.perf_counter() - began) / rounds / len(rows)


FULL = 200  # entries, the most that one call may bring
SMALL = {"n": 0, "jwe": base64.b64encode(bytes(300)).decode()}


def _full_calls(report: Report, folder: Path, url: str) -> None:
    """Calls as full as they may be, as of a park that was away: the cost of an entry by kind."""
    centre = _node(folder, NodeRole.PROVINCE, url)
    client = centre.test_client()
    draw = random.Random(4)
    days = [bodies_of_day(date(2026, 11, 1) + timedelta(days=n), draw) for n in range(23)]
    summaries = [body for day in days for body in day][:FULL]
    for kind, bodies in (("summary", summaries), ("weather", [SMALL] * FULL)):
        calls = [_one_call(centre, kind, bodies) for _ in range(6)]
        bare = _bare_seconds(calls[0][1], calls[0][2])
        took = []
        for body, *_ in calls:
            began = time.perf_counter()
            answer = client.post("/api/v1/sync/entries", data=body, content_type=TIGHT)
            took.append((time.perf_counter() - began) / FULL)
            if answer.status_code != 200:
                raise SystemExit(answer.text)
        name = f"an entry of a full call ({len(calls[0][1][0]) / 1000:.1f} kB)"
        each = sorted(took)[len(took) // 2]
        note = f"bare check {bare * 1e3:.2f} ms"
        report.add(name, each * 1e3, "ms", note=note)
        report.add(f"{name} against its check", each / bare, "times", at_most=2)


def _one_call(centre: Flask, kind: str, bodies: list[Body]) -> tuple[bytes, list[str], str]:
    """A park of its own, and everything it has to say in one call."""
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    node, key, head = new_id(now), new_sign_key(), Head()
    entries = []
    for body in bodies:
        payload = entry_payload(head, node=node, kind=kind, made_at=now, body=body)
        entries.append(sign(payload, key))
        head = head_after(head, entries[-1])
    park = KnownNode(
        node=node,
        name=node,
        sign_key=public_part(key),
        box_key=public_part(new_box_key()),
        enrolled_at=now,
    )
    with centre.app_context():
        transact(lambda s: s.add(park))
    return tight_call(node, entries), entries, public_part(key)["x"]


def _take(folder: Path, url: str, paths: list[Path], ready: Any) -> None:
    shutil.copytree(folder.parent / "many", folder, dirs_exist_ok=True)
    app = _node(folder, NodeRole.PROVINCE, url)
    client = app.test_client()
    headers = {"Content-Type": TIGHT}

    def hand_in(path: Path) -> None:
        answer = client.post("/api/v1/sync/entries", data=path.read_bytes(), headers=headers)
        if answer.status_code != 200:
            raise SystemExit(answer.text)

    hand_in(paths[0])  # a server that has just begun reads its own code first
    ready.wait()
    for path in paths[1:]:
        hand_in(path)
