"""`roll_call` and `roll_call_undo`: a leader's sheet of a group, and taking it back."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.rules import Actor, Permission, may
from app.checkins.actions.roll_call import CalledLine, CalledRoll, call_roll
from app.checkins.actions.roll_call_undo import undo_roll_call
from app.checkins.forms import parse_day, parse_shift
from app.checkins.queries.roll_calls import (
    CalledGroup,
    badges_of,
    find_called_group,
    find_roll_call,
)
from app.checkins.rules.requests import RollCallRequest, Source, check_shift_day
from app.checkins.rules.roll_call import RollLine, Said
from app.kernel.clock import local_day
from app.kernel.ids import is_id
from app.kernel.refusals import BadFields, NotAllowed, NotFound
from app.kernel.text import nfc, squeeze
from app.outbox.actions import Deed
from app.outbox.forms.circumstances import Circumstances
from app.outbox.rules import CommandEnvelope, read_moment
from app.workforce.queries.badges import find_by_badges

MOST_PEOPLE = 1000
LONGEST_REASON = 80
EXCEPTIONS = {str(said): said for said in (Said.ABSENT, Said.SYMPTOMS, Said.NOT_ASKED)}
Problems = list[tuple[str, str]]


def parse_roll_call(envelope: CommandEnvelope, around: Circumstances) -> Deed:
    """`roll_call`: who was shown and well, who was not, and for the rest: not asked."""
    body, settings = envelope.body, around.settings
    today = local_day(around.now, settings.timezone)
    shift = parse_shift(body.get("shift"))
    shift_on = parse_day(body.get("shift_on"), today, "/body/shift_on")
    check_shift_day(shift_on, today)
    group_id = _id_of(body, "group")
    lines = _lines(body)
    observed = read_moment(body["observed_at"]) if body.get("observed_at") is not None else None
    source = Source.PAPER if body.get("source") == Source.PAPER else Source.ROLL_CALL
    # What was written down by hand carries a clock of its own: the phone's offset is not its.
    offset_ms = 0 if observed is not None else envelope.offset_ms

    def deed(session: Session) -> dict[str, Any]:
        group = _group_of(session, group_id, around.actor)
        workers = _workers(session, lines, group, around.actor)
        done = call_roll(
            session,
            RollCallRequest(
                envelope.key,
                group.id,
                group.company_id,
                shift_on,
                shift,
                lines,
                envelope.made_at,
                offset_ms,
                observed,
                source,
            ),
            workers,
            settings=settings,
            actor=around.actor,
            now=around.now,
        )
        return _told(envelope.key, around.actor, done)

    return deed


def parse_roll_call_undo(envelope: CommandEnvelope, around: Circumstances) -> Deed:
    """`roll_call_undo`: {"roll_call"}, the key of the command that is taken back."""
    roll_call_id = _id_of(envelope.body, "roll_call")

    def deed(session: Session) -> dict[str, Any]:
        roll_call = find_roll_call(session, roll_call_id)
        if roll_call is None:
            raise NotFound
        _group_of(session, roll_call.group_id, around.actor)
        done = undo_roll_call(session, roll_call, actor=around.actor, now=around.now)
        badges = badges_of(session, [*done.restored, *done.left])
        return {
            "roll_call": roll_call_id,
            "restored": sorted(badges[each] for each in done.restored),
            "left": [
                {"badge": badges[worker_id], "reason": str(why)}
                for worker_id, why in sorted(done.left.items(), key=lambda each: badges[each[0]])
            ],
        }

    return deed


def _group_of(session: Session, group_id: str, actor: Actor) -> CalledGroup:
    """A group that the actor may call; one of another company is told not to exist."""
    group = find_called_group(session, group_id)
    if group is None or not any(
        group.path.startswith(grant.path) or grant.path.startswith(group.path)
        for grant in actor.grants
    ):
        raise NotFound
    if not may(actor, Permission.ANSWER_FOR_OTHERS, group.path):
        raise NotAllowed
    return group


def _workers(
    session: Session, lines: tuple[RollLine, ...], group: CalledGroup, actor: Actor
) -> dict[str, str]:
    """The workers of badges that the actor may answer for, by badge."""
    named = [((line.badge, group.company), actor.grants) for line in lines]
    return {
        line.badge: found[0]
        for line, found in zip(lines, find_by_badges(session, named), strict=True)
        if found is not None and may(actor, Permission.ANSWER_FOR_OTHERS, found[1])
    }


def _id_of(body: Mapping[str, Any], name: str) -> str:
    if not is_id(body.get(name)):
        raise BadFields([(f"/body/{name}", "fields.id_wanted")])
    return str(body[name])


def _lines(body: Mapping[str, Any]) -> tuple[RollLine, ...]:
    """The lines of both lists; refused with every wrong field, and when a badge stands twice."""
    problems: Problems = []
    measured = body.get("temperatures")
    if measured is not None and not isinstance(measured, dict):
        problems.append(("/body/temperatures", "fields.object_wanted"))
    warm = measured if isinstance(measured, dict) else {}
    lines = [*_well(body, warm, problems), *_except(body, problems)]
    if len(lines) > MOST_PEOPLE:
        problems.append(("/body/well", "checkins.too_many_people"))
    seen: set[str] = set()
    for line in lines:
        if line.badge in seen:
            problems.append((line.at, "checkins.badge_twice"))
        seen.add(line.badge)
    if problems:
        raise BadFields(problems)
    return tuple(lines)


def _well(
    body: Mapping[str, Any], warm: Mapping[str, Any], problems: Problems
) -> Iterator[RollLine]:
    for place, badge in enumerate(_list(body, "well", problems)):
        at = f"/body/well/{place}"
        if _is_badge(badge):
            celsius = warm.get(badge)
            if _is_celsius(celsius):
                yield RollLine(badge, Said.WELL, temperature_c=celsius, at=at)
            else:
                problems.append((f"/body/temperatures/{badge}", "checkins.not_a_number"))
        else:
            problems.append((at, "fields.text_wanted"))


def _except(body: Mapping[str, Any], problems: Problems) -> Iterator[RollLine]:
    for place, row in enumerate(_list(body, "except", problems)):
        at = f"/body/except/{place}"
        if not isinstance(row, dict) or not _is_badge(row.get("badge")):
            problems.append((f"{at}/badge", "fields.text_wanted"))
            continue
        said, symptoms = EXCEPTIONS.get(str(row.get("state"))), row.get("symptoms") or []
        reason, celsius = row.get("reason") or "", row.get("temperature_c")
        wrong = [
            (f"{at}/state", "checkins.unknown_roll_state", said is None),
            (f"{at}/symptoms", "checkins.bad_answers", not _are_texts(symptoms)),
            (f"{at}/reason", "fields.text_wanted", not isinstance(reason, str)),
            (f"{at}/temperature_c", "checkins.not_a_number", not _is_celsius(celsius)),
        ]
        problems.extend((pointer, code) for pointer, code, is_wrong in wrong if is_wrong)
        if said is not None and not any(is_wrong for *_, is_wrong in wrong):
            why = squeeze(nfc(reason))[:LONGEST_REASON]
            yield RollLine(row["badge"], said, tuple(symptoms), celsius, why, at)


def _list(body: Mapping[str, Any], name: str, problems: Problems) -> list[Any]:
    given = body.get(name, [])
    if isinstance(given, list):
        return given
    problems.append((f"/body/{name}", "checkins.list_wanted"))
    return []


def _is_badge(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 40


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_celsius(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _told(key: str, actor: Actor, done: CalledRoll) -> dict[str, Any]:
    """What was recorded, what was kept and why, and who came to the group since the sheet."""
    named = [line for line in done.lines if line.said is not Said.LEFT_OUT]
    return {
        "roll_call": key,
        "called_by": actor.name,
        "called_at": done.called_at.isoformat(),
        "clock_suspect": done.clock_suspect,
        "recorded": [_line(line) for line in named if line.kept is None],
        "kept": [{**_line(line), "reason": str(line.kept)} for line in named if line.kept],
        "not_on_sheet": [line.badge for line in done.lines if line.said is Said.LEFT_OUT],
    }


def _line(line: CalledLine) -> dict[str, Any]:
    told: dict[str, Any] = {"badge": line.badge, "said": str(line.said), "state": None}
    if line.duty is not None:
        told |= {"state": str(line.duty.state), "level": line.duty.level}
        if line.duty.answered_at is not None:
            told["answered_at"] = line.duty.answered_at.isoformat()
    return told
