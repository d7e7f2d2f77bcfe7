"""The logs between a park and its province: over the wire, and as a bundle on a stick."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.kernel.actors import program
from app.sync.actions.bundles import export_bundle, import_bundle
from app.sync.actions.enrolment import enrol, invite_park
from app.sync.actions.log import append_entry
from app.sync.actions.pulling import pull_entries
from app.sync.actions.pushing import push_entries
from app.sync.actions.sending_down import append_down
from app.sync.models import LogEntry
from app.sync.queries.states import get_status
from app.sync.rules import Head, head_after
from app.web.transaction import transact
from tests.durability.ground import Deed, Ground, Tell

ENTRIES = 24
STORY = program("test")


def _run(app: Flask, work: Callable[[Session], Any]) -> Any:
    with app.app_context():
        return transact(work)


def _enrolled(ground: Ground) -> None:
    """The park enrolled at the province."""
    now = ground.clock.now()
    code, _ = _run(ground.province, lambda s: invite_park(s, "KCN Vân Trung", actor=STORY, now=now))
    with ground.province_answering(), ground.park.app_context():
        node = enrol(transact, ground.clock, ground.settings, ground.url, code, actor=STORY)
    ground.keep_facts({"node": node})


def _up(ground: Ground, tell: Tell) -> None:
    """Notes entries until there are enough, each acknowledged by its number; pushes now and then.

    Who was killed before the answer does not know: what is there counts.
    """
    now = ground.clock.now()
    with ground.province_answering(), ground.park.app_context():
        while True:
            db.session.remove()
            head = get_status(db.session(), ground.settings).up_head
            if head >= ENTRIES:
                break
            seq = transact(lambda s, n=head: append_entry(s, "feedback", {"n": n}, now))
            tell({"seq": seq, "n": head})
            if seq % 7 == 0:
                push_entries(transact, ground.clock, ground.settings, by_hand=True)
        pushed = push_entries(transact, ground.clock, ground.settings, by_hand=True)
        assert pushed.stopped_by is None, pushed.stopped_by
        pull_entries(transact, ground.clock, ground.settings, by_hand=True)
        db.session.remove()
        status = get_status(db.session(), ground.settings)
        assert status.accepted_through == status.up_head


def _compacts(app: Flask, direction: str) -> list[tuple[int, bytes]]:
    with app.app_context():
        db.session.remove()
        found = db.session.execute(
            select(LogEntry.seq, LogEntry.compact)
            .where(LogEntry.direction == direction)
            .order_by(LogEntry.seq)
        ).all()
    return [(seq, compact) for seq, compact in found]


def _chained(app: Flask, direction: str) -> None:
    """Every entry follows the one before it, by number and hash."""
    with app.app_context():
        db.session.remove()
        head = Head()
        for entry in db.session.scalars(
            select(LogEntry).where(LogEntry.direction == direction).order_by(LogEntry.seq)
        ):
            head = head_after(head, entry.compact.decode())
            assert head == Head(entry.seq, entry.hash)


def _same_on_both_sides(direction: str) -> Callable[[Ground, list[dict[str, Any]]], None]:
    def check(ground: Ground, told: list[dict[str, Any]]) -> None:
        here, there = (_compacts(app, direction) for app in (ground.park, ground.province))
        writes, reads = (here, there) if direction == "up" else (there, here)
        # A receipt that was written for what came last may still be on its way.
        assert len(reads) >= ENTRIES
        assert reads == writes[: len(reads)]
        assert [seq for seq, _ in writes] == list(range(1, len(writes) + 1))
        assert {each["seq"] for each in told if "seq" in each} <= {seq for seq, _ in reads}
        _chained(ground.park, direction)
        _chained(ground.province, direction)
        problems = get_problems(ground)
        assert problems == [], problems

    return check


def get_problems(ground: Ground) -> list[str]:
    """What either side says is in the way."""
    found: list[str] = []
    for app in (ground.park, ground.province):
        with app.app_context():
            db.session.remove()
            status = get_status(db.session(), current_app.config["SETTINGS"])
            found += [each.code for each in status.problems]
    return found


def _written_down(ground: Ground) -> None:
    """Enrolled, and the province has written."""
    _enrolled(ground)
    node, now = ground.facts["node"], ground.clock.now()

    def work(session: Session) -> None:
        for n in range(ENTRIES):
            append_down(session, node, "bulletin", {"n": n}, now)

    _run(ground.province, work)


def _down(ground: Ground, tell: Tell) -> None:
    with ground.province_answering(), ground.park.app_context():
        pulled = pull_entries(transact, ground.clock, ground.settings, by_hand=True)
        assert pulled.stopped_by is None, pulled.stopped_by
        tell({"seq": pulled.applied_through})


def _noted(ground: Ground) -> None:
    """Enrolled, and both sides have written what no wire has carried."""
    _written_down(ground)
    now = ground.clock.now()

    def work(session: Session) -> None:
        for n in range(ENTRIES):
            append_entry(session, "feedback", {"n": n}, now)

    _run(ground.park, work)


def _carry(ground: Ground, tell: Tell) -> None:
    """A stick goes up as a file and comes down as a folder, twice: receipts travel, too."""
    for _ in range(2):
        _carried(ground, ground.park, ground.province, ground.folder / "stick" / "up.zip")
        _carried(ground, ground.province, ground.park, ground.folder / "stick" / "down")


def _carried(ground: Ground, writer: Flask, reader: Flask, path: Path) -> None:
    with writer.app_context():
        export_bundle(transact, ground.clock, current_app.config["SETTINGS"], path)
    with reader.app_context():
        import_bundle(transact, ground.clock, current_app.config["SETTINGS"], path)


def _carried_both_ways(ground: Ground, told: list[dict[str, Any]]) -> None:
    _same_on_both_sides("up")(ground, told)
    _same_on_both_sides("down")(ground, told)


PUSH = Deed(_enrolled, _up, _same_on_both_sides("up"))
PULL = Deed(_written_down, _down, _same_on_both_sides("down"))
BUNDLES = Deed(_noted, _carry, _carried_both_ways)
