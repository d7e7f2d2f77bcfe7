"""Changes of work asked for a coming day: what follows from them on each day, and what clashes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from app.kernel.refusals import Refusal
from app.workforce.rules.shifts import WorkFacts

MOST_DAYS_AHEAD = 366
_ONE_DAY = timedelta(days=1)


class ChangeKind(StrEnum):
    """What is to change in a worker's work."""

    MOVE = "move"
    LEAVE = "leave"
    RETURN = "return"


DAYS_BACK = {ChangeKind.MOVE: 31, ChangeKind.LEAVE: 366, ChangeKind.RETURN: 0}


class PlanOutcome(StrEnum):
    """What became of a planned change; `OVERTAKEN` means that something done since forbids it."""

    WAITING = ""
    DONE = "done"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


class PlansClash(Refusal):
    """Another planned change of the worker forbids this one; `on` tells which."""

    code = "workforce.plans_clash"
    status = 409


class DayOutOfReach(Refusal):
    """The day lies too far back or ahead."""

    code = "workforce.day_out_of_reach"


class NotWorking(Refusal):
    """Somebody who has left neither moves nor leaves."""

    code = "workforce.not_working"
    status = 409


class StillWorking(Refusal):
    """Somebody who works here cannot come back."""

    code = "workforce.still_working"
    status = 409


class AlreadyThere(Refusal):
    """The worker works in that unit then."""

    code = "workforce.already_there"
    status = 409


class UnitClosed(Refusal):
    """Nobody moves to a unit that was closed."""

    code = "workforce.unit_closed"
    status = 409


class NotWaiting(Refusal):
    """The change was done or withdrawn before."""

    code = "workforce.plan_not_waiting"
    status = 409


@dataclass(frozen=True, slots=True)
class Step:
    """One change that holds from a day on; who leaves `from_on` works last the day before."""

    id: str
    kind: ChangeKind
    from_on: date
    branch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a person works for the company, and in which unit."""

    working: bool
    branch_id: int


def after(standing: Standing, step: Step) -> Standing | None:
    """Where a change leads, or None when it cannot follow on how things stand."""
    if step.kind is ChangeKind.RETURN:
        return None if standing.working else Standing(True, standing.branch_id)
    if not standing.working:
        return None
    if step.kind is ChangeKind.LEAVE:
        return Standing(False, standing.branch_id)
    if step.branch_id is None or step.branch_id == standing.branch_id:
        return None
    return Standing(True, step.branch_id)


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Changes by the day from which they hold."""
    return sorted(steps, key=lambda step: (step.from_on, step.id))


def unfit(standing: Standing, steps: Iterable[Step]) -> list[Step]:
    """The changes that cannot follow on those before them; of two for one day only one fits.

    Nobody leaves with a day of return: that is leave of absence, so the end of work is the last.
    """
    left_over, on, ended = [], None, False
    for step in in_order(steps):
        led_to = None if step.from_on == on or ended else after(standing, step)
        if led_to is None:
            left_over.append(step)
            continue
        standing, on, ended = led_to, step.from_on, step.kind is ChangeKind.LEAVE
    return left_over


def check_fits(standing: Standing, waiting: Sequence[Step], wanted: Step) -> None:
    """Refuse a change that clashes with how things stand or with what is planned."""
    over = {step.id for step in unfit(standing, waiting)}
    held = in_order(step for step in waiting if step.id not in over)
    if not unfit(standing, [*held, wanted]):
        return
    if unfit(standing, [wanted]):
        _refuse_alone(standing, wanted, held)
    same_day = [step for step in held if step.from_on == wanted.from_on]
    leaving = [step for step in held if step.kind is ChangeKind.LEAVE]
    other = (same_day or leaving or held)[0]
    raise PlansClash(on=shown_on(other))


def _refuse_alone(standing: Standing, wanted: Step, held: Sequence[Step]) -> None:
    if wanted.kind is ChangeKind.RETURN:
        raise StillWorking
    if not standing.working and not held:
        raise NotWorking
    if standing.working and not held:
        raise AlreadyThere


def is_coming(step: Step, today: date) -> bool:
    """Whether a change waits for its day; a last day of work that has come ends it at once."""
    return shown_on(step) > today


def shown_on(step: Step) -> date:
    """The day by which people call a change: the last of work, else the first of the new."""
    return step.from_on - _ONE_DAY if step.kind is ChangeKind.LEAVE else step.from_on


def check_day(step: Step, today: date) -> None:
    """Refuse a day that nobody means: more than a year ahead, or further back than is allowed."""
    earliest = today - timedelta(days=DAYS_BACK[step.kind])
    if not earliest <= shown_on(step) <= today + timedelta(days=MOST_DAYS_AHEAD):
        raise DayOutOfReach


def unit_on(branch_id: int, steps: Iterable[Step], on: date) -> int:
    """The unit in which a person works on a day, as far as it is known by now."""
    for step in in_order(steps):
        if step.kind is ChangeKind.MOVE and step.branch_id is not None and step.from_on <= on:
            branch_id = step.branch_id
    return branch_id


def with_steps(facts: WorkFacts, steps: Iterable[Step]) -> WorkFacts:
    """What decides a person's shifts once the planned end of work, or the return, is counted in."""
    joined_on, left_on = facts.joined_on, facts.left_on
    for step in in_order(steps):
        if step.kind is ChangeKind.RETURN and left_on is not None:
            joined_on, left_on = max(joined_on or step.from_on, step.from_on), None
        elif step.kind is ChangeKind.LEAVE and left_on is None:
            left_on = step.from_on - _ONE_DAY
    if (joined_on, left_on) == (facts.joined_on, facts.left_on):
        return facts
    return replace(facts, joined_on=joined_on, left_on=left_on)
