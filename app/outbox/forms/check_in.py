"""`check_in`: one's own answer, or that of a worker one may answer for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.accounts.queries.consent import find_agreed
from app.accounts.rules import Actor, Permission, may
from app.checkins.actions.answers import GivenAnswer, RecordedCheckIn, record_check_ins
from app.checkins.forms import (
    parse_answers_object,
    parse_badge,
    parse_day,
    parse_shift,
    parse_source,
)
from app.checkins.rules.requests import CheckInRequest, ConsentNeeded, check_shift_day
from app.gate.queries.passes import find_passes
from app.kernel.clock import local_day
from app.kernel.refusals import BadFields, NotAllowed, NotFound, Refusal
from app.outbox.actions import JoinedDeed, Result
from app.outbox.forms.circumstances import Circumstances
from app.outbox.rules import CommandEnvelope, read_moment
from app.web.notice import NOTICE_VERSION
from app.workforce.queries.badges import Named, find_by_badges


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
