"""What must hold of a week, told from what was written down beside the program."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.delivery.models import Attempt, ContactPoint, Delivery, Message
from app.delivery.queries.messages import count_by_status
from app.delivery.rules import Status
from app.delivery.rules.messages import MessageKind
from app.reminders.models import ReminderOccurrence
from tests.simulations.park import Human, Planned
from tests.simulations.provider import Call
from tests.simulations.week import NOTICES_HOLD, Turn, Week

ANSWERS_HOLD = timedelta(days=2)
STOPS_WITHIN = timedelta(seconds=5)
SENT_WITHIN = timedelta(minutes=60)
TIME_TO_ANSWER = timedelta(minutes=10)
NIGHT_FROM, NIGHT_TO = time(21), time(4, 30)
GONE = {"sent", "delivered", "read"}
NEVER_TAKEN = {"queued", "created", "cancelled", "expired", "skipped", "permanent-failure"}
ENDED = {
    *("sent", "delivered", "read", "unclear", "cancelled", "expired", "skipped"),
    *("temporary-failure", "permanent-failure", "technical-failure"),
}
SMS = {"sms_http", "sms_esms", "sms_speedsms"}
BELL = "web_push"


@dataclass(frozen=True, slots=True)
class Said:
    """One delivery with what it stands for; `arrived`: taken, and not told later that it failed."""

    row: Delivery
    message: Message
    occurrence: ReminderOccurrence | None
    plan: Planned | None
    taken: tuple[Call, ...]
    arrived: int

    @property
    def is_answer(self) -> bool:
        """Whether it answers what somebody wrote."""
        return self.message.kind == MessageKind.ANSWER

    @property
    def is_in_house(self) -> bool:
        """Whether it needs nobody else's hands: the inbox, and the line sheet on paper."""
        return self.row.channel in {"in_app", "paper"}

    @property
    def reached(self) -> bool:
        """Whether it got to the person's inbox, or a provider took it."""
        return bool(self.taken) or (self.is_in_house and self.row.sent_at is not None)


def faults(session: Session, week: Week) -> list[str]:
    """Everything that must not be, a line each."""
    everything = list(_said(session, week))
    # A bell is no message: it may ring twice, and says nothing of what there is to read.
    said = [each for each in everything if each.row.channel != BELL]
    return [
        *_twice(session, said),
        *_late(everything, week),
        *_for_others(said, week),
        *_after_turns(everything, week),
        *_books(session, everything, week),
        *_figures(session, said),
        *_in_parallel(session, said, week),
        *_next_roads(session, said, week),
        *_left_behind(said, week),
        *week.misheard,
        *(week.peers.faults() if week.peers is not None else ()),
    ]


def _said(session: Session, week: Week) -> Iterator[Said]:
    by_message = {each.message_id: each for each in session.scalars(select(ReminderOccurrence))}
    taken: dict[str, list[Call]] = defaultdict(list)
    arrived: Counter[str] = Counter()
    for post in week.posts.values():
        for number, call in enumerate(post.book):
            if call.taken:
                taken[call.delivery_id].append(call)
                arrived[call.delivery_id] += number not in post.failed
    for row, message in session.execute(
        select(Delivery, Message).join(Message, Message.id == Delivery.message_id)
    ):
        occurrence = by_message.get(message.id)
        plan = week.town.schedules.get(occurrence.schedule_id) if occurrence else None
        yield Said(row, message, occurrence, plan, tuple(taken[row.id]), arrived[row.id])


def _twice(session: Session, said: Sequence[Said]) -> Iterator[str]:
    """A reminder or answer reaches nobody twice, an urgent notice by one channel if in doubt."""
    unsure = or_(Attempt.outcome.is_(None), Attempt.outcome != "sent")
    lost = Counter(session.scalars(select(Attempt.delivery_id).where(unsure)))
    reached: Counter[tuple[object, ...]] = Counter()
    for each in said:
        times = each.arrived if each.taken else int(each.reached)
        if each.plan is not None and each.occurrence is not None:
            of = each.occurrence
            reached[each.row.person_id, each.plan.label, of.shift_on, of.shift] += times
        elif each.is_answer:
            reached[each.row.person_id, each.message.source_key] += times
        elif not each.is_in_house and times > 1 + lost[each.row.id]:
            yield f"urgent notice {each.row.id} was taken {times} times"
    for key, times in reached.items():
        if times > 1:
            yield f"{key} reached somebody {times} times"


def _late(said: Sequence[Said], week: Week) -> Iterator[str]:
    """A reminder goes within the hour, a notice while it holds, an answer in two days."""
    for each in said:
        if each.occurrence is not None:
            until = each.occurrence.due_at + SENT_WITHIN
        elif each.is_answer:
            until = each.message.created_at + ANSWERS_HOLD
        else:
            until = week.notices[each.message.id] + NOTICES_HOLD
        for call in each.taken:
            if call.at >= until:
                yield f"{each.row.id} was handed over at {call.at}, its time ended at {until}"
        sent_at = each.row.sent_at
        if each.is_in_house and sent_at is not None and sent_at >= until:
            yield f"{each.row.id} came to the inbox at {sent_at}, its time ended at {until}"


def _for_others(said: Sequence[Said], week: Week) -> Iterator[str]:
    """A reminder goes to people of the company, the shift and the groups it is for."""
    for each in said:
        if each.plan is None or each.occurrence is None:
            continue
        human, plan, of = week.town.people[each.row.person_id], each.plan, each.occurrence
        fits = (
            human.company == plan.company
            and human.shift == of.shift
            and of.shift_on.weekday() not in human.off
            and (not plan.groups or plan.groups & human.groups)
            and (not plan.shifts or human.shift in plan.shifts)
        )
        if not fits:
            yield f"{each.row.id} ({plan.label}) is not for {human}"
        for call in each.taken:
            if not call.text.startswith(f"[{plan.label}]"):
                yield f"{each.row.id} says {call.text!r}, not {plan.label}"


def _after_turns(said: Sequence[Said], week: Week) -> Iterator[str]:
    """Nothing goes after an answer, a leaving or a stop but what was on its way then."""
    by_person: dict[str, list[Said]] = defaultdict(list)
    by_message: dict[str, list[Said]] = defaultdict(list)
    for each in said:
        by_person[each.row.person_id].append(each)
        by_message[each.message.id].append(each)
    for turn in week.turns:
        chosen = by_message if turn.why == "stopped" else by_person
        for each in chosen[turn.key[0]]:
            if _is_about(turn, each):
                yield from _went_after(turn, each)


def _is_about(turn: Turn, each: Said) -> bool:
    if turn.why != "answered":
        return True
    of, plan = each.occurrence, each.plan
    if of is None or plan is None or not plan.waits:
        return False
    return (of.shift_on, of.shift) == turn.key[1:]


def _went_after(turn: Turn, each: Said) -> Iterator[str]:
    told = f"{each.row.id} ({each.message.source_key}) went after {turn.why} at {turn.at}"
    allowed = turn.open_calls.get(each.row.id, 0)
    later = [call for call in each.taken if call.order > turn.order]
    if turn.why == "stopped":
        late = [call for call in later if call.at > turn.at + STOPS_WITHIN]
        if late:
            yield f"{told}: handed over at {late[0].at}"
        return
    was = turn.known.get(each.row.id)
    if was in {"sending"}:
        allowed += 1  # the call that was under way
    if len(later) > allowed:
        yield f"{told}: it was {was}, then taken {len(later)} times"
    if each.is_in_house and each.row.sent_at and was in {None, "queued", "created"}:
        yield f"{told}: it came to the inbox at {each.row.sent_at}, it was {was}"


def _books(session: Session, said: Sequence[Said], week: Week) -> Iterator[str]:
    """The ledger says of each delivery what its attempts and the provider's own book say."""
    tries: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in session.scalars(select(Attempt).order_by(Attempt.delivery_id, Attempt.n)):
        tries[attempt.delivery_id].append(attempt)
    for each in said:
        row, own = each.row, tries[each.row.id]
        if row.status not in ENDED:
            yield (
                f"{row.id} is still {row.status} at the end: {each.message.source_key} over"
                f" {row.channel}, next {row.next_attempt_at}, until {row.expires_at},"
                f" {row.attempt_count} tries, planned {each.message.planned_at}"
            )
        if each.is_in_house:
            if (row.status in GONE) != (row.sent_at is not None) and row.status != (
                "temporary-failure"
            ):
                yield f"{row.id} is {row.status} in the inbox, sent at {row.sent_at}"
            continue
        if [attempt.n for attempt in own] != list(range(1, row.attempt_count + 1)):
            written = [a.n for a in own]
            yield f"{row.id} ({row.channel}) counts {row.attempt_count} tries, not {written}"
        if row.status in GONE and not each.taken:
            yield f"{row.id} is {row.status}, the provider never took it"
        if each.arrived and row.status in NEVER_TAKEN and row.channel != BELL:
            yield f"{row.id} is {row.status}, the provider took it {len(each.taken)} times"
        if each.arrived and each.taken[-1].answered and row.status not in {*GONE, *UNSURE}:
            yield f"{row.id} is {row.status}, the provider said that it took it"
        if row.status == "sent" and not any(a.outcome == "sent" for a in own):
            yield f"{row.id} is sent, none of its tries was"
    for each in said:
        begun = sum(post.begun[each.row.id] for post in week.posts.values())
        if begun > each.row.attempt_count:
            yield f"{each.row.id}: {begun} calls, {each.row.attempt_count} tries"


UNSURE = {"unclear", "temporary-failure"}


def _figures(session: Session, said: Sequence[Said]) -> Iterator[str]:
    """Every figure of a message adds up to those it was written down for."""
    rows = Counter(each.message.id for each in said)
    people = {(each.message.id, each.row.person_id) for each in said}
    told = count_by_status(session, list(rows))
    for message_id, count in rows.items():
        if sum(told[message_id].values()) != count:
            yield f"message {message_id}: {told[message_id]} is not {count}"
        if unknown := set(told[message_id]) - set(Status):
            yield f"message {message_id} counts {unknown}"
    reached = Counter(message_id for message_id, _ in people)
    for of in session.scalars(select(ReminderOccurrence)):
        if of.message_id is not None and of.reached != reached[of.message_id]:
            yield f"occurrence {of.id} says {of.reached}, {reached[of.message_id]} are written"
        if of.state == "due":
            yield f"occurrence {of.id} of {of.due_at} was never finished"


def _first_legs(said: Sequence[Said]) -> dict[tuple[str, str], list[Said]]:
    """The roads on which each person's message began, by message and person."""
    found: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for each in said:
        found[each.message.id, each.row.person_id].append(each)
    return {
        of: [leg for leg in legs if leg.row.created_at == min(e.row.created_at for e in legs)]
        for of, legs in found.items()
    }


def _in_parallel(session: Session, said: Sequence[Said], week: Week) -> Iterator[str]:
    """The gravest notices begin by SMS beside the inbox; others for who carries no device."""
    lost = _lost_addresses(session)
    for (message_id, person_id), legs in _first_legs(said).items():
        if message_id not in week.notices or person_id in lost:
            continue
        human = week.town.people[person_id]
        begun = {leg.row.channel for leg in legs}
        wanted = {"in_app"}
        outside = [name for name, opens in week.roads if getattr(human, opens)]
        if outside and not human.has_app:
            wanted.add(outside[0])
        if outside and message_id in week.in_parallel:
            wanted.add(next((name for name in outside if name in SMS), outside[0]))
        if begun != wanted:
            yield f"notice {message_id} begins over {begun} for {human}, not {wanted}"


def _next_roads(session: Session, said: Sequence[Said], week: Week) -> Iterator[str]:
    """Nobody is reminded over another road but after one that had time to be answered."""
    lost = _lost_addresses(session)
    of_shift: dict[tuple[object, ...], list[Said]] = defaultdict(list)
    for each in said:
        if each.plan is not None and each.plan.waits and each.occurrence is not None:
            of = each.occurrence
            of_shift[each.row.person_id, of.shift_on, of.shift].append(each)
    began = _first_legs(said)
    for (person_id, *_), all_of_shift in of_shift.items():
        first_road = _roads_of(week.town.people[str(person_id)], week)[0]
        for each in all_of_shift:
            if person_id in lost or each not in began[each.message.id, str(person_id)]:
                continue
            others = [e for e in all_of_shift if e.message.id != each.message.id]
            yield from _began_rightly(each, others, first_road, week)


def _began_rightly(
    each: Said, others: Sequence[Said], first_road: str, week: Week
) -> Iterator[str]:
    at, road = each.row.created_at, each.row.channel
    earlier = [e for e in others if e.row.created_at <= at]
    due_at = each.message.not_before.astimezone(week.settings.timezone).time()
    # In the night, when no phone rings, a letter or the inbox is the first road of many.
    if road == first_road or due_at >= NIGHT_FROM or due_at < NIGHT_TO:
        return
    if not earlier:
        yield f"{each.row.id} begins over {road}, not {first_road}"
    week.did["moved"] += 1
    for other in earlier:
        went_at = other.row.sent_at
        if went_at is not None and went_at > at - TIME_TO_ANSWER:
            yield f"{each.row.id} moves to {road} at {at}, {other.row.id} went at {went_at}"


def _roads_of(human: Human, week: Week) -> list[str]:
    """The roads that lead to somebody, in order."""
    held = [("in_app", "has_app"), *week.roads]
    return [name for name, opens in held if getattr(human, opens)] or ["in_app"]


def _left_behind(said: Sequence[Said], week: Week) -> Iterator[str]:
    """An urgent notice that finds a quota used up goes on over the road after it."""
    of_person: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for each in said:
        of_person[each.message.id, each.row.person_id].append(each)
    for (message_id, person_id), legs in of_person.items():
        stopped = legs[0].message.stopped_at is not None
        if message_id not in week.notices or stopped or any(each.row.answered_at for each in legs):
            continue
        refused = [each for each in legs if each.row.error_class == "QuotaUsedUp"]
        got = [each for each in legs if each.taken or each.row.status in {"delivered", "read"}]
        after = {"sms_esms", "sms_speedsms", "paper"} & {each.row.channel for each in legs}
        if refused and not got and not after:
            yield f"notice {message_id} stays behind a used-up quota for {person_id}"
        week.did["past a quota"] += bool(refused and after)


def _lost_addresses(session: Session) -> set[str]:
    """Whose addresses turned out to be wrong: since when is not the model's to know."""
    wrong = select(ContactPoint.person_id).where(ContactPoint.state == "invalid")
    return set(session.scalars(wrong.where(ContactPoint.channel != "push")))
