"""What an opened command does: the worker's own act, told back without a word about health."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.actions.consent import record_consent
from app.accounts.queries.consent import find_agreed, find_consent
from app.checkins.rules.requests import Source
from app.gate.actions.returns import Returned, keep_returns
from app.kernel.actors import Actor
from app.kernel.refusals import Refusal
from app.outbox.actions import Deed, JoinedDeed, Result
from app.outbox.forms.check_in import CheckInDeed, record_together
from app.web.notice import NOTICE_VERSION

# A kiosk cannot read what it carries, and is not told what became of it either.
TOLD = ("check_in_id", "version", "consent_id")


@dataclass(frozen=True, slots=True)
class Claim:
    """Which device brought which command, and whose badge was on it, as far as known."""

    key: str
    account_id: str
    company_id: int | None
    badge: str


@dataclass(frozen=True, slots=True)
class SealedDeed:
    """A sealed command's deed, or its refusal; `agreed`: the notice's own yes was pressed."""

    claim: Claim
    made_at: datetime
    now: datetime
    deed: Deed | JoinedDeed | Refusal
    actor: Actor | None = None
    notice: str = ""
    agreed: bool = False

    @property
    def together(self) -> Callable[[Session, Sequence["SealedDeed"]], list[Result | Refusal]]:
        """What does many of them."""
        return do_sealed


def do_sealed(session: Session, deeds: Sequence[SealedDeed]) -> list[Result | Refusal]:
    """Do sealed commands in their order; what is refused is kept for a person to see."""
    outcomes: list[Result | Refusal] = []
    for joined, group in groupby(deeds, key=lambda each: isinstance(each.deed, CheckInDeed)):
        run = list(group)
        for each in run:
            _take_notice(session, each)
        outcomes += _answers(session, run) if joined else [_tried(session, each) for each in run]
    keep_returns(
        session,
        [
            _returned(deed, outcome)
            for deed, outcome in zip(deeds, outcomes, strict=True)
            if isinstance(outcome, Refusal) and deed.claim.company_id is not None
        ],
    )
    return [_told(outcome) for outcome in outcomes]


def _take_notice(session: Session, deed: SealedDeed) -> None:
    """Who answers under the notice agrees to it, unless that person has said no to it before."""
    actor = deed.actor
    if actor is None or deed.notice != NOTICE_VERSION or isinstance(deed.deed, Refusal):
        return
    worker_id = str(actor.worker_id)
    if worker_id in find_agreed(session, [worker_id], NOTICE_VERSION):
        return
    said = find_consent(session, worker_id)
    said_no = said is not None and said.version == NOTICE_VERSION
    if deed.agreed or not said_no:
        record_consent(session, worker_id, NOTICE_VERSION, agreed=True, actor=actor, now=deed.now)
        session.flush()


def _answers(session: Session, run: Sequence[SealedDeed]) -> list[Result | Refusal]:
    return record_together(session, [_at_kiosk(each.deed) for each in run])


def _at_kiosk(deed: Any) -> CheckInDeed:
    answer: CheckInDeed = replace(deed, request=replace(deed.request, source=Source.KIOSK))
    return answer


def _tried(session: Session, deed: SealedDeed) -> Result | Refusal:
    act: Any = deed.deed
    if isinstance(act, Refusal):
        return act
    together = getattr(act, "together", None)
    if together is not None:
        joined: list[Result | Refusal] = together(session, [act])
        return joined[0]
    try:
        with session.begin_nested():
            result: Result = act(session)
            return result
    except Refusal as refusal:
        return refusal


def _returned(deed: SealedDeed, refusal: Refusal) -> Returned:
    claim = deed.claim
    return Returned(
        claim.key,
        claim.account_id,
        claim.company_id or 0,
        claim.badge,
        refusal.code,
        deed.made_at,
        deed.now,
    )


def _told(outcome: Result | Refusal) -> Result | Refusal:
    if isinstance(outcome, Refusal):
        return outcome
    return {name: outcome[name] for name in TOLD if name in outcome}
