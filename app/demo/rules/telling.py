"""One person's shifts told as acts: answered early or late, absent, ill, cleared."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from operator import itemgetter
from random import Random
from typing import Any

from app.checkins.rules import Level
from app.checkins.rules.requests import Source
from app.demo.rules.chance import Weighted, stream, weighted
from app.demo.rules.companies import CompanyPlan
from app.demo.rules.days import CompanyDays, Slot
from app.demo.rules.order import DemoOrder
from app.demo.rules.outbreak import Outbreak
from app.demo.rules.people import PersonPlan
from app.demo.rules.stories import (
    FEVERISH,
    MEASURED,
    NEAR_A_CASE,
    WELL,
    Absent,
    Act,
    Answered,
    Answers,
    Cleared,
    Signs,
    Viewed,
    new_signs,
    well_temperature,
)

# How answering and absence move with the weekday, Monday first, and how much the park learns.
WEEKDAYS = (-0.05, -0.01, 0.0, 0.005, 0.0, -0.015, -0.02)
LEARNS = 0.02
ABSENT = 0.022
NOTED = 0.8
FALLS_ILL = 0.0045
NEVER_CLEARED = 0.06
MEASURES = 0.08
AMENDS = 0.003
OFFLINE = 0.02
WRONG_CLOCK = 0.003
EVENING_BEFORE = 0.03
ON_PAPER = 0.25
# No answer comes in longer before its shift.
EARLIEST = timedelta(hours=13)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
VIEWS = ((6, "missing"), (2, "today"))


@dataclass(frozen=True, slots=True)
class Words:
    """What people write as reasons; `{}` in a clearance is a temperature."""

    leave: Weighted[str]
    long_leave: str
    absence: Weighted[str]
    isolated: str
    ill: str
    cleared: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "Words":
        """The words out of their data file."""
        return cls(
            weighted(raw["leave"]),
            raw["long_leave"],
            weighted(raw["absence"]),
            raw["isolated"],
            raw["ill"],
            raw["cleared"],
        )


@dataclass(frozen=True, slots=True)
class StoryTeller:
    """Tells the acts of the people of one company; `helpers` answer for others, by unit."""

    order: DemoOrder
    company: CompanyPlan
    days: CompanyDays
    outbreak: Outbreak
    helpers: Mapping[int, Sequence[str]]
    officer: str
    judge: Callable[[Answers], Level]
    words: Words

    def slots_of(self, person: PersonPlan) -> list[Slot]:
        """The shifts on which somebody is expected."""
        joined_on, left_on, leaves = person.joined_on, person.left_on, person.leaves
        slots: Sequence[Slot] = self.days.slots[person.pattern]
        if joined_on > self.order.from_on or left_on is not None:
            slots = [
                each
                for each in slots
                if joined_on <= each.on and (left_on is None or each.on <= left_on)
            ]
        return [
            each
            for each in slots
            if not any(leave.from_on <= each.on <= leave.to_on for leave in leaves)
        ]

    def acts_of(self, person: PersonPlan, slots: Sequence[Slot]) -> list[Act]:
        """Everything that happened to somebody so far, in order."""
        until = min(self.order.told_until, self.company.silent_from or self.order.told_until)
        told = _Telling(self, person, stream(self.order.seed, "days", person.place))
        acts: list[Act] = []
        for slot in slots:
            if slot.starts_at - EARLIEST > until:
                break
            acts.extend(told.of(slot))
        if person.pin:
            acts.extend(self._views())
        acts = [act for act in acts if act[0] <= until]
        acts.sort(key=itemgetter(0))
        return acts

    def _views(self) -> Iterator[Viewed]:
        for days, page in VIEWS:
            if days < self.order.days:
                yield Viewed(self.order.moment(self.order.until - days * DAY, time(6, 25)), page)


class _Telling:
    """Walks through the shifts of one person; remembers an illness from one to the next."""

    __slots__ = ("by", "chance", "hit", "ill", "ill_until", "left", "person", "phone", "story")

    def __init__(self, story: StoryTeller, person: PersonPlan, chance: Random) -> None:
        self.story, self.person, self.chance = story, person, chance
        self.ill: Signs | None = None
        self.left = 0
        self.hit = False
        self.ill_until: datetime | None = None
        helpers = [each for each in story.helpers.get(person.unit, ()) if each != person.id]
        self.by = helpers[0] if helpers else story.officer
        self.phone = f"p-{person.id[-12:]}" if person.phone is not None and person.agreed else None

    def of(self, slot: Slot) -> Iterator[Act]:
        """What happened on one shift."""
        person, chance, outbreak = self.person, self.chance, self.story.outbreak
        if person.pin:
            if slot.ends_at <= self.story.order.now:
                yield self._answered(slot, WELL)
            return
        if person.id in outbreak.ill and slot.on >= outbreak.ill[person.id]:
            yield from self._in_outbreak(slot)
        elif person.id in outbreak.near and slot.on >= outbreak.near[person.id]:
            if not self.hit:
                self.hit = True
                yield self._answered(slot, NEAR_A_CASE)
            elif chance.random() < person.answers:
                yield self._answered(slot, WELL)
        elif self.ill is not None and self._still_ill(slot):
            yield from self._on_ill_day(slot, self.ill)
        else:
            yield from self._on_usual_day(slot)

    def _in_outbreak(self, slot: Slot) -> Iterator[Act]:
        if not self.hit:
            self.hit = True
            tenths = self.chance.randrange(376, 391)
            yield self._answered(slot, FEVERISH | {"temperature_c": tenths / 10})
        else:
            yield self._absent(slot, self.story.words.isolated)

    def _still_ill(self, slot: Slot) -> bool:
        if self.ill_until is not None and slot.starts_at - EARLIEST > self.ill_until:
            self.ill = None
            return False
        return True

    def _on_ill_day(self, slot: Slot, ill: Signs) -> Iterator[Act]:
        if ill.stays_home and self.ill_until is not None:
            yield self._absent(slot, self.story.words.ill)
        elif self.left > 0:
            self.left -= 1
            yield self._answered(slot, ill.answers)
        elif self.chance.random() < self.person.answers:
            yield self._answered(slot, WELL)

    def _on_usual_day(self, slot: Slot) -> Iterator[Act]:
        chance, order = self.chance, self.story.order
        draw = chance.random()
        if draw < ABSENT:
            if draw < ABSENT * NOTED:
                yield self._absent(slot, self.story.words.absence.draw(chance))
            return
        learnt = LEARNS * (1 - (order.until - slot.on).days / order.days) - LEARNS / 2
        if chance.random() >= self.person.answers + WEEKDAYS[slot.on.weekday()] + learnt:
            return
        draw = chance.random()
        if draw < FALLS_ILL:
            yield from self._falling_ill(slot)
        elif draw > 1 - MEASURES:
            yield self._answered(slot, MEASURED[int(draw * 1e6) % len(MEASURED)])
        elif draw > 1 - MEASURES - AMENDS:
            yield from self._amending(slot)
        else:
            yield self._answered(slot, WELL)

    def _falling_ill(self, slot: Slot) -> Iterator[Act]:
        self.ill = new_signs(self.chance)
        self.left = self.ill.shifts - 1
        told = self._answered(slot, self.ill.answers)
        yield told
        yield from self._cleared(told.at, self.story.judge(self.ill.answers))

    def _amending(self, slot: Slot) -> Iterator[Act]:
        """First "well", then a measured temperature."""
        told = self._answered(slot, WELL)
        yield told
        later = self.chance.randrange(2, 40) * MINUTE
        answers = MEASURED[self.chance.randrange(len(MEASURED))]
        yield told._replace(at=told.at + later, made_at=told.made_at + later, answers=answers)

    def _cleared(self, at: datetime, level: Level) -> Iterator[Cleared]:
        """In office hours, amber within two days, red after two days or more, a few not yet."""
        chance, order = self.chance, self.story.order
        if level is Level.GREEN:
            self.ill = None
            return
        days = chance.choice((1, 1, 2)) if level is Level.AMBER else chance.choice((2, 3, 3, 4))
        on = at.astimezone(order.zone).date() + days * DAY
        cleared_at = order.moment(on, time(8, 0)) + chance.randrange(10, 530) * MINUTE
        words = chance.choice(self.story.words.cleared[level])
        if chance.random() < NEVER_CLEARED:
            self.ill_until = None
            return
        self.ill_until = cleared_at
        yield Cleared(cleared_at, words.format(well_temperature(chance)))

    def _absent(self, slot: Slot, reason: str) -> Absent:
        at = slot.starts_at + self.chance.randrange(20, 90) * MINUTE
        return Absent(at, slot.on, slot.shift, reason, self.by)

    def _answered(self, slot: Slot, answers: Answers) -> Answered:
        chance = self.chance
        offset_ms = chance.randrange(-1500, 1500)
        if self.phone is None:
            return self._answered_by_other(slot, answers, offset_ms)
        at = slot.starts_at + timedelta(seconds=self._seconds_from_start())
        made_at = at - timedelta(seconds=1, milliseconds=offset_ms)
        draw = chance.random()
        known: int | None = offset_ms
        if draw < OFFLINE:
            made_at -= chance.randrange(5, 80) * MINUTE
        elif draw > 1 - WRONG_CLOCK:
            known = None
            made_at -= chance.choice((8 * 60 * MINUTE, 400 * DAY, 7 * 60 * MINUTE))
        return Answered(
            at, slot.on, slot.shift, answers, made_at, known, None, Source.PHONE, None, self.phone
        )

    def _seconds_from_start(self) -> int:
        """Most answer an hour to a few minutes before their shift."""
        draw = self.chance.random()
        if draw < self.story.company.late:
            return int(min(18_000, 60 + self.chance.expovariate(1 / 2100)))
        if draw > 1 - EVENING_BEFORE:
            return -self.chance.randrange(28_800, 39_600)
        return -int(self.chance.triangular(240, 6600, 2100))

    def _answered_by_other(self, slot: Slot, answers: Answers, offset_ms: int) -> Answered:
        """Told to the safety team at the line, or written down and keyed in later."""
        chance = self.chance
        if chance.random() < ON_PAPER:
            observed_at = slot.starts_at - chance.randrange(3, 20) * MINUTE
            at = slot.starts_at + chance.randrange(120, 420) * MINUTE
            source = Source.PAPER
        else:
            observed_at, source = None, Source.OTHER
            at = slot.starts_at + chance.randrange(-25, 12) * MINUTE
        at += timedelta(seconds=chance.randrange(60))
        made_at = at - timedelta(seconds=1)
        return Answered(
            at,
            slot.on,
            slot.shift,
            answers,
            made_at,
            offset_ms,
            observed_at,
            source,
            self.by,
            None,
        )
