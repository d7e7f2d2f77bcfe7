"""The people of the demo park: as many as ordered, each with a believable place in it."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.checkins.rules import Level
from app.demo.rules import (
    CompanyPlan,
    DemoOrder,
    PersonPlan,
    StoryTeller,
    TooSmall,
    Words,
    cast_of,
    company_days,
    company_people,
    company_plans,
    demo_id,
    holiday_of,
    name_book,
    stream,
    unit_plans,
)
from app.demo.rules.groups import BEDS, SEATS
from app.demo.rules.outbreak import Outbreak
from app.kernel.ids import is_id
from app.workforce.rules.groups import GroupKind
from app.workforce.rules.names import clean_name
from app.workforce.rules.shifts import AssignedPattern, DaySpan, WorkFacts, expected_shift

DATA = Path(__file__).parents[3] / "app" / "demo" / "data"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
SEEDS = st.integers(0, 2**32)


def data(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


COMPANIES, WORDS, NAMES = data("companies"), Words.of(data("words")), name_book(data("names"))


def order_of(workers: int, days: int = 20, seed: int = 1) -> DemoOrder:
    return DemoOrder(workers, days, seed, date(2026, 11, 24), NOON, ZONE)


def people_of(order: DemoOrder) -> list[tuple[CompanyPlan, list[PersonPlan]]]:
    found, first = [], 0
    for company in company_plans(COMPANIES["companies"], order):
        people = company_people(
            company,
            unit_plans(company, order.seed),
            order,
            first_place=first,
            names=NAMES,
            cast=cast_of(COMPANIES["cast"]),
            leave_words=WORDS.leave,
            long_leave=WORDS.long_leave,
        )
        found.append((company, people))
        first += len(people)
    return found


@settings(max_examples=20)
@given(workers=st.integers(60, 60_000), seed=SEEDS)
def test_companies_and_units_hold_exactly_the_workers_ordered(workers: int, seed: int) -> None:
    companies = company_plans(COMPANIES["companies"], order_of(workers, seed=seed))
    assert sum(company.size for company in companies) == workers
    assert min(company.size for company in companies) > 0
    for company in companies[:4]:
        units = unit_plans(company, seed)
        assert sum(unit.size for unit in units) == company.size
        assert len({unit.name for unit in units}) == len(units)
        if company.size > 200:
            assert all(30 <= unit.size <= 50 for unit in units)


def test_fewer_people_than_make_a_park_are_refused() -> None:
    with pytest.raises(TooSmall):
        order_of(59)
    with pytest.raises(TooSmall):
        order_of(100, days=0)


@settings(max_examples=4)
@given(seed=SEEDS)
def test_everybody_has_a_name_badge_and_phone_of_their_own(seed: int) -> None:
    everybody = people_of(order_of(200, seed=seed))
    phones = [each.phone for _, people in everybody for each in people if each.phone]
    ids = [each.id for _, people in everybody for each in people]
    assert len(set(phones)) == len(phones)
    assert all(phone.startswith("09000") and len(phone) == 10 for phone in phones)
    assert sorted(set(ids)) == ids
    assert all(map(is_id, ids))
    for _, people in everybody:
        assert len({each.badge for each in people}) == len(people)
        for each in people:
            assert clean_name(each.name).value == each.name
            assert 1960 < each.birth_year < 2009


def test_phones_stay_apart_in_the_largest_park() -> None:
    from app.demo.rules.people import _phone

    for workers in (98_999, 98_999 * 2):
        places = range(0, workers, 3)
        assert len({_phone(place, workers) for place in places}) == len(places)


@settings(max_examples=4)
@given(seed=SEEDS)
def test_rooms_hold_eight_of_one_sex_and_buses_forty(seed: int) -> None:
    for _, people in people_of(order_of(200, seed=seed)):
        held = defaultdict[Any, list[PersonPlan]](list)
        for each in people:
            for group in each.groups:
                held[group].append(each)
        for group, members in held.items():
            if group.kind is GroupKind.DORM_ROOM:
                assert len(members) <= BEDS
                assert len({each.sex for each in members}) == 1
            if group.kind is GroupKind.BUS:
                assert len(members) <= SEATS + 1
        units = Counter(each.unit for each in people)
        lines = [group for group in held if group.kind in {GroupKind.LINE, GroupKind.TEAM}]
        assert {group.unit: len(held[group]) for group in lines} == units


@settings(max_examples=4)
@given(seed=SEEDS, days=st.integers(3, 40))
def test_people_are_expected_as_the_rules_of_shifts_say(seed: int, days: int) -> None:
    order = order_of(200, days, seed)
    holiday = holiday_of(order)
    off = frozenset({holiday[0]} if holiday else ())
    for company, people in people_of(order):
        calendar = company_days(company, order, holiday[0] if holiday else None)
        teller = teller_of(order, company, people)
        for each in people[:15]:
            pattern = AssignedPattern(
                calendar.patterns[each.pattern], DaySpan(order.from_on - timedelta(days=9))
            )
            facts = WorkFacts(
                (pattern,),
                leaves=tuple(DaySpan(leave.from_on, leave.to_on) for leave in each.leaves),
                holidays=off,
                joined_on=each.joined_on,
                left_on=each.left_on,
            )
            span = range((order.planned_until - order.from_on).days + 1)
            expected = [
                (on, shift)
                for on in (order.from_on + timedelta(days=day) for day in span)
                if (shift := expected_shift(facts, on)) is not None
            ]
            assert [(slot.on, slot.shift) for slot in teller.slots_of(each)] == expected


def teller_of(order: DemoOrder, company: CompanyPlan, people: list[PersonPlan]) -> StoryTeller:
    holiday = holiday_of(order)
    days = company_days(company, order, holiday[0] if holiday else None)
    helpers = {each.unit: [each.id] for each in people if each.in_safety_team}
    return StoryTeller(
        order, company, days, Outbreak(), helpers, "officer", lambda _: Level.AMBER, WORDS
    )


@settings(max_examples=4)
@given(seed=SEEDS)
def test_acts_are_in_order_within_the_shifts_and_never_in_the_future(seed: int) -> None:
    order = order_of(150, seed=seed)
    for company, people in people_of(order):
        teller = teller_of(order, company, people)
        for each in people:
            slots = teller.slots_of(each)
            acts = teller.acts_of(each, slots)
            times = [act.at for act in acts]
            assert times == sorted(times)
            assert all(at <= order.told_until for at in times)
            shifts = {(slot.on, slot.shift) for slot in slots}
            assert {(act.on, act.shift) for act in acts if hasattr(act, "shift")} <= shifts


def test_ids_of_one_seed_are_the_same_and_sort_by_time() -> None:
    first = [demo_id(stream(7, "x"), NOON, place) for place in range(3)]
    again = [demo_id(stream(7, "x"), NOON, place) for place in range(3)]
    assert first == again
    assert first == sorted(first)
    assert demo_id(stream(8, "x"), NOON) != first[0]
    assert demo_id(stream(7, "y"), NOON) != first[0]


@given(days=st.integers(21, 120), until=st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_a_long_demo_has_one_day_off_inside_it(days: int, until: date) -> None:
    order = DemoOrder(100, days, 1, until, NOON, ZONE)
    found = holiday_of(order)
    assert found is not None
    assert order.from_on <= found[0] < until
