"""Fetching the log down: batch by batch, each applied before the next is asked for."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.clock import Clock
from app.kernel.refusals import Refusal
from app.settings import Settings
from app.sync.actions.log import locked_node
from app.sync.actions.placing import note_own_fork
from app.sync.actions.retrying import (
    LONGEST_PAUSE,
    LONGEST_WAIT,
    Transact,
    drawn_pause,
    drawn_wait,
    problem_now,
)
from app.sync.actions.taking import take_entries
from app.sync.gateways.ear import Ear
from app.sync.gateways.http import Asker, Province
from app.sync.gateways.keyring import opened
from app.sync.models import ThisNode
from app.sync.queries.keyrings import province_keyring
from app.sync.queries.logs import find_newest_news
from app.sync.rules import (
    MOST_ENTRIES,
    BadAnswer,
    ClockOff,
    Direction,
    DownForked,
    Gap,
    NotEnrolled,
    OnlyByFile,
    Unreachable,
)
from app.sync.rules.asking import UNRUNG


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask the province for, and as whom."""

    province: Province
    node: str
    sign_key: dict[str, Any]
    after: int
    knows_of_more: bool = False


@dataclass(frozen=True, slots=True)
class Pulled:
    """How many entries came down and were applied, and what stopped the rest."""

    accepted: int
    applied_through: int
    stopped_by: Refusal | None = None


def pull_entries(
    transact: Transact,
    clock: Clock,
    settings: Settings,
    *,
    by_hand: bool = False,
    ear: Ear | None = None,
) -> Pulled:
    """Fetch everything that the province wrote down for this park since the last time.

    A cut line costs the batch that was under way; by hand it is tried at once, by the clock not
    before the wait after a failure is over.
    """
    accepted = 0
    while True:
        ask = transact(partial(next_ask, settings=settings, now=clock.now(), by_hand=by_hand))
        if ask is None:
            return Pulled(accepted, 0)
        unrung = timedelta(minutes=settings.ask_minutes)
        try:
            if ear is not None:
                ear.turn_to(ask.province.host, ask.node)
                if not (by_hand or accepted or ask.knows_of_more) and _is_quiet(ask, ear, clock):
                    transact(partial(note_quiet, unrung=unrung, now=clock.now()))
                    return Pulled(0, ask.after)
            deaf = ear is not None and not ear.hears
            answer = _answer(ask, clock, bell=deaf)
            if ear is not None and deaf:
                ear.attend(ask.province.host, ask.node, answer.get("bell"))
            keep = partial(keep_pulled, rung=ear is not None and ear.hears, unrung=unrung)
            taken, more = transact(partial(keep, ask=ask, answer=answer, now=clock.now()))
        except Refusal as refusal:
            transact(partial(note_pull_failure, refusal=refusal, now=clock.now()))
            return Pulled(accepted, ask.after, refusal)
        accepted += taken
        if not more:
            return Pulled(accepted, ask.after + taken)


def next_ask(session: Session, *, settings: Settings, now: datetime, by_hand: bool) -> Ask | None:
    """What to ask now; None while it is too early to ask, or there is no province."""
    node = session.scalars(select(ThisNode)).first()
    if node is None or node.enrolled_at is None:
        if by_hand:
            raise NotEnrolled
        return None
    longest = LONGEST_WAIT if node.pull_failures else LONGEST_PAUSE
    waits = node.next_pull_at is not None and now < node.next_pull_at <= now + longest
    told_of_more = node.down_head > node.applied_through and not node.pull_failures
    waits = waits and not told_of_more
    url = settings.upstream_url or node.upstream_url
    if not url and by_hand:
        raise OnlyByFile
    if (waits and not by_hand) or not url:
        return None
    province = Province(url, settings.plain_http)
    sign_key = json.loads(node.sign_key)
    return Ask(province, node.node, sign_key, node.applied_through, told_of_more)


def _is_quiet(ask: Ask, ear: Ear, clock: Clock) -> bool:
    """Whether the province says in a few bytes that it wrote nothing: to a park it cannot ring."""
    code = ear.short_question(ask.province.host, ask.node)
    if code is None:
        return False
    try:
        try:
            there = clock.now() + ear.offset
            return not ask.province.has_news(ask.node, ask.after, code, there)
        except ClockOff as refusal:
            ear.offset = _offset(refusal, clock.now())
            there = clock.now() + ear.offset
            return not ask.province.has_news(ask.node, ask.after, code, there)
    except Unreachable:
        raise
    except Refusal:
        ear.forget_code()  # the long question tells why, and perhaps a new code
        return False


def note_quiet(session: Session, *, unrung: timedelta, now: datetime) -> None:
    """The province was asked, and has nothing."""
    node = locked_node(session, now)
    node.last_contact_at = now
    node.pull_failures, node.pull_problem = 0, None
    note_asked(session, node, rung=False, unrung=unrung, now=now)


def _answer(ask: Ask, clock: Clock, *, bell: bool) -> dict[str, Any]:
    """The province's answer; when the clocks differ, once more by its own."""
    asker = Asker(ask.node, ask.sign_key, clock.now())
    try:
        return ask.province.pull(asker, ask.after, most=MOST_ENTRIES, bell=bell)
    except ClockOff as refusal:
        offset = _offset(refusal, clock.now())
        late = Asker(ask.node, ask.sign_key, clock.now() + offset)
        return ask.province.pull(late, ask.after, most=MOST_ENTRIES, bell=bell)


def _offset(refusal: ClockOff, now: datetime) -> timedelta:
    try:
        there = datetime.fromisoformat(str(refusal.params.get("server_time")))
        return there.astimezone(UTC) - now
    except (ValueError, OverflowError):
        raise refusal from None


def keep_pulled(
    session: Session,
    *,
    ask: Ask,
    answer: dict[str, Any],
    now: datetime,
    rung: bool = False,
    unrung: timedelta = UNRUNG,
) -> tuple[int, bool]:
    """Verify and apply what came; how many entries, and whether more wait there."""
    match answer:
        case {"entries": list(entries), "head": int(head)} if all(
            isinstance(each, str) for each in entries
        ):
            pass
        case _:
            raise BadAnswer
    node = locked_node(session, now)
    keyring = province_keyring(session, node.node, node.upstream_keys)
    verified, stopped_by = opened(keyring, entries)
    if stopped_by is not None and not verified:
        raise stopped_by
    before = node.applied_through
    taken = take_entries(session, verified, now=now)
    node.last_contact_at = now
    if taken.forked or head < taken.applied_through:
        # The province wrote another history than before: it was restored from an old copy.
        refusal = DownForked(seq=min([*taken.forked, head + 1]))
        if not taken.forked:
            note_own_fork(session, node.node, Direction.DOWN, head + 1, now=now)
        node.pull_problem = problem_now(node.pull_problem, refusal, now)
        return taken.accepted, False
    node.down_head = max(taken.applied_through, head)
    node.pull_failures, node.next_pull_at, node.pull_problem = 0, None, None
    more = taken.applied_through < head
    if not more:
        note_asked(session, node, rung=rung, unrung=unrung, now=now)
    if more and taken.applied_through == before:
        raise Gap(expected_seq=before + 1)
    return taken.accepted, more and stopped_by is None


def note_asked(
    session: Session, node: ThisNode, *, rung: bool, unrung: timedelta, now: datetime
) -> None:
    """The province has nothing more: ask again after a while, the longer the quieter it is."""
    news_at = find_newest_news(session, node.node, Direction.DOWN) or node.enrolled_at or now
    node.next_pull_at = now + drawn_pause(now - news_at, rung=rung, unrung=unrung)


def note_pull_failure(session: Session, *, refusal: Refusal, now: datetime) -> None:
    """Keep why nothing more came, since when, and until when to wait."""
    node = locked_node(session, now)
    node.pull_problem = problem_now(node.pull_problem, refusal, now)
    node.pull_failures += 1
    node.next_pull_at = now + drawn_wait(node.pull_failures)
