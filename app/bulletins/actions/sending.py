"""Writing what was published into the logs of the parks, a few at a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.bulletins.models import DownSending
from app.bulletins.queries.board import get_version
from app.bulletins.queries.desk import Waiting
from app.bulletins.queries.rule_documents import get_rules_sent
from app.bulletins.rules.bulletins import down_body
from app.bulletins.rules.rule_documents import rules_body
from app.extensions import upsert
from app.sync.actions.receiving import locked_park
from app.sync.actions.sending_down import append_down
from app.sync.rules import DownKind


def send_down(session: Session, waiting: Sequence[Waiting], *, now: datetime) -> int:
    """Append to each park's log what waits for it, once; how many entries were made."""
    # Parks before this node, as whoever takes their entries in: two never wait in a ring.
    for node in sorted({each.node for each in waiting}):
        locked_park(session, node)
    made = 0
    entries: dict[tuple[str, int], tuple[str, dict[str, object]]] = {}
    for each in waiting:
        # Two jobs at once: whoever writes the row first appends, the other passes over.
        claimed = session.execute(
            upsert(session, DownSending)
            .values(
                thing_id=each.thing_id,
                version=each.version,
                node=each.node,
                seq=0,
                sent_at=now,
            )
            .on_conflict_do_nothing()
        )
        if not claimed.rowcount:  # type: ignore[attr-defined]
            continue
        thing = (each.thing_id, each.version)
        if thing not in entries:
            entries[thing] = _entry(session, each)
        seq = append_down(session, each.node, *entries[thing], now)
        sending = session.get_one(DownSending, (*thing, each.node))
        sending.seq = seq
        made += 1
    session.flush()
    return made


def _entry(session: Session, each: Waiting) -> tuple[str, dict[str, object]]:
    if each.is_rules:
        return DownKind.RULES, rules_body(get_rules_sent(session, each.thing_id))
    return DownKind.BULLETIN, down_body(get_version(session, each.thing_id, each.version))
