"""Renewing the key of encrypted fields while the node works; a run that was killed is taken up."""

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import FieldKeyMissing, close_text, db, open_text
from app.kernel.key_ring import KeyRing
from app.settings import KeyFile
from app.upkeep.actions.field_keys import (
    ClosedAnew,
    put_closed_anew,
    record_destroyed,
    record_new_key,
)
from app.upkeep.actions.leases import give_back, take_lease
from app.upkeep.queries.field_keys import (
    EncryptedColumn,
    Key,
    count_by_key,
    count_older_transactions,
    encrypted_columns,
    list_closed_before,
)
from app.upkeep.rules.field_keys import KeysBeingRenewed, Renewal, RingFull
from app.web.transaction import transact

log = logging.getLogger(__name__)
LEASE = "field_keys"
LASTS = timedelta(minutes=2)
AT_ONCE = 200
# A transaction of this program lasts a fraction of a second; an import's longest, a few seconds.
LONGEST_WAIT_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.1
Now = Callable[[], datetime]


def nobody_told(_: int) -> None:
    """Tell nobody how many values were closed anew so far."""


def renew_field_key(file: KeyFile, now: Now, told: Callable[[int], None] = nobody_told) -> Renewal:
    """Bring every encrypted value under a new key, then destroy the keys that nothing needs.

    A ring with several keys is a renewal that was broken off: it is brought to its end.
    """
    holder = secrets.token_hex(8)
    if not _keep_lease(holder, now()):
        raise KeysBeingRenewed
    try:
        begun_before = bool(file.current.older)
        if not begun_before:
            _add_key(file, now())
        _wait_for_older_writes()
        ring, closed = file.current, 0
        for count in _close_all_anew(ring, holder, now):
            closed += count
            told(closed)
        left = _left(ring)
        destroyed = _destroy(file, ring, now()) if not left else ()
        return Renewal(ring.newest, begun_before, closed, destroyed, left)
    finally:
        transact(lambda session: give_back(session, LEASE, holder, now=now()))


def _keep_lease(holder: str, now: datetime) -> bool:
    return transact(lambda s: take_lease(s, LEASE, holder, lasts=LASTS, now=now))


def _add_key(file: KeyFile, now: datetime) -> None:
    ring = file.current
    if ring.is_full:
        raise RingFull
    fresh = ring.with_new(secrets.token_bytes(32))
    file.write(fresh)
    transact(lambda session: record_new_key(session, fresh.newest, now=now))


def _wait_for_older_writes() -> None:
    """Wait until nothing that may have been closed with an older key is still uncommitted.

    On SQLite whoever gets to write is alone: all others begin later and see the new ring.
    """
    since = transact(_moment_of_the_database)
    if since is None:
        return
    waited = 0.0
    # What was closed just before the key changed is on its way to the database in that time.
    time.sleep(LOOK_AGAIN_SECONDS)
    while transact(lambda session: count_older_transactions(session, since)):
        time.sleep(LOOK_AGAIN_SECONDS)
        waited += LOOK_AGAIN_SECONDS
        if waited > LONGEST_WAIT_SECONDS:
            # What it closes with an older key is found by the last count, and the key stays.
            log.warning("a transaction has been open for a minute; the keys are renewed beside it")
            return


def _moment_of_the_database(session: Session) -> Any:
    session.connection()
    if session.get_bind().dialect.name != "postgresql":
        return None
    return session.scalar(select(func.clock_timestamp()))


def _close_all_anew(ring: KeyRing, holder: str, now: Now) -> Iterator[int]:
    for each in encrypted_columns():
        after: Key | None = None
        while rows := _next_rows(each, ring.newest, after):
            after = rows[-1][0]
            values = [value for row in rows if (value := _closed_anew(ring, each, *row))]
            if not transact(lambda s: _put(s, each, values, holder, now())):  # noqa: B023
                raise KeysBeingRenewed
            yield len(values)


def _next_rows(each: EncryptedColumn, newest: int, after: Key | None) -> Any:
    # Read beside the writers: looking through a large table must keep nobody waiting.
    return list_closed_before(db.session(), each, newest, after, AT_ONCE)


def _put(
    session: Session, each: EncryptedColumn, values: list[ClosedAnew], holder: str, now: datetime
) -> bool:
    if not take_lease(session, LEASE, holder, lasts=LASTS, now=now):
        return False
    if values:
        put_closed_anew(session, each, values)
    return True


def _closed_anew(
    ring: KeyRing, each: EncryptedColumn, key: Key, before: bytes
) -> ClosedAnew | None:
    """A value under the newest key; one that cannot be opened is left, and its key with it."""
    try:
        text = open_text(ring, each.purpose, before)
    except (InvalidTag, FieldKeyMissing, IndexError):
        log.warning("a value of %s cannot be opened and stays as it is", each.name)
        return None
    return ClosedAnew(key, before, close_text(ring, each.purpose, text))


def _left(ring: KeyRing) -> int:
    db.session.remove()  # what was committed up to now
    counted = count_by_key(db.session())
    return sum(count for number, count in counted.items() if number != ring.newest)


def _destroy(file: KeyFile, ring: KeyRing, now: datetime) -> tuple[int, ...]:
    older = ring.older
    if older:
        file.write(ring.newest_only())
        transact(lambda session: record_destroyed(session, older, now=now))
    return older
