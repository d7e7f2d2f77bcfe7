"""One parser per kind of command: from its content to the deed that does it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.actions.consent import record_consent
from app.accounts.queries.consent import find_agreed
from app.accounts.rules import Actor, Permission, branches_for, may
from app.checkins.actions.answers import GivenAnswer, RecordedCheckIn, record_check_ins
from app.checkins.forms import (
    parse_answers_object,
    parse_badge,
    parse_day,
    parse_shift,
    parse_source,
)
from app.checkins.rules.requests import CheckInRequest, ConsentNeeded, check_shift_day
from app.delivery.actions.ledger import mark_read
from app.gate.actions.scans import HandedScan, record_scans
from app.gate.forms import parse_scan
from app.gate.queries.passes import find_passes
from app.kernel.clock import local_day
from app.kernel.ids import is_id
from app.kernel.refusals import BadFields, NotAllowed, NotFound, Refusal
from app.outbox.actions import Deed, JoinedDeed, Result
from app.outbox.rules import CommandEnvelope, UnknownKind, read_moment
from app.settings import Settings
from app.web.notice import NOTICE_VERSION
from app.workforce.queries.badges import Named, find_by_badges


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who hands in a command, when, and on which node."""

    settings: Settings
    now: datetime
    actor: Actor


Parser = Callable[[CommandEnvelope, Circumstances], Deed | JoinedDeed]


def deed_of(
    envelope: CommandEnvelope, settings: Settings, now: datetime, actor: Actor
) -> Deed | JoinedDeed | Refusal:
    """The deed that a command asks for, or, when its content is wrong, the refusal."""
    parser = PARSERS.get(envelope.kind)
    if parser is None:
        return UnknownKind(kind=envelope.kind[:40])
    try:
        return parser(envelope, Circumstances(settings, now, actor))
    except Refusal as refusal:
        return refusal


def parse_check_in(envelope: CommandEnvelope, around: Circumstances) -> JoinedDeed:
    """`check_in`: one's own answer, or, with a badge, that of a worker one may answer for."""
    body, actor, settings = envelope.body, around.actor, around.settings
    today = local_day(around.now, settings.timezone)
    shift = parse_shift(body.get("shift"))
    shift_on = parse_day(body.get("shift_on"), today, "/body/shift_on")
    check_shift_day(shift_on, today)
    answers, named = parse_answers_object(body), parse_badge(body)
    observed = body.get("observed_at")
    observed_at = read_moment(observed) if observed is not None else None
    source = parse_source(body, by_other=named is not None)

    return CheckInDeed(
        around,
        named,
        CheckInRequest(
            actor.worker_id or "",
            shift_on,
            shift,
            answers,
            envelope.made_at,
            envelope.offset_ms,
            observed_at,
            source,
        ),
    )


@dataclass(frozen=True, slots=True)
class CheckInDeed:
    """A check-in to be recorded together with others; who is `named` is still to be found."""

    around: Circumstances
    named: Named | None
    request: CheckInRequest

    @property
    def together(self) -> Callable[[Session, Sequence["CheckInDeed"]], list[Result | Refusal]]:
        """What records many of them."""
        return record_together


def record_together(session: Session, deeds: Sequence[CheckInDeed]) -> list[Result | Refusal]:
    """Record the check-ins of those who may, and refuse the others."""
    answering = _answering(session, deeds)
    given = [
        GivenAnswer(replace(deed.request, worker_id=who), deed.around.actor, deed.around.now)
        for deed, who in zip(deeds, answering, strict=True)
        if isinstance(who, str)
    ]
    settings = deeds[0].around.settings
    outcomes = record_check_ins(session, given, settings=settings) if given else []
    shifts = [(each.request.worker_id, each.request.shift_on, each.request.shift) for each in given]
    passes = find_passes(session, shifts)
    told = iter(
        [_told(done, passes.get(shift)) for done, shift in zip(outcomes, shifts, strict=True)]
    )
    return [who if isinstance(who, Refusal) else next(told) for who in answering]


def _told(done: RecordedCheckIn | Refusal, pass_text: str | None) -> Result | Refusal:
    if isinstance(done, Refusal):
        return done
    return {
        "check_in_id": done.check_in_id,
        "version": done.version,
        "level": str(done.level),
        "reasons": list(done.reasons),
        "advice": done.advice,
        "pass": pass_text,
    }


def _answering(session: Session, deeds: Sequence[CheckInDeed]) -> list[str | Refusal]:
    """The workers whose answers these are; own answers need consent, others' need the right."""
    own = {deed.around.actor.worker_id for deed in deeds if deed.named is None}
    agreed = find_agreed(session, [each for each in own if each], NOTICE_VERSION)
    named = [(deed.named, deed.around.actor) for deed in deeds if deed.named is not None]
    found = find_by_badges(session, [(each, actor.grants) for each, actor in named])
    by_badge = iter(found)
    answering: list[str | Refusal] = []
    for deed in deeds:
        actor = deed.around.actor
        if deed.named is not None:
            answering.append(_for_another(actor, next(by_badge)))
        elif actor.worker_id is None:
            answering.append(BadFields([("/body/badge", "fields.missing")]))
        else:
            answering.append(actor.worker_id if actor.worker_id in agreed else ConsentNeeded())
    return answering


def _for_another(actor: Actor, found: tuple[str, str] | None) -> str | Refusal:
    if found is None:
        return NotFound()
    worker_id, path = found
    if worker_id != actor.worker_id and not may(actor, Permission.ANSWER_FOR_OTHERS, path):
        return NotAllowed()
    return worker_id


def parse_consent(envelope: CommandEnvelope, around: Circumstances) -> Deed:
    """`consent`: {"version", "agreed"}, what a worker says to the legal notice."""
    agreed, version = envelope.body.get("agreed"), envelope.body.get("version")
    if not isinstance(agreed, bool) or not isinstance(version, str):
        raise BadFields([("/body/agreed", "fields.missing")])
    actor = around.actor
    if actor.worker_id is None:
        raise NotAllowed

    def deed(session: Session) -> dict[str, Any]:
        consent_id = record_consent(
            session,
            str(actor.worker_id),
            version[:20],
            agreed=agreed,
            actor=actor,
            now=around.now,
        )
        return {"consent_id": consent_id}

    return deed


def parse_message_read(envelope: CommandEnvelope, around: Circumstances) -> Deed:
    """`message_read`: {"message"}, one of one's own messages was read."""
    message_id, person_id = envelope.body.get("message"), around.actor.worker_id
    if not is_id(message_id):
        raise BadFields([("/body/message", "fields.missing")])
    if person_id is None:
        raise NotFound

    def deed(session: Session) -> dict[str, Any]:
        read_at = mark_read(
            session, person_id, str(message_id), read_at=envelope.made_at, now=around.now
        )
        return {"message": message_id, "read_at": read_at.isoformat() if read_at else None}

    return deed


def parse_gate_scan(envelope: CommandEnvelope, around: Circumstances) -> JoinedDeed:
    """`gate_scan`: somebody showed a pass or a badge at a gate."""
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


PARSERS: Mapping[str, Parser] = {
    "check_in": parse_check_in,
    "consent": parse_consent,
    "gate_scan": parse_gate_scan,
    "message_read": parse_message_read,
}
