"""The park of a simulation: companies, shifts, overlapping groups, schedules, people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import Account, Branch, DeviceToken
from app.delivery.actions.contacts import keep_address
from app.delivery.rules.roads import AddressKind
from app.kernel.ids import new_id
from app.reminders.rules import Anchor
from app.settings import Settings
from app.workforce.actions.schedules import assign_pattern, pattern_named
from app.workforce.models import Membership, WorkGroup
from app.workforce.rules.shifts import Pattern, ShiftCode
from tests.factories.people import STORY, make_company, make_line, make_park, make_worker
from tests.factories.reminders import BEFORE_SHIFT, make_schedule

WORK = (ShiftCode.CA1, ShiftCode.CA2, ShiftCode.CA3, ShiftCode.DAY12)
STARTS = {ShiftCode.CA1: 6, ShiftCode.CA2: 14, ShiftCode.CA3: 22, ShiftCode.DAY12: 8}


@dataclass(slots=True)
class Human:
    """Somebody as the model knows them, whatever the program thinks."""

    id: str
    company: int
    shift: ShiftCode
    off: frozenset[int]
    groups: frozenset[str]
    has_app: bool = True
    has_phone: bool = True
    has_mail: bool = False
    has_zalo: bool = False
    leaves_on: date | None = None

    def works_on(self, on: date) -> bool:
        return on.weekday() not in self.off and (self.leaves_on is None or on <= self.leaves_on)


@dataclass(slots=True)
class Planned:
    """A schedule as the model knows it; `label` begins its text."""

    id: str
    company: int
    label: str
    waits: bool
    shifts: frozenset[ShiftCode]
    groups: frozenset[str]


@dataclass(slots=True)
class Town:
    """Everybody and every schedule, by id."""

    people: dict[str, Human] = field(default_factory=dict)
    schedules: dict[str, Planned] = field(default_factory=dict)
    companies: list[int] = field(default_factory=list)


def make_town(
    session: Session,
    settings: Settings,
    rng: Random,
    now: datetime,
    *,
    people: int,
    companies: int,
    shifts: tuple[ShiftCode, ...] = WORK,
) -> Town:
    """A park whose people are spread over companies, shifts and groups that overlap."""
    park, town = make_park(session, now), Town()
    for n in range(companies):
        company = make_company(session, park, f"CT{n}", f"Công ty {n}", now)
        town.companies.append(company.id)
        line = make_line(session, company, "Chuyền 1", now)
        groups = _groups(session, company.id, now)
        for number in range(people // companies):
            human = _human(session, line, groups, shifts, rng, f"C{n}-{number:05}", now)
            town.people[human.id] = human
        _schedules(session, town, company.id, groups, settings, rng, now)
    return town


def _groups(session: Session, company_id: int, now: datetime) -> list[str]:
    ids = [new_id(now) for _ in range(3)]
    session.add_all(
        WorkGroup(id=each, company_id=company_id, kind="ad_hoc", name=f"Nhóm {n}")
        for n, each in enumerate(ids)
    )
    session.flush()
    return ids


def _human(
    session: Session,
    line: Branch,
    groups: Sequence[str],
    shifts: Sequence[ShiftCode],
    rng: Random,
    badge: str,
    now: datetime,
) -> Human:
    shift, first_off = rng.choice(shifts), rng.randrange(7)
    off = frozenset({first_off})
    monday = date(2026, 11, 2)
    cycle = tuple(None if day in off else shift for day in range(7))
    has_phone = rng.random() < 0.9
    person = make_worker(
        session,
        line,
        badge,
        f"Người {badge}",
        now,
        phone=f"09{rng.randrange(10**8):08}" if has_phone else None,
        pattern=None,
        pin=None,
    )
    _follow(session, int(line.company_id or 0), person.id, Pattern(cycle, monday), now)
    has_mail = rng.random() < 0.3
    if has_mail:
        address = f"{badge}@example.org".lower()
        keep_address(session, person.id, AddressKind.EMAIL, address, now=now)
    joined = frozenset(each for each in groups if rng.random() < 0.5)
    session.add_all(
        Membership(id=new_id(now), worker_id=person.id, group_id=each, from_on=monday)
        for each in sorted(joined)
    )
    has_app = rng.random() >= 0.75
    if not has_app:
        session.execute(
            update(DeviceToken)
            .where(DeviceToken.account_id == person.id)
            .values(revoked_at=now, expires_at=now)
        )
    if rng.random() < 0.2:
        session.execute(update(Account).where(Account.id == person.id).values(locale="en"))
    of = int(line.company_id or 0)
    return Human(person.id, of, shift, off, joined, has_app, has_phone, has_mail)


def _follow(
    session: Session, company_id: int, person_id: str, pattern: Pattern, now: datetime
) -> None:
    name = "".join(str(shift or "-") for shift in pattern.cycle)
    pattern_id = pattern_named(session, company_id, name, pattern, now=now)
    from_on = (now - timedelta(days=20)).date()
    assign_pattern(
        session, company_id, [person_id], pattern_id, from_on=from_on, actor=STORY, now=now
    )


def _schedules(
    session: Session,
    town: Town,
    company_id: int,
    groups: Sequence[str],
    settings: Settings,
    rng: Random,
    now: datetime,
) -> None:
    """Two for overlapping groups share a text; others tell of the shift, the meal and its end."""
    overlapping: list[dict[str, Any]] = [
        {"group_ids": frozenset(groups[:2]), "offset_minutes": -60},
        {"group_ids": frozenset(groups[1:]), "offset_minutes": -50},
        {"group_ids": frozenset(), "offset_minutes": -40},
    ]
    rest: list[tuple[str, bool, dict[str, Any]]] = [
        ("again", True, {"offset_minutes": -15}),
        ("meal", False, {"anchor": Anchor.MEAL_START, "offset_minutes": -5}),
        ("home", False, {"anchor": Anchor.SHIFT_END, "offset_minutes": -rng.randrange(20)}),
        ("ca1", True, {"shifts": frozenset({ShiftCode.CA1}), "offset_minutes": -30}),
    ]
    for label, waits, changes in [*(("first", True, each) for each in overlapping), *rest]:
        changed = {"only_unanswered": waits, **changes}
        schedule_id = make_schedule(
            session,
            company_id,
            settings,
            now,
            text=f"[{label}] {{company}} {{shift}} {{time}}",
            en=f"[{label}] {{company}} {{shift}} {{time}}",
            schedule=BEFORE_SHIFT,
            **changed,
        )
        shifts, named = changed.get("shifts", frozenset()), changed.get("group_ids", frozenset())
        town.schedules[schedule_id] = Planned(
            schedule_id,
            company_id,
            label,
            waits,
            shifts,
            named,
        )
