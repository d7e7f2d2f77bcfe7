"""The real channels of Zalo, eSMS, SpeedSMS and push, in front of peers that fail by chance."""

import heapq
import itertools
import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import DeviceToken
from app.delivery.actions.contacts import keep_address
from app.delivery.actions.push import switch_push_on
from app.delivery.channels.calling import Caller
from app.delivery.channels.push_sealing import PushKeys
from app.delivery.channels.zalo_office import ZaloOffice
from app.delivery.models import ContactPoint
from app.delivery.registry import build_channels
from app.delivery.rules import Accepted, Channel, ChannelName, Outbound
from app.delivery.rules.push import WORDS, open_address, read_subscription
from app.delivery.rules.roads import AddressKind
from app.kernel.actors import Actor
from app.settings import Settings
from tests.conftest import SetClock
from tests.peers import esms as esms_peer
from tests.peers import speedsms as speed_peer
from tests.peers import zalo as zalo_peer
from tests.peers.esms import Esms
from tests.peers.gateway import Asked, Gateway
from tests.peers.push import PushService
from tests.peers.speedsms import Speedsms
from tests.peers.zalo import OA_ID, Zalo
from tests.simulations.park import Town
from tests.simulations.provider import DANGER, Call
from tests.simulations.stage import Stage
from tests.simulations.ticking import Ticking, Waiting

CS, UID = ChannelName.ZALO_CS, ChannelName.ZALO_TPL_UID
PHONE, SMS = ChannelName.ZALO_TPL_PHONE, ChannelName.SMS_ESMS
SPEED, PUSH = ChannelName.SMS_SPEEDSMS, ChannelName.WEB_PUSH
ZALO_URL, ESMS_URL, OURS = "https://zalo.test", "https://esms.test", "https://anca.test"
SPEED_URL, PUSH_URL, PUSH_HOST = "https://speed.test", "https://push.test", "push.test"
SECRET = "a-secret-in-the-address-0123456789"
# How often in a thousand calls each thing happens; the rest goes as it should.
ANYWHERE = (("slow", 40), ("dropped", 25), ("lost", 20), ("no_connection", 25), ("html", 8))
OF_ZALO = (("busy", 15), ("revoked", 12), ("expired", 8), ("stolen", 2))
MISHAPS: Mapping[ChannelName, tuple[tuple[str, int], ...]] = {
    CS: (*ANYWHERE, *OF_ZALO, ("-32", 6), ("-213", 10), ("-230", 15), ("-221", 2), ("-248", 2)),
    UID: (*ANYWHERE, *OF_ZALO, ("-32", 6), ("-213", 10), ("-244", 10), ("-210", 2)),
    PHONE: (*ANYWHERE, *OF_ZALO, ("-100", 15), ("-118", 25), ("-133", 2), ("-131", 2)),
    SMS: (
        *(*ANYWHERE, ("busy", 20), ("199", 15), ("177", 15), ("99", 8), ("146", 2)),
        *(("101", 2), ("9999", 6)),
    ),
    SPEED: (*ANYWHERE, ("500", 25), ("105", 8), ("101", 2), ("300", 2), ("009", 2), ("999", 6)),
    # What a sender of bells reads is the status alone, so a page in place of the answer is a yes.
    PUSH: (*ANYWHERE[:-1], ("503", 20), ("429", 6), ("410", 6), ("404", 4), ("400", 6), ("413", 2)),
}
JSON = {"Content-Type": "application/json"}
# What is never answered while a pair of tokens is traded costs the whole grant.
LOST_TRADES = 0.03
OUTAGE_EVERY, OUTAGE_LASTS = 7 * 3600.0, 35 * 60.0
OF_ACCOUNT = (CS, UID, PHONE)


@dataclass
class Door:
    """One channel as its peer sees it, with the book of what was really taken."""

    gentle: bool = False
    book: list[Call] = field(default_factory=list)
    begun: Counter[str] = field(default_factory=Counter)
    failed: set[int] = field(default_factory=set)
    did: Counter[str] = field(default_factory=Counter)
    tries: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Ring:
    """One call from a provider to the park, and the answer that it should get."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    expects: int = 200


class Peers(httpx.BaseTransport):
    """Zalo, eSMS, SpeedSMS, a push service, and the wire to them; every call passes here."""

    def __init__(
        self,
        seed: int,
        clock: SetClock,
        ticking: Ticking,
        stage: Stage,
        order: Counter[str],
        *,
        per_minute: int,
        people: int,
    ) -> None:
        self.seed, self.clock, self.ticking = seed, clock, ticking
        self.stage, self.order, self.per_minute = stage, order, per_minute
        self.doors = {name: Door() for name in MISHAPS}
        self.rng = Random(f"{seed}:peers")
        self.zalo = Zalo(per_minute=per_minute, daily=people // 5, url=ZALO_URL)
        self.zalo.token_seconds = 6 * 3600.0
        self.zalo.access = {"access-0": ticking.time() + 3000}
        self.esms = Esms(balance=people * 800, at=Gateway(url=ESMS_URL))
        self.speed = Speedsms(balance=people * 800, at=Gateway(url=SPEED_URL))
        self.push = PushService(at=Gateway(url=PUSH_URL))
        self.minute = 0
        self.leaks: list[str] = []
        self.day = self._today()
        self.gone: set[str] = set()
        self.texts: deque[float] = deque()
        self.most_texts = 0
        self.did: Counter[str] = Counter()
        self._news: list[tuple[datetime, int, Callable[[], Ring | None]]] = []
        self._numbers = itertools.count()
        self._here = threading.local()
        self._caller = Caller(ZALO_URL, seconds=10, connections=1)
        self._caller.client = httpx.Client(transport=self)

    # What a process has of it.

    def settings(self) -> dict[str, str]:
        """The settings of a park that sends to both."""
        number = str(self.per_minute)
        return {
            **zalo_peer.settings_for(self.zalo),
            **esms_peer.settings_for(self.esms),
            **speed_peer.settings_for(self.speed),
            "ANCA_SPEEDSMS_LANES": "urgent normal",
            "ANCA_SPEEDSMS_CALLBACK_SECRET": SECRET,
            "ANCA_PUSH_CONTACT": "mailto:anca@kcn.example",
            "ANCA_PUSH_HOSTS": PUSH_HOST,
            "ANCA_ZALO_PHONE_LANES": "urgent normal",
            "ANCA_ZALO_PER_MINUTE": number,
            "ANCA_ZALO_URGENT_ROOM": "5",
            "ANCA_ESMS_LANES": "urgent normal",
            "ANCA_ESMS_PER_MINUTE": number,
            "ANCA_ESMS_CALLBACK_BASE": OURS,
            "ANCA_ESMS_CALLBACK_SECRET": SECRET,
        }

    def channels_for(self, settings: Settings) -> dict[ChannelName, Channel]:
        """The node's own channels, as one process builds them, wired to the peers."""
        made: dict[ChannelName, Any] = dict(build_channels(settings, self.clock.now))
        offices: set[ZaloOffice] = {made[CS].office}
        for office in offices:
            office._caller = self._caller
            office.pace = Waiting.like(office.pace, self.ticking)
        for name in self.doors:
            channel = made[name]
            old = channel.pace
            of_account = name in OF_ACCOUNT
            channel.pace = made[CS].office.pace if of_account else Waiting.like(old, self.ticking)
            channel.at_once = 0  # so that the seed alone draws the order
            channel.send = self._watched(name, channel.send)
        for name in (SMS, SPEED, PUSH):
            made[name]._caller.close()
            made[name]._caller = self._caller
        made[SPEED]._caller = Caller(SPEED_URL, seconds=10, connections=1)
        made[SPEED]._caller.client = httpx.Client(transport=self, auth=(speed_peer.TOKEN, "x"))
        return made

    def _watched(
        self, name: ChannelName, send: Callable[[Outbound], Accepted]
    ) -> Callable[[Outbound], Accepted]:
        def watched(out: Outbound) -> Accepted:
            self.doors[name].begun[out.delivery_id] += 1
            self.stage.point(DANGER)  # on the way there
            self._here.sending = (name, out)
            try:
                return send(out)
            finally:
                self._here.sending = None

        return watched

    # What a call meets.

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._pass_time()
        sending = getattr(self._here, "sending", None)
        if sending is None:
            return self._aside(request)
        name, out = sending
        door = self.doors[name]
        mishap = self._mishap(door, name, out)
        door.did[mishap or "taken"] += 1
        begun_at = self.clock.now()
        self._before(request, mishap, begun_at)
        before = self._count(name)
        if mishap == "html":
            answer = _said(200, b"<html>Bao tri</html>")
        else:
            answer = self._ask(request, mishap)
        if mishap == "slow":
            seconds = Random(f"{self.seed}{begun_at}").choice((3, 9, 40, 140))
            self.ticking.sleep(seconds)
            self.stage.point()
        taken = self._count(name) > before
        self.order["all"] += 1
        text, number = self._taken(name) if taken else (out.text, "")
        told = (self.order["all"], begun_at, out.delivery_id, out.address, text)
        door.book.append(Call(*told, taken=taken, answered=taken and mishap != "dropped"))
        if taken and not door.gentle:
            self._will_tell(name, door, out, number or text)
        self.stage.point(DANGER)  # on the way back
        if mishap == "dropped":
            raise httpx.ReadTimeout("dropped", request=request)
        return answer

    def _aside(self, request: httpx.Request) -> httpx.Response:
        """What is no message: tokens, questions, lists of templates."""
        self.stage.point()
        is_trade = request.url.path == "/v4/oa/access_token"
        rough = not self.doors[CS].gentle
        answer = self._ask(request, "")
        if is_trade:
            self.did["trades"] += 1
        self.stage.point(DANGER)
        if rough and is_trade and self.rng.random() < LOST_TRADES:
            self.did["lost trades"] += 1
            raise httpx.ReadTimeout("lost", request=request)
        return answer

    def _mishap(self, door: Door, name: ChannelName, out: Outbound) -> str:
        if door.gentle:
            return ""
        key = (out.address, out.text)
        door.tries[key] += 1
        drawn = Random(f"{self.seed}:{key}:{door.tries[key]}:{name}").randrange(1000)
        for mishap, share in MISHAPS[name]:
            if drawn < share:
                return mishap
            drawn -= share
        return ""

    def _before(self, request: httpx.Request, mishap: str, now: datetime) -> None:
        """What is wrong before the call arrives, or keeps it from arriving."""
        match mishap:
            case "lost":
                raise httpx.ReadTimeout("lost", request=request)
            case "no_connection":
                raise httpx.ConnectError("refused", request=request)
            case "revoked":
                self.zalo.revoke_tokens()
            case "expired":
                self.zalo.access = dict.fromkeys(self.zalo.access, 0.0)
            case "stolen":
                self.zalo.trade_elsewhere()

    def _ask(self, request: httpx.Request, mishap: str) -> httpx.Response:
        path, body = request.url.raw_path.decode(), request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        other = self._others().get(f"{request.url.scheme}://{request.url.host}")
        if other is not None:
            peer, out_of_order = other
            if mishap == "busy" or mishap.isdecimal():
                peer.weather.append(mishap)
            elif not mishap and self._is_out():
                peer.weather.append(out_of_order)
            says = peer.answer(Asked(request.method, path, request.headers, body))
            return _said(says.status, says.as_bytes())
        place = urlsplit(path).path
        if mishap.startswith("-"):
            self.zalo.next_errors.setdefault(place, []).append(int(mishap))
            if mishap == "-213":
                self.gone.add(self._here.sending[1].address)
        self.zalo.broken = mishap == "busy" or self._is_out()
        status, said, _ = self.zalo.answer(request.method, path, headers, body)
        for waiting in self.zalo.next_errors.values():
            waiting.clear()  # what another fault came before of
        return _said(status, json.dumps(said).encode())

    def _others(self) -> Mapping[str, tuple[Any, str]]:
        """The peers that are not Zalo by their address, and what they say while out of order."""
        return {
            ESMS_URL: (self.esms, "busy"),
            SPEED_URL: (self.speed, "500"),
            PUSH_URL: (self.push, "503"),
        }

    def _is_out(self) -> bool:
        if self.doors[CS].gentle:
            return False
        return (self.ticking.monotonic() + OUTAGE_EVERY - 3600) % OUTAGE_EVERY < OUTAGE_LASTS

    def _count(self, name: ChannelName) -> int:
        match name:
            case ChannelName.SMS_ESMS:
                return len(self.esms.texts)
            case ChannelName.SMS_SPEEDSMS:
                return len(self.speed.texts)
            case ChannelName.WEB_PUSH:
                return sum(len(phone.rang) for phone in self.push.phones.values())
        return len(self.zalo.taken)

    def _taken(self, name: ChannelName) -> tuple[str, str]:
        """The words of what was taken last, and the number that it was given."""
        if name == SMS:
            now = self.ticking.monotonic()
            self.texts.append(now)
            while now - self.texts[0] >= 60:
                self.texts.popleft()
            self.most_texts = max(self.most_texts, len(self.texts))
            number, text = next(reversed(self.esms.texts.items()))
            return str(text.body["Content"]), number
        if name == SPEED:
            number, body = next(reversed(self.speed.texts.items()))
            return str(body["content"]), number
        if name == PUSH:
            return self._heard_ringing(), ""
        last = self.zalo.taken[-1]
        return last.words, last.number

    def _heard_ringing(self) -> str:
        """The mark of the bell that rang last; what it shows is looked at."""
        place = urlsplit(open_endpoint(self._here.sending[1])).path
        bell = self.push.phones[place].rang[-1]
        if bell["b"] not in WORDS["vi"].values():
            self.leaks.append(f"a bell says {bell}")
        return str(bell["m"])

    # What they tell of their own accord.

    def rings(self) -> Iterator[Ring]:
        """What is told now: some never, some twice or ten times, some of what nobody sent."""
        now = self.clock.now()
        while self._news and self._news[0][0] <= now:
            ring = heapq.heappop(self._news)[2]()
            if ring is not None:
                yield ring
        if self.doors[CS].gentle:
            return
        drawn = self.rng.random()
        if drawn < 0.03:
            self.did["rang for nobody"] += 1
            yield self._zalo_ring(self._receipt("user_received_message", "nobody", "7", ""))
            told = "SMSID=none&SendStatus=5&SendSuccess=1&RequestId=&TotalPrice=800"
            yield Ring("GET", f"/api/v1/channels/sms_esms/{SECRET}?{told}")
        elif drawn < 0.05:
            self.did["rang with a wrong secret"] += 1
            raw = self._receipt("user_seen_message", "nobody", "7", "")
            yield Ring("POST", "/api/v1/zalo", raw, zalo_peer.signed(raw, secret="x"), 403)
            yield Ring("GET", f"/api/v1/channels/sms_esms/{SECRET}x?SMSID=1", expects=404)
        elif drawn < 0.1:
            yield from self._somebody_writes()

    def _somebody_writes(self) -> Iterator[Ring]:
        staying = [user for uid, user in self.zalo.users.items() if uid not in self.gone]
        if staying:
            user = self.rng.choice(staying)
            user.acted_at = self.ticking.time()
            self.did["wrote"] += 1
            number = f"in-{next(self._numbers)}"
            yield self._zalo_ring(self.zalo.from_user(user.uid, text="Cảm ơn", msg_id=number))

    def _will_tell(self, name: ChannelName, door: Door, out: Outbound, number: str) -> None:
        chance, place = Random(f"{self.seed}:{name}:{len(door.book)}"), len(door.book) - 1
        times, seen = chance.choice((0, 1, 1, 1, 2, 10)), chance.random() < 0.3
        well = chance.random() < 0.9
        for _ in range(times):
            at = self.clock.now() + timedelta(seconds=chance.choice((0, 5, 60, 600, 1500)))
            if name == PUSH:
                self._later(at, lambda: _rung(number))
                continue
            if name in {SMS, SPEED}:
                finish = self._finish if name == SMS else self._finish_speed
                self._later(at, lambda f=finish: f(door, place, number, well=well))  # type: ignore[misc]
                continue
            ours = out.delivery_id if name == PHONE else ""
            events = ["user_received_message", *(["user_seen_message"] if seen else [])]
            for event in events:
                raw = self._receipt(event, number, out.address, ours)
                self._later(at, lambda raw=raw: self._zalo_ring(raw))  # type: ignore[misc]

    def _finish(self, door: Door, place: int, number: str, *, well: bool) -> Ring:
        """The carrier knows what became of a text, and eSMS calls back."""
        text = self.esms.finish(number, arrived=int(well))
        if not well:
            door.failed.add(place)
        door.did["called back"] += 1
        parts = urlsplit(text.call_back())
        return Ring("GET", f"{parts.path}?{parts.query}")

    def _finish_speed(self, door: Door, place: int, number: str, *, well: bool) -> Ring:
        """SpeedSMS calls back; what may pass and what lasts are both no arrival."""
        told = self.speed.report(number, 0 if well else 5 + 65 * (place % 2))
        if not well:
            door.failed.add(place)
        door.did["called back"] += 1
        path = f"/api/v1/channels/sms_speedsms/{SECRET}"
        return Ring("POST", path, json.dumps(told).encode(), JSON)

    def _later(self, at: datetime, ring: Callable[[], Ring | None]) -> None:
        heapq.heappush(self._news, (at, next(self._numbers), ring))

    def _receipt(self, event: str, number: str, to: str, ours: str) -> bytes:
        stamp = str(int(self.ticking.time() * 1000))
        message = {"msg_id": number, "delivery_time": stamp, "tracking_id": ours}
        ids = {"sender": {"id": OA_ID}, "recipient": {"id": to}}
        return self.zalo.event(event, timestamp=stamp, message=message, **ids)

    def _zalo_ring(self, raw: bytes) -> Ring:
        self.doors[CS].did["called back"] += 1
        return Ring("POST", "/api/v1/zalo", raw, zalo_peer.signed(raw))

    # What happens there.

    def _pass_time(self) -> None:
        """A new day brings new quotas, a new minute new calls."""
        if (minute := int(self.ticking.monotonic() // 60)) != self.minute:
            self.minute, self.speed.calls_left = minute, 60
        if (today := self._today()) != self.day:
            self.day, self.zalo.sent_today = today, 0

    def _today(self) -> int:
        return int((self.ticking.time() + 7 * 3600) // 86400)

    def top_up(self) -> None:
        """Somebody pays."""
        self.esms.balance = max(self.esms.balance, 40 * 800)
        self.speed.balance = max(self.speed.balance, 40 * 800)

    def calm_down(self) -> None:
        """Nothing goes wrong any more."""
        for door in self.doors.values():
            door.gentle = True
        self.zalo.daily = self.zalo.sent_today + 100_000
        self.esms.balance = self.speed.balance = 100_000 * 800

    def faults(self) -> Iterator[str]:
        """Where more was asked of a provider than it takes in a minute."""
        if self.zalo.crossed:
            most = self.zalo.most_in_a_minute
            yield f"Zalo was called {most} times in a minute, not {self.per_minute}"
        yield from self.leaks
        if self.most_texts > self.per_minute:
            yield f"eSMS was given {self.most_texts} texts in a minute, not {self.per_minute}"


def open_endpoint(out: Outbound) -> str:
    """Where a bell is sent."""
    held = open_address(out.address)
    return held.endpoint if held is not None else ""


def _rung(mark: str) -> Ring:
    """A phone says that it rang."""
    return Ring("POST", "/api/v1/push/rung", json.dumps({"mark": mark}).encode(), JSON, 204)


def _said(status: int, content: bytes) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(content))


class OwnChannels(Mapping[ChannelName, Channel]):
    """What each process has for itself: channels with the pace and the token that it knows of."""

    def __init__(self, make: Callable[[], dict[ChannelName, Channel]], stage: Stage) -> None:
        self._make, self._stage = make, stage
        self._made: dict[str, dict[ChannelName, Channel]] = {}

    def _mine(self) -> dict[ChannelName, Channel]:
        name = self._stage.playing
        if name not in self._made:
            self._made[name] = self._make()
        return self._made[name]

    def __getitem__(self, name: ChannelName) -> Channel:
        return self._mine()[name]

    def __iter__(self) -> Iterator[ChannelName]:
        return iter(self._mine())

    def __len__(self) -> int:
        return len(self._mine())


def join_zalo(session: Session, town: Town, peers: Peers, now: datetime) -> None:
    """Most of those who have a phone are on Zalo; half of them are linked, most wrote lately."""
    rng = Random(f"{peers.seed}:joins")
    phones = select(ContactPoint.person_id, ContactPoint.address).where(
        ContactPoint.channel == AddressKind.PHONE
    )
    held = {row.person_id: row.address for row in session.execute(phones)}
    for number, human in enumerate(town.people.values()):
        phone = held.get(human.id, "")
        if not phone or rng.random() < 0.15:
            continue
        uid = f"25125236254{number:06}"
        wrote = rng.random() < 0.8
        ago = timedelta(hours=rng.randrange(40))
        peers.zalo.join(uid, "84" + phone.removeprefix("+84").removeprefix("84").removeprefix("0"))
        peers.zalo.users[uid].acted_at = peers.ticking.time() - ago.total_seconds()
        if rng.random() < 0.6:
            human.has_zalo = True
            keep_address(session, human.id, AddressKind.ZALO, uid, now=now)
            session.execute(
                update(ContactPoint)
                .where(ContactPoint.person_id == human.id)
                .where(ContactPoint.channel == AddressKind.ZALO)
                .values(last_inbound_at=now - ago if wrote else None)
            )


def switch_bells_on(
    session: Session, town: Town, peers: Peers, settings: Settings, now: datetime
) -> None:
    """Most of those who carry the program let it ring."""
    rng = Random(f"{peers.seed}:bells")
    key = PushKeys.in_folder(settings.instance).public
    tokens = session.scalars(select(DeviceToken).where(DeviceToken.revoked_at.is_(None)))
    for token in tokens.all():
        human = town.people.get(token.account_id)
        if human is None or not human.has_app or rng.random() < 0.3:
            continue
        given = read_subscription(peers.push.subscribe(key).subscription, "vi", [PUSH_HOST])
        own = Actor(human.id, "x", worker_id=human.id, device_id=token.device_id)
        switch_push_on(session, human.id, given, actor=own, now=now)
