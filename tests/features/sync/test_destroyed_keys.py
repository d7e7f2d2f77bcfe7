"""What was sealed is read by nobody once its key is destroyed, and the chain still verifies."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.retention.jobs import purge_when_due
from app.sync.actions.log import append_entry, locked_node
from app.sync.actions.opening import open_sealed
from app.sync.gateways.boxing import box
from app.sync.gateways.keyring import opened
from app.sync.gateways.signing import payload_of
from app.sync.models import LogEntry
from app.sync.queries.keyrings import park_keyring
from app.sync.rules import NotReadable, link_of
from tests.features.sync.conftest import Centre, Park

pytestmark = pytest.mark.parametrize("database", ["sqlite"])


def send_named(park: Park) -> str:
    """A named case goes up, sealed for the province; what stands in the log."""
    now = park.node.clock.at

    def work(session: Session) -> None:
        key = locked_node(session, now).upstream_keys["box_key"]
        append_entry(session, "escalation", {"jwe": box({"name": "MARKED"}, key)}, now)

    park.run(work)
    park.push()
    compacts = park.read(
        lambda s: s.scalars(select(LogEntry.compact).where(LogEntry.kind == "escalation")).all()
    )
    return str(payload_of(compacts[-1])["body"]["jwe"])


def move_both(park: Park, centre: Centre, days: int) -> None:
    """Some days pass, and each node has its night."""
    for peer in (centre, park):
        peer.node.clock.at += timedelta(days=days)
        with peer.node.app.app_context():
            purge_when_due()
    park.push()
    park.pull()


def test_a_sealed_body_ends_with_its_key(park: Park, centre: Centre) -> None:
    node = park.enrol_at(centre)
    move_both(park, centre, 1)
    jwe = send_named(park)
    now = centre.node.clock.at
    assert centre.run(lambda s: open_sealed(s, jwe, now)) == {"name": "MARKED"}
    move_both(park, centre, 90)  # a new key on both sides, the old one still opens
    assert centre.run(lambda s: open_sealed(s, jwe, now)) == {"name": "MARKED"}
    later = send_named(park)
    move_both(park, centre, 182)
    with pytest.raises(NotReadable):
        centre.run(lambda s: open_sealed(s, jwe, now))
    assert centre.run(lambda s: open_sealed(s, later, now)) == {"name": "MARKED"}
    assert park.entries() == centre.entries()
    compacts = [text for _, _, text in centre.entries()]
    entries, refusal = centre.read(lambda s: opened(park_keyring(s, node), compacts))
    assert (refusal, len(entries)) == (None, len(compacts))
    links = [link_of(text) for text in compacts]
    assert [entry.prev for entry, _ in entries] == ["", *links[:-1]]
