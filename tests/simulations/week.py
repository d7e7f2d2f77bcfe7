"""Days of a park, minute by minute: schedulers that die, a clock that jumps, people, notices."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.checkins.actions.answers import record_check_in
from app.checkins.jobs import plan_due_duties
from app.checkins.rules.requests import CheckInRequest
from app.delivery.actions.grants import keep_grant
from app.delivery.actions.ledger import (
    NewDelivery,
    NewMessage,
    cancel_rest,
    mark_delivered,
    open_message,
    show_message,
    stop_message,
)
from app.delivery.actions.reports import keep_event
from app.delivery.actions.roads import queue_by_road
from app.delivery.channels.in_app import InApp
from app.delivery.grants import TOGETHER
from app.delivery.jobs.asking import ask_sent
from app.delivery.jobs.health import look_at_channels
from app.delivery.jobs.hearing import hear_reports
from app.delivery.jobs.rounds import send_due_deliveries
from app.delivery.models import ChannelState, Delivery
from app.delivery.queries.grants import find_tokens
from app.delivery.queries.inbox import list_inbox
from app.delivery.registry import roads_of
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.grants import ZALO
from app.delivery.rules.messages import MessageKind
from app.extensions import db
from app.kernel.actors import Actor, Grant, Role
from app.kernel.clock import local_day
from app.kernel.refusals import Refusal
from app.reminders.actions.schedules import set_removed, set_running
from app.reminders.jobs import run_due_reminders
from app.reminders.models import ReminderSchedule
from app.schedule import LEASE, LEASE_LASTS
from app.settings import Settings
from app.upkeep.actions.leases import take_lease
from app.web.transaction import transact
from app.workforce.actions.people import end_work
from app.workforce.models import Worker
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import Node
from tests.factories.people import STORY
from tests.simulations.park import STARTS, WORK, Human, Town, make_town
from tests.simulations.peers import (
    Door,
    OwnChannels,
    Peers,
    Ring,
    join_zalo,
    switch_bells_on,
)
from tests.simulations.provider import Call, Provider
from tests.simulations.stage import Stage, Watched
from tests.simulations.ticking import Ticking

SMS, EMAIL = ChannelName.SMS_HTTP, ChannelName.EMAIL
MINUTE = timedelta(minutes=1)
NOTICES_HOLD = timedelta(hours=3)
WELL: dict[str, Any] = {"symptoms": [], "temperature_c": 36.5, "exposures": {"contact_case": False}}


@dataclass(frozen=True, slots=True)
class Script:
    """What is played; a fault is easier to see with fewer people and hours.

    `hands`: threads that send over one channel at once; 0 keeps the order that the seed draws.
    `peers`: the channels of Zalo, eSMS, SpeedSMS and push in front of their peers; else two that
    are made up.
    """

    seed: int
    people: int = 60
    hours: int = 8
    companies: int = 2
    crashes: float = 0.004
    jumps: bool = True
    hands: int = 0
    shifts: tuple[ShiftCode, ...] = WORK
    peers: bool = False

    @property
    def per_minute(self) -> int:
        """So few that a message to many is on its way for minutes, in which much may happen."""
        return max(15, self.people // 10) if self.peers else max(2, self.people // 40)


@dataclass(frozen=True, slots=True)
class Turn:
    """Something after which these deliveries may not go any more.

    `known`: all that stood for it then, with its status; `open_calls`: how many calls of each
    had been claimed and not yet begun.
    """

    order: int
    at: datetime
    why: str
    key: tuple[Any, ...]
    known: dict[str, str]
    open_calls: dict[str, int]


@dataclass(slots=True)
class Week:
    """The park while it lives, and all that its model wrote down of it."""

    node: Node
    script: Script
    rng: Random
    stage: Stage
    town: Town
    posts: dict[ChannelName, Provider | Door]
    order: Counter[str]
    turns: list[Turn] = field(default_factory=list)
    notices: dict[str, datetime] = field(default_factory=dict)
    in_parallel: set[str] = field(default_factory=set)
    shown: list[tuple[str, str, datetime]] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)
    today: list[tuple[datetime, Human, date]] = field(default_factory=list)
    spread_on: date | None = None
    peers: Peers | None = None
    misheard: list[str] = field(default_factory=list)
    half_over: datetime = field(init=False)

    def __post_init__(self) -> None:
        """From the half on, what has not come about by chance is seen to."""
        self.half_over = self.now() + timedelta(hours=self.script.hours) / 2

    @property
    def roads(self) -> tuple[tuple[str, str], ...]:
        """The roads out of the house in their order, each with what of a human opens it."""
        return ROADS if self.peers is None else PEER_ROADS

    @property
    def book(self) -> list[Call]:
        """What the providers wrote down, in the order in which it happened."""
        calls = [call for post in self.posts.values() for call in post.book]
        return sorted(calls, key=lambda call: call.order)

    @property
    def app(self) -> Flask:
        return self.node.app

    @property
    def settings(self) -> Settings:
        found: Settings = self.app.config["SETTINGS"]
        return found

    def now(self) -> datetime:
        return self.node.clock.now()

    # What the schedulers do.

    def scheduler(self, holder: str) -> None:
        """One round of a process that would run the jobs."""
        with self.app.app_context():
            if not transact(self._lease(holder)):
                return
            jobs: list[Callable[[], object]] = [
                run_due_reminders,
                send_due_deliveries,
                hear_reports,
            ]
            if self.peers is not None:
                jobs += [ask_sent, *[look_at_channels] * (self.now().minute % 15 == 0)]
                jobs += [lambda: self._go_on_sending(holder)] * (self.rng.random() < 0.25)
            if self.now().minute % 30 < 2:
                jobs.append(plan_due_duties)
            self.rng.shuffle(jobs)
            for job in jobs:
                self.stage.point()
                job()

    def _go_on_sending(self, holder: str) -> None:
        """A minute in which sending hardly rests, so that the limits are met."""
        for _ in range(6):
            if transact(self._lease(holder)):
                send_due_deliveries()

    def _lease(self, holder: str) -> Callable[[Session], bool]:
        return lambda s: take_lease(s, LEASE, holder, lasts=LEASE_LASTS, now=self.now())

    # What people do.

    def world(self) -> None:
        """What happens outside in this minute."""
        with self.app.app_context():
            for act in self._acts():
                self.stage.point()
                act()

    def _acts(self) -> Iterator[Callable[[], None]]:
        now, rng = self.now(), self.rng
        self._spread(local_day(now, self.settings.timezone))
        due, self.today = _split(self.today, now)
        for _, human, on in due:
            yield lambda human=human, on=on: self._answer(human, on)  # type: ignore[misc]
        yield self._hear
        announces, stops = (1 / 80, 1 / 8) if self.peers is None else (1 / 25, 1 / 40)
        if now > self.half_over and not self.did["cancelled"]:
            announces = stops = 1
        chances: tuple[tuple[float, Callable[[], None]], ...] = (
            (0.2, self._fetch),
            (1 / 90, self._edit),
            (1 / 400, self._leave),
            (announces, self._announce),
            (stops, self._stop),
            (1 / 20, self._resume),
        )
        yield from (act for chance, act in chances if rng.random() < chance)

    def _spread(self, today: date) -> None:
        """When each of those who work today or tomorrow will answer."""
        if self.spread_on == today:
            return
        days = [today, today + timedelta(days=1)] if self.spread_on is None else [today]
        self.spread_on = today
        for on, human in itertools.product(days, self.town.people.values()):
            if human.works_on(on) and self.rng.random() < 0.7:
                start = datetime(on.year, on.month, on.day, tzinfo=self.settings.timezone)
                reminded = self.rng.random() < 0.6
                minutes = self.rng.randint(-62, -30) if reminded else self.rng.randint(-80, 20)
                at = start + timedelta(hours=STARTS[human.shift], minutes=minutes)
                self.today.append((at, human, on))

    def _commit(self, work: Callable[[Session], Any]) -> Any:
        """A write after which nobody goes on before the model has written down what it means."""
        db.session.remove()
        writer: Any = self.app.extensions["writer"]
        result = getattr(writer, "inner", writer).run([work])[0]
        if isinstance(result, BaseException):
            raise result
        self.order["all"] += 1
        return result

    def _open(self, session: Session, *chosen: Any) -> tuple[dict[str, str], dict[str, int]]:
        rows = session.execute(
            select(Delivery.id, Delivery.status, Delivery.attempt_count).where(*chosen)
        ).all()
        begun = Counter[str]()
        for post in self.posts.values():
            begun += post.begun
        return (
            {each.id: each.status for each in rows},
            {
                each.id: max(0, each.attempt_count - begun[each.id])
                for each in rows
                if each.status == "sending"
            },
        )

    def _turn(
        self, why: str, key: tuple[Any, ...], held: tuple[dict[str, str], dict[str, int]]
    ) -> None:
        self.turns.append(Turn(self.order["all"], self.now(), why, key, *held))
        self.did[why] += 1

    def _answer(self, human: Human, on: date) -> None:
        own = Actor(human.id, "x", (Grant(Role.WORKER, "/"),), worker_id=human.id)
        actor = own if self.rng.random() < 0.7 else STORY  # somebody asked them at the line
        now = self.now()

        def work(session: Session) -> tuple[dict[str, str], dict[str, int]]:
            held = self._open(session, Delivery.person_id == human.id)
            request = CheckInRequest(human.id, on, human.shift, WELL, now)
            record_check_in(session, request, settings=self.settings, actor=actor, now=now)
            return held

        try:
            held = self._commit(work)
        except Refusal as refusal:
            self.did[f"refused {refusal.code}"] += 1
            return
        self._turn("answered", (human.id, on, human.shift), held)

    def _fetch(self) -> None:
        person_id = self.rng.choice(list(self.town.people))
        items = list_inbox(db.session(), person_id, "vi", self.now())
        self.shown += [(person_id, each.id, self.now()) for each in items]
        fresh = [each.id for each in items if each.is_new]
        self._commit(lambda s: mark_delivered(s, person_id, fresh, now=self.now()))
        self.did["fetched"] += 1

    def _edit(self) -> None:
        schedule_id = self.rng.choice(list(self.town.schedules))
        what = self.rng.choice(
            ("pause", "resume", "resume", "remove", "restore", "restore", "move")
        )

        def work(session: Session) -> None:
            given = {"actor": STORY, "now": self.now()}
            if what in {"pause", "resume"}:
                active = what == "resume"
                set_running(session, schedule_id, active=active, settings=self.settings, **given)  # type: ignore[arg-type]
            elif what == "move":
                row = session.get_one(ReminderSchedule, schedule_id)
                row.offset_minutes = max(-120, row.offset_minutes + self.rng.randint(-20, 20))
            else:
                set_removed(session, schedule_id, removed=what == "remove", **given)  # type: ignore[arg-type]

        try:
            self._commit(work)
        except Refusal:
            return
        self.did["edited"] += 1

    def _leave(self) -> None:
        human = self.rng.choice(list(self.town.people.values()))
        if human.leaves_on is not None:
            return
        today = local_day(self.now(), self.settings.timezone)

        def work(session: Session) -> tuple[dict[str, str], dict[str, int]]:
            held = self._open(session, Delivery.person_id == human.id)
            worker = session.get_one(Worker, human.id)
            end_work(session, worker, last_on=today, actor=STORY, now=self.now())
            return held

        held = self._commit(work)
        human.leaves_on = today
        self._turn("left", (human.id,), held)

    def _announce(self) -> None:
        """An urgent notice to some people, written down in two steps."""
        here = sorted(each.id for each in self.town.people.values() if each.leaves_on is None)
        people = self.rng.sample(here, k=len(here) // 2)
        now = self.now()
        text = {"vi": f"[urgent] {now:%d/%m %H:%M}"}
        message = NewMessage(
            MessageKind.NOTICE,
            f"n:{self.order['all']}.{len(self.notices)}:1",
            text,
            text,
            None,
            "Ban quản lý",
            now,
            now + NOTICES_HOLD,
            Lane.URGENT,
            in_parallel=len(self.notices) % 2 == 0,
        )

        def step(session: Session, part: list[str]) -> str:
            message_id = open_message(session, message, now=now)
            queue_by_road(
                session,
                message_id,
                [NewDelivery(each, "vi") for each in part],
                lane=Lane.URGENT,
                not_before=now,
                expires_at=now + NOTICES_HOLD,
                roads=roads_of(self.settings),
                now=now,
            )
            return message_id

        half = len(people) // 2
        message_id: str = transact(lambda s: step(s, people[:half]))
        transact(lambda s: step(s, people[half:]))
        transact(lambda s: show_message(s, message_id, now=self.now()))
        self.notices[message_id] = now
        if message.in_parallel:
            self.in_parallel.add(message_id)
            self.did["announced in parallel"] += 1
        self.did["announced"] += 1

    def _stop(self) -> None:
        running = [each for each, at in self.notices.items() if self.now() - at < 30 * MINUTE]
        stopped = {turn.key[0] for turn in self.turns if turn.why == "stopped"}
        if not (left := [each for each in running if each not in stopped]):
            return
        message_id = self.rng.choice(left)

        def work(session: Session) -> tuple[dict[str, str], dict[str, int]]:
            stop_message(session, message_id, now=self.now())
            return self._open(session, Delivery.message_id == message_id)

        self._turn("stopped", (message_id,), self._commit(work))
        while transact(lambda s: cancel_rest(s, message_id, limit=20)):
            self.did["cancelled"] += 1

    def _hear(self) -> None:
        """Providers call back; what they tell is kept until a job looks at it."""
        for name, post in self.posts.items():
            if isinstance(post, Provider):
                for told in post.calls_back():
                    self._commit(lambda s, n=name, t=told: keep_event(s, n, t, now=self.now()))
        for ring in self.peers.rings() if self.peers is not None else ():
            self._ring(ring)

    def _ring(self, ring: Ring) -> None:
        """A provider calls the park's own address."""
        with self.app.test_client() as client:
            status = client.open(
                ring.path, method=ring.method, data=ring.body, headers=dict(ring.headers)
            ).status_code
        self.did[f"calls answered {status}"] += 1
        if status != ring.expects:
            self.misheard.append(f"{ring} was answered {status}")

    def _resume(self) -> None:
        """Somebody looked after a channel that waits for a person, and the account behind it."""
        self._give_grant()
        self._commit(
            lambda s: s.execute(
                update(ChannelState).where(ChannelState.resume_at.is_(None)).values(paused=False)
            ).close()
        )

    def _give_grant(self) -> None:
        """Somebody pays, and pastes new tokens where the grant was lost."""
        if (peers := self.peers) is None:
            return
        peers.top_up()
        db.session.remove()
        tokens = find_tokens(db.session(), ZALO)
        if tokens is None or tokens.grant.problem:
            pasted = "", peers.zalo.refresh_token
            given: dict[str, Any] = {"channels": TOGETHER, "actor": STORY, "now": self.now()}

            def paste(session: Session) -> None:
                keep_grant(session, ZALO, *pasted, **given)

            self._commit(paste)
            self.did["pasted tokens"] += 1

    # How it goes on.

    def live(self) -> None:
        """All the hours of the script, then calm ones in which everything comes to an end."""
        names = iter(f"process {n}" for n in itertools.count())
        holders = [next(names), next(names)]
        end = self.now() + timedelta(hours=self.script.hours)
        minutes = 0
        while self.now() < end and minutes < self.script.hours * 90:
            minutes += 1
            parts: dict[str, tuple[Callable[[], None], bool]] = {
                holder: (lambda holder=holder: self.scheduler(holder), True)  # type: ignore[misc]
                for holder in holders
            }
            parts["world"] = (self.world, False)
            self.stage.crashes = self.script.crashes
            dead = self.stage.play(parts)
            holders = [next(names) if each in dead else each for each in holders]
            self.node.clock.at += MINUTE
            if self.script.jumps and self.rng.random() < 1 / 120:
                self._jump()
        self._calm_down(next(names))

    def _jump(self) -> None:
        minutes = self.rng.choice((-90, -20, -5, 7, 25, 130))
        self.node.clock.at += minutes * MINUTE
        self.did["jumped on" if minutes > 0 else "jumped back"] += 1

    def _calm_down(self, holder: str) -> None:
        self.stage.crashes = 0.0
        for post in self.posts.values():
            post.gentle = True
        if self.peers is not None:
            self.peers.calm_down()
        for _ in range(5):
            self.node.clock.at += MINUTE
            self.stage.play({holder: (lambda: self.scheduler(holder), False)})
        for _ in range(30):
            self.node.clock.at += timedelta(minutes=20)
            self._resume_all()
            with self.app.app_context():
                self._hear()
                hear_reports()
                send_due_deliveries()

    def _resume_all(self) -> None:
        with self.app.app_context():
            self._give_grant()
            transact(lambda s: s.execute(update(ChannelState).values(paused=False)).close())


def _split(
    waiting: list[tuple[datetime, Human, date]], now: datetime
) -> tuple[list[tuple[datetime, Human, date]], list[tuple[datetime, Human, date]]]:
    return [each for each in waiting if each[0] <= now], [each for each in waiting if each[0] > now]


# As an operator would set two channels up; the peers of this process stand behind them.
CHANNEL_SETTINGS = (
    ("ANCA_SMS_URL", "https://sms.example/send"),
    ("ANCA_SMS_BODY", '{"to": "{address}", "text": "{text}"}'),
    ("ANCA_SMS_OK_POINTER", "/code"),
    ("ANCA_SMS_OK_VALUES", "100"),
    ("ANCA_SMS_LANES", "urgent normal"),
    ("ANCA_SMTP_HOST", "mail.example"),
    ("ANCA_SMTP_FROM", "an-ca@example.org"),
)


ROADS = ((str(SMS), "has_phone"), (str(EMAIL), "has_mail"))
PEER_ROADS = (
    ("zalo_cs", "has_zalo"),
    ("zalo_tpl_uid", "has_zalo"),
    ("zalo_tpl_phone", "has_phone"),
    ("sms_esms", "has_phone"),
    ("sms_speedsms", "has_phone"),
)


@contextmanager
def watched(
    node: Node, stage: Stage, given: Iterable[tuple[str, str]], made: Mapping[ChannelName, Any]
) -> Iterator[None]:
    """The node's writer stops at the points of a stage; no plug is pulled, so none need be safe."""
    writer, channels = node.app.extensions["writer"], node.app.extensions["channels"]
    settings = node.app.config["SETTINGS"]
    more = replace(settings, channel_settings=tuple(given))
    node.app.config["SETTINGS"] = writer.info["settings"] = more
    node.app.extensions["channels"] = made
    if node.kind == "sqlite":
        raw = writer.engine.raw_connection()
        raw.cursor().execute("PRAGMA synchronous=OFF").close()
        raw.close()
    node.app.extensions["writer"] = Watched(writer, stage)
    try:
        yield
    finally:
        node.app.extensions["writer"] = writer
        node.app.extensions["channels"] = channels
        node.app.config["SETTINGS"] = writer.info["settings"] = settings
        writer.stop()


def play(node: Node, script: Script, ticking: Ticking) -> Week:
    """Make a park and let it live by a script."""
    rng = Random(script.seed)
    stage, order = Stage(Random(rng.random())), Counter[str]()
    node.clock.at -= timedelta(minutes=45)  # before the first reminders of the day
    with node.app.app_context():
        settings = node.app.config["SETTINGS"]
        town = transact(
            lambda s: make_town(
                s,
                settings,
                rng,
                node.clock.now(),
                people=script.people,
                companies=script.companies,
                shifts=script.shifts,
            )
        )
        plan_due_duties()
        db.session.remove()
    if script.peers:
        return _play_with_peers(Week(node, script, rng, stage, town, {}, order), ticking)
    posts = {
        name: Provider(
            name,
            script.seed,
            node.clock,
            stage,
            order,
            max_per_minute=script.per_minute,
            at_once=script.hands,
        )
        for name in (SMS, EMAIL)
    }
    week = Week(node, script, rng, stage, town, {**posts}, order)
    with watched(node, stage, CHANNEL_SETTINGS, {ChannelName.IN_APP: InApp(), **posts}):
        week.live()
    return week


def _play_with_peers(week: Week, ticking: Ticking) -> Week:
    """The same with the channels of Zalo, SMS and push, each process having its own."""
    node, script = week.node, week.script
    peers = Peers(
        script.seed,
        node.clock,
        ticking,
        week.stage,
        week.order,
        per_minute=script.per_minute,
        people=script.people,
    )
    week.peers, week.posts = peers, {**peers.doors}
    made = OwnChannels(lambda: peers.channels_for(week.settings), week.stage)
    with node.app.app_context():
        transact(lambda s: join_zalo(s, week.town, peers, node.clock.now()))
        at = node.clock.now()
        transact(lambda s: switch_bells_on(s, week.town, peers, week.settings, at))
        pasted = "access-0", "refresh-0"
        given: dict[str, Any] = {"channels": TOGETHER, "actor": STORY, "now": node.clock.now()}
        transact(lambda s: keep_grant(s, ZALO, *pasted, **given))
        db.session.remove()
    with watched(node, week.stage, peers.settings().items(), made):
        week.live()
    return week
