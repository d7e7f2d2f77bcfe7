"""What follows from an entry of the other side: once, in its own transaction, never in the way."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session

from app.kernel.refusals import BadFields
from app.sync.models import LogEntry
from app.sync.rules import EntryArrived
from tests.features.sync.conftest import Centre, Park


class Ear:
    """Hears what arrives, and may be deaf to some of it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, str]] = []
        self.refuses: dict[int, Exception] = {}

    def hear(self, session: Session, event: EntryArrived, *, now: datetime) -> None:
        if event.seq in self.refuses:
            raise self.refuses[event.seq]
        self.heard.append((event.direction, event.seq, event.kind))


@pytest.fixture
def ear(park: Park, centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Ear:
    """Listens at both nodes."""
    listening = Ear()
    for peer in (park, centre):
        writer = peer.node.app.extensions["writer"]
        reactions = {**writer.info["reactions"], EntryArrived: (listening.hear,)}
        monkeypatch.setitem(writer.info, "reactions", reactions)
    return listening


def unapplied(park: Park) -> list[str | None]:
    return park.read(
        lambda s: list(
            s.scalars(
                select(LogEntry.unapplied)
                .where(LogEntry.direction == "down")
                .order_by(LogEntry.seq)
            )
        )
    )


def test_each_entry_arrives_once_whatever_the_road(
    park: Park, centre: Centre, ear: Ear, tmp_path: object
) -> None:
    node = park.enrol_at(centre)
    park.note(1)
    park.note(2, "summary")
    centre.tell(node, 1, "notice")
    for _ in range(3):
        park.push()
        park.pull()
    assert ear.heard == [("up", 1, "feedback"), ("down", 1, "notice")]


def test_what_cannot_be_applied_stays_marked_and_holds_nothing_up(
    park: Park, centre: Centre, ear: Ear
) -> None:
    node = park.enrol_at(centre)
    for n in range(4):
        centre.tell(node, n)
    ear.refuses = {1: BadFields([("/text", "fields.missing")]), 3: KeyError("title")}
    assert park.pull().accepted == 4
    assert [seq for _, seq, _ in ear.heard] == [2, 4]
    assert unapplied(park) == [BadFields.code, None, "sync.not_applied", None]
    assert park.status().applied_through == 4


def test_a_value_that_the_database_refuses_is_marked_and_a_database_that_is_busy_is_asked_again(
    park: Park, centre: Centre, ear: Ear
) -> None:
    node = park.enrol_at(centre)
    for n in range(2):
        centre.tell(node, n)
    ear.refuses = {1: OperationalError("", {}, Exception("locked"))}
    assert park.pull().stopped_by is not None
    assert (unapplied(park), park.status().applied_through) == ([], 0)
    ear.refuses = {1: DataError("", {}, Exception("NUL")), 2: OverflowError()}
    assert park.pull().accepted == 2
    assert unapplied(park) == ["sync.not_applied"] * 2
