"""`gate_scan`: somebody showed a pass or a badge at a gate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.rules import Permission, branches_for
from app.gate.actions.scans import HandedScan, record_scans
from app.gate.forms.scans import parse_scan
from app.kernel.refusals import NotAllowed, Refusal
from app.outbox.actions import JoinedDeed, Result
from app.outbox.forms.circumstances import Circumstances
from app.outbox.rules import CommandEnvelope


def parse_gate_scan(envelope: CommandEnvelope, around: Circumstances) -> JoinedDeed:
    """`gate_scan`: a pass or a badge, the gate, the direction and what the gate said."""
    if not branches_for(around.actor, Permission.CHECK_PASSES):
        raise NotAllowed
    scan = parse_scan(envelope.body, envelope.made_at, envelope.offset_ms)
    return GateScanDeed(around, HandedScan(scan, around.actor, around.now))


@dataclass(frozen=True, slots=True)
class GateScanDeed:
    """A scan to be recorded together with others."""

    around: Circumstances
    handed: HandedScan

    @property
    def together(self) -> Callable[[Session, Sequence["GateScanDeed"]], list[Result | Refusal]]:
        """What records many of them."""
        return record_scans_together


def record_scans_together(
    session: Session, deeds: Sequence[GateScanDeed]
) -> list[Result | Refusal]:
    """Record the scans of gates."""
    done = record_scans(session, [deed.handed for deed in deeds])
    return [{"scan_id": each.scan_id, "known": each.known, "judged": each.judged} for each in done]
