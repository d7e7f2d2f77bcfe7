"""A purge from start to end: rows that are due, people whose record goes, keys to be destroyed.

It lasts too long for one transaction: the edge hands in its commit point as `commit` and its
reading session as `read`. What is due is looked for in reads, which hold up nobody; each write
takes a few rows. A purge that was cut off leaves nothing half done: the next one goes on.
"""

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.clock import Clock, local_day
from app.kernel.ids import new_id
from app.retention.actions.asides import drop_aside, list_asides
from app.retention.actions.erasing import begin_granted, begin_leavers, finish_erasures
from app.retention.actions.index import clear_index
from app.retention.actions.keys import destroy_old_keys
from app.retention.actions.purging import purge_parts, purge_rows, remove_rows
from app.retention.actions.records import begin_run, finish_run
from app.retention.gateways import note_granted, read_granted, register_places
from app.retention.queries.due import (
    Due,
    Key,
    count_parts,
    due_steps,
    list_due,
    list_parts,
    list_rows_of,
)
from app.retention.queries.people import (
    OpenErasure,
    list_begun,
    list_done,
    list_granted,
    list_known,
    list_leavers,
    list_open,
    with_merged,
)
from app.retention.queries.plan import days_by_rule, get_plan, get_rules
from app.retention.rules.erasures import (
    Depth,
    Granted,
    depth_for,
    first_day_left,
    not_yet_done,
)
from app.retention.rules.periods import PurgeRunning, first_kept_on
from app.retention.rules.steps import Erasing, Part, add_up, split_by_weight
from app.settings import Settings
from app.upkeep.actions.leases import give_back, take_lease
from app.web.breakdowns import DatabaseUnavailable

log = logging.getLogger(__name__)
LEASE = "retention.purge"
ASIDE = "database_aside"
LEASE_LASTS = timedelta(minutes=10)
FOUND_AT_ONCE, WRITTEN_AT_ONCE, PARTS_AT_ONCE = 4000, 100, 200
PEOPLE_AT_ONCE, ENDED_AT_ONCE = 200, 20
T = TypeVar("T")
Commit = Callable[[Callable[[Session], Any]], Any]


@dataclass(slots=True)
class Purge:
    """One purge, whoever asked for it."""

    commit: Commit
    read: Callable[[], Session]
    clock: Clock
    settings: Settings
    actor: Actor
    holder: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    people: int = 0
    keys: int = 0
    failed: set[str] = field(default_factory=set)  # deletions that this purge left as they are

    @property
    def today(self) -> date:
        """The day in the park."""
        return local_day(self.clock.now(), self.settings.timezone)

    def counted(self, counts: dict[str, int]) -> None:
        """Add rows to what this purge has removed."""
        self.counts = add_up((self.counts, counts))


def begin_purge(purge: Purge) -> Purge:
    """Take the lease; refused while another purge is under way."""
    purge.holder = new_id(purge.clock.now())
    if not _hold(purge):
        raise PurgeRunning
    return purge


def _hold(purge: Purge) -> bool:
    now = purge.clock.now()

    def work(session: Session) -> bool:
        return take_lease(session, LEASE, purge.holder, lasts=LEASE_LASTS, now=now)

    return bool(purge.commit(work))


def finish_purge(purge: Purge) -> dict[str, int]:
    """Do it to the end and give the lease back; rows by table."""
    try:
        run_id = purge.commit(
            lambda session: begin_run(session, actor=purge.actor, now=purge.clock.now())
        )
        days = days_by_rule(purge.read())
        for due in due_steps(get_plan(), get_rules(), days, purge.today, purge.settings.timezone):
            _hold(purge)
            purge_step(purge, due)
        carry_out_granted(purge)
        _begin_with_leavers(purge, days["contract"])
        carry_out_erasures(purge)
        clear_index(purge.commit)
        purge.keys = _destroy_keys(purge, days["sealed"])
        _drop_asides(purge, days["imports"])
        purge.commit(partial(_finish, purge=purge, run_id=run_id))
    finally:
        _release(purge)
    return purge.counts


def _finish(session: Session, *, purge: Purge, run_id: str) -> None:
    finish_run(
        session,
        run_id,
        purge.counts,
        people=purge.people,
        keys=purge.keys,
        failed=len(purge.failed),
        actor=purge.actor,
        now=purge.clock.now(),
    )


def _release(purge: Purge) -> None:
    now = purge.clock.now()
    purge.commit(lambda session: give_back(session, LEASE, purge.holder, now=now))


def purge_step(purge: Purge, due: Due) -> None:
    """Remove all that one step finds due."""
    while True:
        found = list_due(purge.read(), due, FOUND_AT_ONCE)
        removed = 0
        for keys in _in_writes(purge, due.step.parts, found, partial(purge_parts, due=due)):
            counts = purge.commit(partial(purge_rows, due=due, keys=keys))
            removed += sum(counts.values())
            purge.counted(counts)
        if len(found) < FOUND_AT_ONCE or not removed:
            return


def _in_writes(
    purge: Purge, parts: Sequence[Part], keys: Sequence[Key], remove: Callable[..., Any]
) -> Iterator[list[Key]]:
    """Rows some at a time, so few that what goes with them stays a short write.

    A row with more than that is emptied first, by `remove(session, part=, of=, keys=)`.
    """
    for some in in_parts(keys, WRITTEN_AT_ONCE):
        weights = count_parts(purge.read(), parts, some)
        for key in some:
            if weights.get(key[0], 0) > PARTS_AT_ONCE:
                _hold(purge)
                for part in parts:
                    _empty(purge, part, key, remove)
                weights[key[0]] = 0
        yield from split_by_weight(some, weights, PARTS_AT_ONCE)


def _empty(purge: Purge, part: Part, of: Key, remove: Callable[..., Any]) -> None:
    while keys := list_parts(purge.read(), part, of, PARTS_AT_ONCE):
        counts = purge.commit(partial(remove, part=part, of=of, keys=keys))
        purge.counted(counts)
        if not counts:
            return


def in_parts(items: Sequence[T], size: int) -> Iterator[list[T]]:
    """The items in their order, some at a time."""
    rest = iter(items)
    while part := list(itertools.islice(rest, size)):
        yield part


def carry_out_granted(purge: Purge) -> None:
    """Begin with deletions that were granted; the register knows of each before anything goes."""
    today, now = purge.today, purge.clock.now()
    asked = {
        each.worker_id: (Granted(each.worker_id, depth_for(each.left_on, today), now), each)
        for each in list_granted(purge.read())
    }
    begun = list_begun(purge.read())
    new = [pair for worker_id, pair in asked.items() if worker_id not in begun]
    note_granted(register_places(purge.settings), [granted for granted, _ in new])
    for granted, request in new:
        purge.commit(
            partial(begin_granted, granted=granted, request_id=request.request_id, now=now)
        )
    begin_again(purge)


def begin_again(purge: Purge) -> int:
    """What the register tells and the database does not know of is begun anew; how many."""
    register = read_granted(register_places(purge.settings))
    if not register:
        return 0
    ids = sorted({each.worker_id for each in register})
    missing = not_yet_done(register, list_done(purge.read(), ids))
    known = list_known(purge.read(), [each.worker_id for each in missing])
    again = [each for each in missing if each.worker_id in known]
    now = purge.clock.now()
    for granted in again:
        log.warning("a deletion that a backup did not know of is carried out again")
        purge.commit(partial(begin_granted, granted=granted, request_id=None, now=now))
    return len(again)


def _begin_with_leavers(purge: Purge, days: int) -> None:
    before = first_kept_on(get_rules()["contract"], days, purge.today)
    while worker_ids := list_leavers(purge.read(), before, PEOPLE_AT_ONCE):
        for part in in_parts(worker_ids, ENDED_AT_ONCE):
            purge.commit(partial(begin_leavers, worker_ids=part, now=purge.clock.now()))


def carry_out_erasures(purge: Purge) -> None:
    """Go on with every deletion that has begun; one that fails is left for the next purge."""
    for depth in Depth:
        while erasures := list_open(purge.read(), depth, PEOPLE_AT_ONCE, purge.failed):
            _carry_out(purge, erasures)


def _carry_out(purge: Purge, erasures: Sequence[OpenErasure]) -> None:
    """These of one depth together; each by itself where that fails."""
    _hold(purge)
    try:
        if erasures[0].depth is Depth.WHOLE:
            _erase_records(purge, erasures)
        else:
            _erase_history(purge, erasures)
        _finish_erasures(purge, erasures)
    except (DatabaseUnavailable, OperationalError):
        raise  # nothing else would get on either: all of it is tried again soon
    except Exception as error:
        purge.read().rollback()
        if len(erasures) > 1:
            for each in erasures:
                _carry_out(purge, [each])
            return
        purge.failed.add(erasures[0].id)
        # Only the kind of fault: its text would carry what was to go.
        log.error("deletion %s could not be carried out: %s", erasures[0].id, type(error).__name__)


def _finish_erasures(purge: Purge, erasures: Sequence[OpenErasure]) -> None:
    for part in in_parts([erasure.id for erasure in erasures], ENDED_AT_ONCE):
        now = purge.clock.now()
        purge.people += purge.commit(
            partial(finish_erasures, erasure_ids=part, actor=purge.actor, now=now)
        )


def _erase_records(purge: Purge, erasures: Sequence[OpenErasure]) -> None:
    """Everything of these people, table by table; what is left is a shell without a name."""
    people = with_merged(purge.read(), [erasure.worker_id for erasure in erasures])
    for each in get_plan().erasing:
        keys = list_rows_of(purge.read(), each.table, each.by, people, each.blank)
        for some in _in_writes(purge, each.parts, keys, _remove_parts):
            purge.counted(purge.commit(partial(_remove, table=each, keys=some)))


def _remove(session: Session, *, table: Erasing, keys: Sequence[Key]) -> dict[str, int]:
    return remove_rows(session, table.table, keys, table.parts, table.blank)


def _remove_parts(session: Session, *, part: Part, of: Key, keys: Sequence[Key]) -> dict[str, int]:
    return remove_rows(session, part.table, keys, (), None)


def _erase_history(purge: Purge, erasures: Sequence[OpenErasure]) -> None:
    """What is not needed while these people still work here; an open case keeps its own."""
    zone = purge.settings.timezone
    for erasure in erasures:
        people = tuple(with_merged(purge.read(), [erasure.worker_id]))
        before = first_day_left(local_day(erasure.at, zone))
        for step in (*get_plan().steps, *get_plan().history):
            if step.person is not None:
                purge_step(purge, Due(step, before, zone, people))


def _destroy_keys(purge: Purge, days: int) -> int:
    before = purge.clock.now() - timedelta(days=days)
    destroyed: int = purge.commit(
        partial(destroy_old_keys, before=before, actor=purge.actor, now=purge.clock.now())
    )
    return destroyed


def _drop_asides(purge: Purge, days: int) -> None:
    before = purge.clock.now() - timedelta(days=days)
    for name in list_asides(purge.read(), purge.settings, before):
        purge.commit(partial(drop_aside, settings=purge.settings, name=name))
        purge.counted({ASIDE: 1})


def purge_after_restore(purge: Purge) -> int:
    """What the register tells of and a restored backup brought back goes at once; how many."""
    if not begin_again(purge):
        return 0
    begin_purge(purge)
    try:
        carry_out_erasures(purge)
        clear_index(purge.commit)
    finally:
        _release(purge)
    return purge.people
