"""Roll call: what each mark of a leader's sheet does to a duty as it stands now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app.checkins.rules.answers import Answers
from app.checkins.rules.counts import DutyState
from app.checkins.rules.levels import Level, effective_level
from app.checkins.rules.merging import DutyFacts
from app.checkins.rules.triage import FEVER, RuleSet
from app.kernel.events import Event
from app.kernel.refusals import Refusal
from app.workforce.rules.shifts import ShiftCode

OTHER_SIGN = "other"


class RollCallUndone(Refusal):
    """The roll call was taken back before."""

    code = "checkins.roll_call_undone"
    status = 409


class Said(StrEnum):
    """What a sheet says of somebody; who is in neither of its lists was left out."""

    WELL = "well"
    SYMPTOMS = "symptoms"
    ABSENT = "absent"
    NOT_ASKED = "not_asked"
    LEFT_OUT = "left_out"


class By(StrEnum):
    """Who brought a duty to where it stands."""

    NOBODY = "nobody"
    OWN = "own"
    OTHER = "other"
    ROLL_CALL = "roll_call"


class Kept(StrEnum):
    """Why a mark changed nothing."""

    SAME = "same"
    OWN_ANSWER = "own_answer"
    OTHER_ANSWER = "other_answer"
    SIGNS_TOLD = "signs_told"
    ABSENCE_KNOWN = "absence_known"
    NEWER_ROLL_CALL = "newer_roll_call"
    NOT_EXPECTED = "not_expected"
    NOT_IN_GROUP = "not_in_group"
    HAS_LEFT = "has_left"
    UNKNOWN_BADGE = "unknown_badge"


class Remains(StrEnum):
    """Why taking a roll call back left somebody as they stood."""

    SIGNS_TOLD = "signs_told"
    ANSWERED_SINCE = "answered_since"
    CHANGED_SINCE = "changed_since"
    LATER_ROLL_CALL = "later_roll_call"
    NOT_EXPECTED = "not_expected"


@dataclass(frozen=True, slots=True)
class RollLine:
    """One line of a sheet: the badge as it was shown and what was said; °C as measured.

    `at` is the JSON pointer of the line in its command.
    """

    badge: str
    said: Said
    symptoms: tuple[str, ...] = ()
    temperature_c: float | None = None
    reason: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """How somebody stands on the shift when a sheet arrives.

    `told` and `answer_level` are of the newest answer; `called_at` is when the roll call was made
    that brought the duty to where it stands, if one did.
    """

    duty: DutyFacts | None
    by: By = By.NOBODY
    told: Answers = field(default_factory=Answers)
    answer_level: Level | None = None
    called_at: datetime | None = None
    in_group: bool = True
    has_left: bool = False

    @property
    def state(self) -> DutyState | None:
        """The state of the duty; None when nothing is expected."""
        return self.duty.state if self.duty else None


OPENS_BEFORE = timedelta(hours=2)


class SheetSlot(NamedTuple):
    """One shift that a sheet may be of, with how many people are expected."""

    on: date
    shift: ShiftCode
    starts_at: datetime
    ends_at: datetime
    expected: int


def is_called_now(slot: SheetSlot, now: datetime) -> bool:
    """Whether a shift runs, or begins within two hours."""
    return slot.starts_at - OPENS_BEFORE <= now < slot.ends_at


def slot_to_call(slots: Iterable[SheetSlot], now: datetime) -> SheetSlot | None:
    """The shift to call now: the one that runs or begins soon, else the next, else the last."""
    known = sorted(slots, key=lambda each: each.starts_at)
    current = [each for each in known if is_called_now(each, now)]
    coming = [each for each in known if each.starts_at > now]
    return next(iter([*current[::-1], *coming, *known[::-1]]), None)


class Step(NamedTuple):
    """What is to be done about one mark: a new state (None: nothing), or why nothing is."""

    to: DutyState | None
    why: Kept | None = None


def decide(
    line: RollLine, found: Found, given: Answers | None, rules: RuleSet, called_at: datetime
) -> Step:
    """What a mark does to a duty as it stands: an answer is never made milder, nor overwritten.

    A leader corrects only roll calls, and only what a roll call made earlier said of somebody well.
    """
    if found.has_left:
        return Step(None, Kept.HAS_LEFT)
    if not found.in_group and line.said is not Said.SYMPTOMS:
        return Step(None, Kept.NOT_IN_GROUP)
    if line.said is Said.LEFT_OUT:
        return Step(DutyState.NOT_ASKED if found.state is DutyState.EXPECTED else None)
    if given is not None:
        return _answer(line.said, found, given, rules)
    return _no_answer(line, found, called_at)


def _answer(said: Said, found: Found, given: Answers, rules: RuleSet) -> Step:
    if found.state is not DutyState.ANSWERED or tells_more(given, found.told, rules):
        return Step(DutyState.ANSWERED)
    if found.by is By.OWN:
        return Step(None, Kept.OWN_ANSWER)
    if said is Said.WELL and found.answer_level is not Level.GREEN:
        return Step(None, Kept.SIGNS_TOLD)
    return Step(None, Kept.SAME if found.by is By.ROLL_CALL else Kept.OTHER_ANSWER)


def _no_answer(line: RollLine, found: Found, called_at: datetime) -> Step:
    if found.duty is None:
        return Step(None, Kept.NOT_EXPECTED)
    to = DutyState.ABSENT if line.said is Said.ABSENT else DutyState.NOT_ASKED
    newer = found.called_at is not None and found.called_at > called_at
    if found.state is DutyState.ANSWERED:
        return Step(None, why) if (why := _answer_stays(found, newer)) else Step(to)
    if found.state is to:
        says_more = to is DutyState.ABSENT and line.reason and not newer
        changed = says_more and line.reason != found.duty.reason
        return Step(to) if changed else Step(None, Kept.SAME)
    if found.by is By.ROLL_CALL and newer:
        return Step(None, Kept.NEWER_ROLL_CALL)
    if found.state is DutyState.ABSENT and found.by is not By.ROLL_CALL:
        return Step(None, Kept.ABSENCE_KNOWN)
    return Step(to)


def _answer_stays(found: Found, newer: bool) -> Kept | None:
    if found.by is By.OWN:
        return Kept.OWN_ANSWER
    if found.by is not By.ROLL_CALL:
        return Kept.OTHER_ANSWER
    if found.answer_level is not Level.GREEN:
        return Kept.SIGNS_TOLD
    return Kept.NEWER_ROLL_CALL if newer else None


def answers_said(line: RollLine, rules: RuleSet) -> Mapping[str, Any] | None:
    """The answers that a mark stands for, as plain JSON; None for who was not asked or not there.

    "Well" says no to the signs that a healthy answer names, and nothing of contacts: nobody asked.
    Signs without a name count as another sign.
    """
    if line.said is Said.WELL:
        denied = list(rules.well.symptoms)
        return {"symptoms": [], "temperature_c": line.temperature_c, "denied": denied}
    if line.said is not Said.SYMPTOMS:
        return None
    fever = line.temperature_c is not None and line.temperature_c >= rules.questions.fever_from_c
    unnamed = [] if fever or OTHER_SIGN not in rules.questions.symptoms else [OTHER_SIGN]
    symptoms = list(line.symptoms) or unnamed
    answers = {"symptoms": symptoms, "temperature_c": line.temperature_c}
    return answers | ({"note": line.reason} if line.reason else {})


def tells_more(given: Answers, told: Answers, rules: RuleSet) -> bool:
    """Whether what was seen now holds a sign that the answer so far does not."""
    return bool(_signs(given, rules) - _signs(told, rules))


def _signs(answers: Answers, rules: RuleSet) -> set[str]:
    measured = answers.temperature_c
    fever = measured is not None and measured >= rules.questions.fever_from_c
    return {*answers.symptoms, *answers.exposures} | ({FEVER} if fever else set())


def joined_answers(given: Answers, told: Answers, rules: RuleSet) -> Answers:
    """What was seen now on top of what was told before: signs add up, the hotter measure counts."""
    symptoms = rules.questions.in_order((*told.symptoms, *given.symptoms))
    measured = [each for each in (given.temperature_c, told.temperature_c) if each is not None]
    exposures = {**told.exposures, **given.exposures}
    denied = tuple(each for each in told.denied if each not in symptoms and each not in exposures)
    notes = dict.fromkeys(note for note in (told.note, given.note) if note)
    return Answers(symptoms, max(measured, default=None), exposures, denied, "; ".join(notes)[:500])


@dataclass(frozen=True, slots=True)
class Mark:
    """What a roll call did to one duty; `level` is that of the answer it gave, if it gave one."""

    roll_call_id: str
    before: DutyFacts | None
    after: DutyFacts
    level: Level | None = None
    by: str | None = None


def restored_duty(target: DutyFacts, now: DutyFacts, standing: Level | None) -> DutyFacts:
    """A duty as it was before a mark; versions go on counting, and the level is never milder."""
    level = None if target.level is None else effective_level(target.level, standing)
    return replace(target, version=now.version, level=level)


def stands_by(mark: Mark, duty: DutyFacts | None) -> bool:
    """Whether a duty still stands as this mark left it."""
    if duty is None or duty.state is not mark.after.state:
        return False
    if duty.state is DutyState.ANSWERED:
        return duty.check_in_id == mark.after.check_in_id
    # Versions go on counting when a later answer is taken back: they tell nothing here.
    return duty.reason == mark.after.reason


def remains(mark: Mark, duty: DutyFacts | None, *, called_later: bool) -> Remains | None:
    """Why somebody stays as they are when a roll call is taken back; None when the mark goes."""
    if mark.level is not None and mark.level is not Level.GREEN:
        return Remains.SIGNS_TOLD
    if mark.before is None:
        return Remains.NOT_EXPECTED
    if called_later:
        return Remains.LATER_ROLL_CALL
    if stands_by(mark, duty):
        return None
    answered = duty is not None and duty.state is DutyState.ANSWERED
    return Remains.ANSWERED_SINCE if answered else Remains.CHANGED_SINCE


class Heard(NamedTuple):
    """One roll call's word on a duty, in the order of arrival; without a mark it said the same."""

    roll_call_id: str
    undone: bool
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class AnswersTakenBack(Event):
    """A roll call's word no longer counts: on this shift these workers have not answered."""

    company_id: int
    worker_ids: tuple[str, ...]
    shift_on: date
    shift: ShiftCode


def answer_gone(before: DutyFacts | None, after: DutyFacts | None) -> bool:
    """Whether a step takes away that somebody has answered."""
    had = before is not None and before.state is DutyState.ANSWERED
    return had and not (after is not None and after.state is DutyState.ANSWERED)


class Undoing(NamedTuple):
    """What taking a roll call back does to a duty: how it was `before` (None: nothing), or why not.

    `gone` are the roll calls whose marks it takes back.
    """

    before: DutyFacts | None = None
    why: Remains | None = None
    gone: tuple[str, ...] = ()


def taken_back(history: Sequence[Heard], duty: DutyFacts | None, roll_call_id: str) -> Undoing:
    """What taking this roll call back does; `history` holds no mark that was taken back.

    What stands by an earlier roll call that was undone goes too, once no other says the same.
    Nothing is told of whoever this roll call only said the same of.
    """
    own = next(each.mark for each in history if each.roll_call_id == roll_call_id)
    places = [at for at, each in enumerate(history) if each.mark and stands_by(each.mark, duty)]
    if places and history[places[-1]].undone:
        held, later = history[places[-1]].mark, history[places[-1] + 1 :]
        assert held is not None  # noqa: S101 - only those with a mark were looked at
        why = remains(held, duty, called_later=not all(each.undone for each in later))
        return Undoing(why=why if own else None) if why else _back_from(held, history)
    if own is None:
        return Undoing()
    after = history[[each.mark for each in history].index(own) + 1 :]
    return Undoing(why=remains(own, duty, called_later=not all(each.undone for each in after)))


def _back_from(mark: Mark, history: Sequence[Heard]) -> Undoing:
    """How somebody stood before a mark and those before it that were undone too."""
    undone = {each.roll_call_id: each.mark for each in history if each.undone}
    gone = [mark.roll_call_id]
    while mark.by is not None and (earlier := undone.get(mark.by)):
        mark = earlier
        gone.append(mark.roll_call_id)
    return Undoing(mark.before, gone=tuple(gone))
