"""Answers, duties and levels of two records that are merged, and that come apart again."""

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from app.checkins.actions.counting import Unit, add_all_counts, add_all_symptoms
from app.checkins.models import CheckIn, Clearance, Duty, HealthState
from app.checkins.rules import Counts, DutyState, Level, LevelRaised, change
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

ShiftKey = tuple[date, str]
Duties = dict[ShiftKey, DutyFacts]
# (worker, shift) with the duty before and after; None is no duty.
Move = tuple[str, ShiftKey, DutyFacts | None, DutyFacts | None]
DUTY: Any = Duty.__table__
CHECK_IN: Any = CheckIn.__table__
HEALTH_STATE: Any = HealthState.__table__
DROPPED = ("of_worker", "of_day", "of_shift")
DROP_DUTY = delete(DUTY).where(
    DUTY.c.worker_id == bindparam("of_worker"),
    DUTY.c.shift_on == bindparam("of_day"),
    DUTY.c.shift == bindparam("of_shift"),
)
FIELD_NAMES = tuple(DutyFacts.__dataclass_fields__)
FACTS = [DUTY.c[name] for name in FIELD_NAMES]


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
    _move_duties(session, moves, now)
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
    _move_duties(session, moves, now)
    _part_levels(session, event)


def _duties(session: Session, worker_id: str) -> Duties:
    rows = session.execute(
        select(DUTY.c.shift_on, DUTY.c.shift, *FACTS).where(DUTY.c.worker_id == worker_id)
    )
    found: Duties = {}
    for on, shift, company_id, branch_id, state, level, *rest in rows:
        mark = DutyState(state), Level(level) if level else None
        found[on, shift] = DutyFacts(company_id, branch_id, *mark, *rest)
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
        joined[key] = DutyFacts(**{**_plain(duty), "level": worse.level})


def _plain(duty: DutyFacts) -> dict[str, Any]:
    return {name: getattr(duty, name) for name in FIELD_NAMES}


def _move_duties(session: Session, moves: Iterable[Move], now: datetime) -> None:
    """Put duties as they are to be, with the figures that they are counted in."""
    counts: Counter[tuple[int, Unit, Counts]] = Counter()
    changed = [move for move in moves if move[2] != move[3]]
    told = _symptoms_of(session, changed)
    symptoms = []
    keys = [(worker_id, *key) for worker_id, key, _, _ in changed]
    if not keys:
        return
    connection = session.connection()
    connection.execute(DROP_DUTY, [dict(zip(DROPPED, key, strict=True)) for key in keys])
    rows = [
        {"worker_id": worker_id, "shift_on": on, "shift": shift, **_plain(after)}
        for worker_id, (on, shift), _, after in changed
        if after is not None
    ]
    if rows:
        connection.execute(insert(DUTY), rows)
    for _, (on, shift), before, after in changed:
        for company_id, branch_id, step in _steps(before, after):
            counts[company_id, (branch_id, on, shift), step] += 1
        for duty, sign in ((before, -1), (after, 1)):
            signs = told.get(duty.check_in_id, ()) if duty and duty.check_in_id else ()
            if duty is not None and signs:
                unit = (duty.company_id, on, shift)
                symptoms.append((unit, signs, ()) if sign < 0 else (unit, (), signs))
    add_all_counts(session, counts, now=now)
    add_all_symptoms(session, symptoms)


# Most duties take the same few steps.
_step = functools.cache(change)


def _steps(before: DutyFacts | None, after: DutyFacts | None) -> Iterator[tuple[int, int, Counts]]:
    """What a duty that becomes another moves: company, unit or company, and by how much."""
    if before and after and _place(before) == _place(after):
        both = [(before, _step(before.mark, after.mark))]
    else:
        both = [(duty, _step(duty.mark, None)) for duty in (before,) if duty]
        both += [(duty, _step(None, duty.mark)) for duty in (after,) if duty]
    for duty, step in both:
        for branch_id in {duty.branch_id, duty.company_id}:
            yield duty.company_id, branch_id, step


def _place(duty: DutyFacts) -> tuple[int, int]:
    return duty.company_id, duty.branch_id


def _symptoms_of(session: Session, moves: Iterable[Move]) -> dict[str | None, tuple[str, ...]]:
    ids = {duty.check_in_id for move in moves for duty in move[2:] if duty and duty.check_in_id}
    rows = session.execute(select(CheckIn.id, CheckIn.answers).where(CheckIn.id.in_(ids)))
    return {check_in_id: tuple(answers.get("symptoms", ())) for check_in_id, answers in rows}


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
