"""Sending the log up: batch by batch, each settled before the next, nothing sent inside a work."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.clock import Clock
from app.kernel.refusals import Refusal
from app.settings import Settings
from app.sync.actions.log import locked_node
from app.sync.actions.pulling import note_asked, pull_entries
from app.sync.actions.retrying import LONGEST_WAIT, Transact, drawn_wait, problem_now
from app.sync.actions.taking import take_entries
from app.sync.gateways.calls import Earlier
from app.sync.gateways.ear import Ear
from app.sync.gateways.http import Province
from app.sync.models import ThisNode
from app.sync.queries.keyrings import province_keyring
from app.sync.queries.logs import (
    find_last_summary,
    find_link,
    get_head,
    holds_only_receipts,
    list_outgoing,
)
from app.sync.rules import (
    MOST_ENTRIES,
    BadAnswer,
    BadSignature,
    Direction,
    DownKind,
    Forked,
    Gap,
    Head,
    MalformedEntry,
    NotEnrolled,
    OnlyByFile,
    RevokedKey,
    UnknownKey,
    WrongRecipient,
    read_receipt,
)
from app.sync.rules.asking import UNRUNG

MOST_BYTES = 7 * 1024 * 1024  # of 8 MiB that a call may have


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries up that fit into one call, in their order, and where they go."""

    province: Province
    node: str
    after: int
    entries: tuple[str, ...]
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """How many entries the province took, and what stopped the rest."""

    accepted: int
    stopped_by: Refusal | None = None


def push_entries(
    transact: Transact,
    clock: Clock,
    settings: Settings,
    *,
    by_hand: bool = False,
    ear: Ear | None = None,
) -> Pushed:
    """Send everything that waits, unless the wait after a failure still lasts.

    By hand it is tried at once. What fails is noted and tried again later; nothing is lost, as
    an entry counts as received only with the province's receipt.
    """
    accepted, went_back, asked_for_keys = 0, False, False
    take = partial(next_batch, settings=settings, by_hand=by_hand)
    while (batch := transact(partial(take, now=clock.now()))) is not None:
        try:
            if ear is not None:
                ear.turn_to(batch.province.host, batch.node)
            answer = batch.province.push(batch.node, batch.entries, batch.earlier)
            rung, unrung = ear is not None and ear.hears, timedelta(minutes=settings.ask_minutes)
            keep = partial(keep_receipt, rung=rung, unrung=unrung)
            accepted += transact(partial(keep, batch=batch, answer=answer, now=clock.now()))
        except UnknownKey:
            # The receipt is perhaps signed by a key that the log down tells: fetch it, look again.
            if not asked_for_keys:
                asked_for_keys = True
                if pull_entries(transact, clock, settings, by_hand=True).stopped_by is None:
                    continue
            transact(partial(note_failure, refusal=BadAnswer(), now=clock.now()))
            return Pushed(accepted, BadAnswer())
        except Refusal as refusal:
            accepted += _good_part(transact, batch, refusal, clock.now())
            if (
                not went_back
                and isinstance(refusal, Gap)
                and transact(partial(go_back, gap=refusal))
            ):
                went_back = True
                continue
            transact(partial(note_failure, refusal=refusal, now=clock.now()))
            return Pushed(accepted, refusal)
    return Pushed(accepted)


def _good_part(transact: Transact, batch: Batch, refusal: Refusal, now: datetime) -> int:
    """What the province took before it met an entry that it refused."""
    if not isinstance(refusal.params.get("receipt"), str):
        return 0
    try:
        return transact(partial(keep_receipt, batch=batch, answer=refusal.params, now=now))
    except Refusal:
        return 0


def next_batch(
    session: Session, *, settings: Settings, now: datetime, by_hand: bool
) -> Batch | None:
    """What to send now; None when nothing waits or the wait after a failure still lasts."""
    node = session.scalars(select(ThisNode)).first()
    if node is None or node.enrolled_at is None:
        if by_hand:
            raise NotEnrolled
        return None
    waits = node.next_push_at is not None and now < node.next_push_at <= now + LONGEST_WAIT
    if waits and not by_hand:
        return None
    entries = list_outgoing(
        session, node.node, node.accepted_through, most=MOST_ENTRIES, most_bytes=MOST_BYTES
    )
    if not entries:
        return None
    url = settings.upstream_url or node.upstream_url
    if not url:
        if by_hand:
            raise OnlyByFile
        return None
    province = Province(url, settings.plain_http)
    like = find_last_summary(session, node.node, node.accepted_through)
    earlier = None if like is None else Earlier(*like)
    return Batch(province, node.node, node.accepted_through, tuple(entries), earlier)


def keep_receipt(
    session: Session,
    *,
    batch: Batch,
    answer: dict[str, Any],
    now: datetime,
    rung: bool = False,
    unrung: timedelta = UNRUNG,
) -> int:
    """Believe and keep the province's receipt; how many more entries it has now.

    The receipt must be signed by the province, made for this park, and name an entry by the hash
    that it has here. Only receipts need none: there its bare word counts.
    """
    node = locked_node(session, now)
    before = node.accepted_through
    head = _receipt_head(session, node, answer.get("receipt"), now)
    through = _through(session, node, head, answer.get("accepted_through"))
    if through <= batch.after:
        raise BadAnswer
    more = max(0, through - before)
    node.accepted_through = max(through, node.accepted_through)
    node.failures, node.next_push_at, node.last_problem = 0, None, None
    node.last_contact_at = now
    _note_down_head(session, node, answer.get("head"), rung=rung, unrung=unrung, now=now)
    return more


def _note_down_head(
    session: Session,
    node: ThisNode,
    told: object,
    *,
    rung: bool,
    unrung: timedelta,
    now: datetime,
) -> None:
    """The answer also tells how far the log down reaches: whether it is worth asking for it."""
    if not isinstance(told, int) or isinstance(told, bool) or node.pull_failures:
        return
    if told > node.applied_through:
        node.down_head = max(node.down_head, told)
    elif told == node.applied_through:
        note_asked(session, node, rung=rung, unrung=unrung, now=now)


def _through(session: Session, node: ThisNode, head: Head, claimed: object) -> int:
    """How far the province has the log: as far as its receipt, and receipts beyond that."""
    if not isinstance(claimed, int) or claimed <= head.seq:
        return head.seq
    known = claimed <= get_head(session, node.node, Direction.UP).seq
    only_receipts = known and holds_only_receipts(session, node.node, head.seq, claimed)
    return claimed if only_receipts else head.seq


def _receipt_head(session: Session, node: ThisNode, compact: object, now: datetime) -> Head:
    """What a receipt names; it is kept in its place in the log down, whatever road it came by."""
    if compact is None:
        return Head()
    if not isinstance(compact, str):
        raise BadAnswer
    try:
        entry = province_keyring(session, node.node, node.upstream_keys).open(compact)
        if entry.kind != DownKind.RECEIPT:
            raise BadAnswer
        head = read_receipt(entry.body)
    except UnknownKey:
        raise
    except (BadSignature, MalformedEntry, RevokedKey, WrongRecipient):
        raise BadAnswer from None
    if head.seq and find_link(session, node.node, Direction.UP, head.seq) != head.link:
        raise Forked(seq=head.seq)
    take_entries(session, [(entry, compact)], now=now)
    return head


def go_back(session: Session, *, gap: Gap) -> bool:
    """The province misses earlier entries: send again from the first one that it misses."""
    node = session.scalars(select(ThisNode).with_for_update()).one()
    expected = gap.params.get("expected_seq")
    if not isinstance(expected, int) or not 1 <= expected <= node.accepted_through:
        return False
    node.accepted_through = expected - 1
    return True


def note_failure(session: Session, *, refusal: Refusal, now: datetime) -> None:
    """Keep why nothing more was sent, since when, and until when to wait."""
    node = locked_node(session, now)
    node.last_problem = problem_now(node.last_problem, refusal, now)
    node.failures += 1
    node.next_push_at = now + drawn_wait(node.failures)
