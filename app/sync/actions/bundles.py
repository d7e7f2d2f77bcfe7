"""The logs as bundles, for a road of USB sticks: what is written into one, and what is read."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.clock import Clock
from app.kernel.ids import is_id
from app.kernel.refusals import Refusal
from app.settings import NodeRole, Settings
from app.sync.actions.log import locked_node, signing_node
from app.sync.actions.placing import Verified, keep_waiting
from app.sync.actions.receiving import lock_parks, receive_entries
from app.sync.actions.retrying import Transact
from app.sync.actions.taking import take_entries
from app.sync.gateways.bundles import open_bundle, write_bundle
from app.sync.gateways.keyring import Keyring
from app.sync.gateways.signing import payload_of
from app.sync.queries.keyrings import park_keyring, province_keyring
from app.sync.queries.logs import BundlePart, list_outgoing, list_parts
from app.sync.rules import (
    MOST_ENTRIES,
    BadSignature,
    Direction,
    DiskFull,
    MalformedEntry,
    NotEnrolled,
    OwnBundle,
    RevokedKey,
    UnknownKey,
    UnknownNode,
    WrongRecipient,
)
from app.sync.rules.bundles import LogPart, manifest_of

CHUNK_BYTES = 4 * 1024 * 1024
LEAST_ROOM = 16 * 1024 * 1024  # bytes; with less on the disk, a failed write is for want of room
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """What a bundle carries: entries, and of which logs."""

    path: Path
    entries: int
    parts: tuple[LogPart, ...]


@dataclass(slots=True)
class Imported:
    """What a bundle brought: entries read, new here, known before, early, and for other nodes."""

    read: int = 0
    accepted: int = 0
    known: int = 0
    waiting: int = 0
    others: int = 0
    through: dict[str, int] = field(default_factory=dict)
    expected_seq: dict[str, int] = field(default_factory=dict)
    forked: dict[str, int] = field(default_factory=dict)


def export_bundle(
    transact: Transact,
    clock: Clock,
    settings: Settings,
    path: Path,
    *,
    park: str | None = None,
    after: int | None = None,
) -> Exported:
    """Write what the other side has not confirmed; at a province for all parks, or for one.

    With `after` everything from the number after it, confirmed or not.
    """
    now = clock.now()
    writer, parts = transact(partial(_parts, settings=settings, park=park, after=after, now=now))
    kept = tuple(LogPart(e.direction, e.node, e.after, e.through) for e in parts)

    def describe(entries: int, digest: str) -> dict[str, Any]:
        return manifest_of(
            writer=writer,
            name=settings.name,
            made_at=now,
            parts=list(kept),
            entries=entries,
            sha256=digest,
        )

    count = write_bundle(path, _entries(transact, parts), describe)
    return Exported(path, count, kept)


def _parts(
    session: Session,
    *,
    settings: Settings,
    park: str | None,
    after: int | None,
    now: datetime,
) -> tuple[str, Sequence[BundlePart]]:
    own = locked_node(session, now).node
    at_province = settings.role is NodeRole.PROVINCE
    return own, list_parts(session, own, at_province=at_province, park=park, after=after)


def _entries(transact: Transact, parts: Iterable[BundlePart]) -> Iterator[str]:
    for part in parts:
        after = part.after
        while after < part.through:
            found = transact(partial(_next_of, part=part, after=after))
            if not found:
                break
            yield from found
            after += len(found)


def _next_of(session: Session, *, part: BundlePart, after: int) -> list[str]:
    most = min(MOST_ENTRIES, part.through - after)
    return list_outgoing(
        session,
        part.node,
        after,
        most=most,
        most_bytes=CHUNK_BYTES,
        direction=Direction(part.direction),
    )


def import_bundle(
    transact: Transact,
    clock: Clock,
    settings: Settings,
    path: Path,
    progress: Progress = lambda done, of: None,
) -> Imported:
    """Take in what a bundle carries, in steps; again, late or in another order ends the same.

    It stops at the first entry that nobody here may believe; what came before it stays.
    """
    found = Imported()
    with open_bundle(path) as bundle:
        lines = bundle.lines()
        while chunk := list(islice(lines, MOST_ENTRIES)):
            work = partial(_take_chunk, settings=settings, chunk=chunk, now=clock.now())
            step, stopped_by = _with_room(transact, settings, work)
            _add(found, step, len(chunk))
            progress(found.read, bundle.count)
            if stopped_by is not None:
                raise stopped_by
    if found.others and found.others == found.read:
        raise WrongRecipient
    return found


def _with_room(transact: Transact, settings: Settings, work: Any) -> Any:
    try:
        return transact(work)
    except Refusal as refusal:
        room = shutil.disk_usage(settings.instance).free
        unwritten = refusal.code.startswith("database.")
        if unwritten and (_tells_of_room(refusal) or room < LEAST_ROOM):
            raise DiskFull from refusal
        raise


def _tells_of_room(error: BaseException | None) -> bool:
    """Whether a want of room is behind it: what failed afterwards hides what failed first."""
    while error is not None:
        if "is full" in str(error) or "is full" in str(getattr(error, "params", "")):
            return True
        error = error.__cause__ or error.__context__
    return False


def _add(found: Imported, step: Imported, read: int) -> None:
    found.read += read
    for name in ("accepted", "known", "waiting", "others"):
        setattr(found, name, getattr(found, name) + getattr(step, name))
    found.through |= step.through
    for node in step.through:
        found.expected_seq.pop(node, None)
    found.expected_seq |= step.expected_seq
    found.forked |= step.forked


def _take_chunk(
    session: Session, *, settings: Settings, chunk: Sequence[str], now: datetime
) -> tuple[Imported, Refusal | None]:
    step = Imported()
    at_province = settings.role is NodeRole.PROVINCE
    if at_province:
        lock_parks(session, _parks_in(chunk))
    own = signing_node(session, now) if at_province else locked_node(session, now)
    direction = Direction.UP if at_province else Direction.DOWN
    verified: dict[str, list[Verified]] = {}
    early: dict[str, list[tuple[int, str]]] = {}
    stopped_by: Refusal | None = None
    keyrings: dict[str, Keyring] = {}
    for compact in chunk:
        try:
            node, writer, seq = _claims(compact, direction)
            if writer == own.node:
                raise OwnBundle
            if not at_province and node != own.node:
                step.others += 1
                continue
            if node not in keyrings:
                keyrings[node] = (
                    park_keyring(session, node)
                    if at_province
                    else province_keyring(session, node, own.upstream_keys, own.applied_through)
                )
            try:
                verified.setdefault(node, []).append((keyrings[node].open(compact), compact))
            except UnknownKey:
                if not keyrings[node].may_be_told_later(seq):
                    raise
                early.setdefault(node, []).append((seq, compact))
        except (
            BadSignature, MalformedEntry, NotEnrolled, OwnBundle, RevokedKey, UnknownNode,
            WrongRecipient,
        ) as refusal:  # fmt: skip
            stopped_by = refusal
            break
    for node, found in early.items():
        keep_waiting(session, node, direction, found, now=now)
        step.waiting += len(found)
        verified.setdefault(node, [])
    for node, entries in verified.items():
        if at_province:
            received = receive_entries(session, node, entries, now=now, keep_early=True)
            accepted, through = received.accepted, received.accepted_through
            expected, forked = received.expected_seq, received.forked
        else:
            taken = take_entries(session, entries, now=now)
            accepted, through = taken.accepted, taken.applied_through
            expected, forked = taken.expected_seq, taken.forked
            if accepted:
                own.last_contact_at = now
        step.through[node] = through
        step.accepted += accepted
        if expected is not None:
            step.expected_seq[node] = expected
            step.waiting += sum(entry.seq > through for entry, _ in entries)
        if forked:
            step.forked[node] = min(forked)
        step.known += max(0, sum(entry.seq <= through for entry, _ in entries) - accepted)
    return step, stopped_by


def _parks_in(chunk: Sequence[str]) -> set[str]:
    """Whose logs the entries say they belong to."""
    nodes = set()
    for compact in chunk:
        with suppress(BadSignature, MalformedEntry):
            nodes.add(_claims(compact, Direction.UP)[0])
    return {node for node in nodes if is_id(node)}


def _claims(compact: str, direction: Direction) -> tuple[str, str, int]:
    """Whose log an entry says it belongs to, who wrote it, and its number; not yet believed."""
    try:
        payload = payload_of(compact.encode("ascii"))
        writer, seq = str(payload["node"]), int(payload["seq"])
        node = writer if direction is Direction.UP else str(payload.get("to", ""))
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadSignature from None
    if not node.isprintable():
        raise MalformedEntry
    return node, writer, seq
