"""Answers, duties and levels of two records that are merged, and that come apart again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.checkins.actions.moving import Move, ShiftKey, move_duties
from app.checkins.models import CheckIn, Clearance, Duty, HealthState
from app.checkins.queries.duty_facts import FACTS, duty_facts
from app.checkins.rules import DutyState, Level, LevelRaised
from app.checkins.rules.merging import (
    DutyFacts,
    StandingFacts,
    joined_duty,
    parted_duty,
    parted_standing,
    worse_standing,
)
from app.kernel.events import publish
from app.workforce.actions.merge_ledger import (
    Step,
    change_rows,
    keep_steps,
    list_steps,
    set_columns,
)
from app.workforce.actions.merge_memberships import hand_over_rows
from app.workforce.models import WorkerMerge
from app.workforce.rules.duplicates import UsedSince, WorkersMerged, WorkersParted
from app.workforce.rules.shifts import ShiftCode

Duties = dict[ShiftKey, DutyFacts]
CHECK_IN: Any = CheckIn.__table__
HEALTH_STATE: Any = HealthState.__table__


def join_health(session: Session, event: WorkersMerged, *, now: datetime) -> None:
    """The kept record takes over answers, shifts and levels; each shift is counted once."""
    kept_id, gone_id = event.kept_id, event.gone_id
    gone = _duties(session, gone_id)
    kept = _duties(session, kept_id)
    joined = {key: joined_duty(kept.get(key), duty) for key, duty in gone.items()}
    standing = _standing(session, kept_id), _standing(session, gone_id)
    worse = worse_standing(*standing)
    _never_milder(kept, joined, worse)
    moves: list[Move] = [(gone_id, key, duty, None) for key, duty in gone.items()]
    moves.extend((kept_id, key, kept.get(key), duty) for key, duty in joined.items())
    move_duties(session, moves, now)
    _hand_over_answers(session, event, kept)
    steps = [
        _duty_step(key, {"kept": kept.get(key), "gone": gone.get(key)}, {"kept": duty})
        for key, duty in joined.items()
    ]
    steps.append(_level_step({"kept": standing[0], "gone": standing[1]}, {"kept": worse}))
    keep_steps(session, event.merge_id, steps)
    hand_over_rows(session, event.merge_id, Clearance.__table__.c.worker_id, kept_id, gone_id)
    _set_standing(session, gone_id, event.company_id, None)
    _set_standing(session, kept_id, event.company_id, worse)
    _tell_raised(session, event, standing[0], worse, joined or kept, now)


def part_health(session: Session, event: WorkersParted, *, now: datetime) -> None:
    """Each record gets its own answers, shifts and levels back; what came since stays kept."""
    kept_id, gone_id = event.kept_id, event.gone_id
    if session.scalar(select(CheckIn.id).where(CheckIn.worker_id == gone_id).limit(1)):
        raise UsedSince
    _give_answers_back(session, event)
    duties, moves = _duties(session, kept_id), list[Move]()
    steps = {_shift_key(s.key): s for s in list_steps(session, event.merge_id, ["duty"])}
    answers = _own_answers(session, kept_id, steps)
    gone_now = _duties(session, gone_id)
    for key, step in steps.items():
        before, after = _facts(step.before), _facts(step.after)
        own = answers.get(key, {})
        then = after["kept"]
        assert then is not None  # noqa: S101 - a step always leaves the kept record a duty
        parted = parted_duty(
            duties.get(key),
            then,
            before["kept"],
            own_answers={check_in_id: on_time for check_in_id, (_, on_time) in own.items()},
            newest_version=max((version for version, _ in own.values()), default=0),
        )
        moves.append((kept_id, key, duties.get(key), parted))
        moves.append((gone_id, key, gone_now.get(key), before["gone"] or gone_now.get(key)))
    move_duties(session, moves, now)
    _part_levels(session, event)


def _duties(session: Session, worker_id: str) -> Duties:
    rows = session.execute(
        select(Duty.shift_on, Duty.shift, *FACTS).where(Duty.worker_id == worker_id)
    )
    found: Duties = {}
    for on, shift, *facts in rows:
        found[on, shift] = duty_facts(*facts)
    return found


def _never_milder(kept: Duties, joined: Duties, worse: StandingFacts | None) -> None:
    """The newest answered shift counts with what stands for the one person from now on."""
    answered = [
        (key, duty) for key, duty in {**kept, **joined}.items() if duty.state is DutyState.ANSWERED
    ]
    if worse is None or not answered:
        return
    key, duty = max(answered, key=lambda each: (each[0][0], str(each[1].answered_at), each[0]))
    if duty.level is not None and duty.level < worse.level:
        joined[key] = replace(duty, level=worse.level)


def _hand_over_answers(session: Session, event: WorkersMerged, kept: Duties) -> None:
    """Answers change hands; where both answered, the versions go on counting."""
    rows = session.execute(
        select(CheckIn.id, CheckIn.shift_on, CheckIn.shift, CheckIn.version)
        .where(CheckIn.worker_id == event.gone_id)
        .order_by(CheckIn.id)
    ).all()
    changes = []
    for check_in_id, on, shift, version in rows:
        own = kept.get((on, shift))
        after = {"worker_id": event.kept_id, "version": version + (own.version if own else 0)}
        changes.append((check_in_id, {"worker_id": event.gone_id, "version": version}, after))
    change_rows(session, event.merge_id, CHECK_IN, changes)


def _give_answers_back(session: Session, event: WorkersParted) -> None:
    steps = list_steps(session, event.merge_id, ["check_in"])
    set_columns(session, CHECK_IN, [(step.key, step.before or {}) for step in steps])


def _own_answers(
    session: Session, worker_id: str, shifts: Iterable[ShiftKey]
) -> dict[ShiftKey, dict[str, tuple[int, bool]]]:
    """Answers of a record on some shifts: version and whether in time, by id."""
    found: dict[ShiftKey, dict[str, tuple[int, bool]]] = defaultdict(dict)
    days = {on for on, _ in shifts}
    rows = session.execute(
        select(CheckIn.shift_on, CheckIn.shift, CheckIn.id, CheckIn.version, CheckIn.on_time).where(
            CheckIn.worker_id == worker_id, CheckIn.shift_on.in_(days)
        )
    )
    for on, shift, check_in_id, version, on_time in rows:
        found[on, shift][check_in_id] = (version, on_time)
    return found


def _duty_step(
    key: ShiftKey, before: Mapping[str, DutyFacts | None], after: Mapping[str, DutyFacts | None]
) -> Step:
    return Step("duty", f"{key[0].isoformat()}|{key[1]}", _kept_form(before), _kept_form(after))


def _level_step(
    before: Mapping[str, StandingFacts | None], after: Mapping[str, StandingFacts | None]
) -> Step:
    return Step("health_state", "", _kept_form(before), _kept_form(after))


def _kept_form(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each.as_json() if each else None for name, each in facts.items()}


def _facts(kept: Mapping[str, Any] | None) -> dict[str, DutyFacts | None]:
    return {
        name: DutyFacts.from_json(each) if each else None for name, each in (kept or {}).items()
    }


def _levels(kept: Mapping[str, Any] | None) -> dict[str, StandingFacts | None]:
    return {
        name: StandingFacts.from_json(each) if each else None for name, each in (kept or {}).items()
    }


def _shift_key(key: str) -> ShiftKey:
    on, _, shift = key.partition("|")
    return date.fromisoformat(on), shift


def _standing(session: Session, worker_id: str) -> StandingFacts | None:
    row = session.execute(select(HEALTH_STATE).where(HEALTH_STATE.c.worker_id == worker_id)).first()
    if row is None:
        return None
    reasons = tuple(row.reasons)
    return StandingFacts(Level(row.level), row.since, row.check_in_id, reasons, row.advice)


def _set_standing(
    session: Session, worker_id: str, company_id: int, standing: StandingFacts | None
) -> None:
    session.execute(delete(HEALTH_STATE).where(HEALTH_STATE.c.worker_id == worker_id))
    if standing is not None:
        session.execute(
            insert(HEALTH_STATE).values(
                worker_id=worker_id,
                company_id=company_id,
                level=standing.level,
                since=standing.since,
                check_in_id=standing.check_in_id,
                reasons=list(standing.reasons),
                advice=standing.advice,
            )
        )


def _part_levels(session: Session, event: WorkersParted) -> None:
    kept_id, gone_id, company_id = event.kept_id, event.gone_id, event.company_id
    step = list_steps(session, event.merge_id, ["health_state"])[0]
    before, joined = _levels(step.before), _levels(step.after)["kept"]
    parted = parted_standing(
        _standing(session, kept_id), joined, before["kept"], _worst_since(session, event)
    )
    _set_standing(session, kept_id, company_id, parted)
    _set_standing(session, gone_id, company_id, before["gone"])


def _worst_since(session: Session, event: WorkersParted) -> StandingFacts | None:
    """The worst of the kept record's own answers that arrived since the merge."""
    merged_at = select(WorkerMerge.at).where(WorkerMerge.id == event.merge_id).scalar_subquery()
    rows = session.scalars(
        select(CheckIn)
        .where(CheckIn.worker_id == event.kept_id, CheckIn.received_at > merged_at)
        .where(CheckIn.level != Level.GREEN)
        .order_by(CheckIn.received_at)
    ).all()
    return worse_standing(
        *(
            StandingFacts(Level(row.level), row.received_at, row.id, tuple(row.reasons), row.advice)
            for row in rows
        )
    )


def _tell_raised(
    session: Session,
    event: WorkersMerged,
    before: StandingFacts | None,
    after: StandingFacts | None,
    duties: Mapping[ShiftKey, DutyFacts],
    now: datetime,
) -> None:
    """What stands for the kept record rose: whoever follows levels learns of it."""
    was = before.level if before else Level.GREEN
    if after is None or not after.level > was:
        return
    answer = session.execute(
        select(CheckIn.shift_on, CheckIn.shift).where(CheckIn.id == after.check_in_id)
    ).first()
    if answer is None:
        return
    duty = duties.get((answer.shift_on, answer.shift))
    raised = LevelRaised(
        event.kept_id,
        event.company_id,
        duty.branch_id if duty else event.company_id,
        after.check_in_id,
        answer.shift_on,
        ShiftCode(answer.shift),
        was,
        after.level,
        after.reasons,
        after.advice,
    )
    publish(session, raised, now=now)
