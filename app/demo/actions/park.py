"""The demo park in steps: first everything that has no people, then the people in portions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import Actor, Role
from app.checkins.queries.rule_sets import find_rule_set, list_rule_sets
from app.checkins.rules import triage
from app.checkins.rules.answers import parse_answers
from app.demo.actions.ledger import InForce, Ledger
from app.demo.actions.people import actor_of, add_consent, add_person
from app.demo.actions.rows import Rows
from app.demo.actions.sites import Site, add_groups, add_office, add_root, add_site
from app.demo.queries import demo_data, is_empty
from app.demo.rules import (
    CompanyDays,
    CompanyPlan,
    DemoOrder,
    NotEmpty,
    PersonPlan,
    StoryTeller,
    UnitPlan,
    Words,
    cast_of,
    company_days,
    company_people,
    company_plans,
    holiday_of,
    name_book,
    stream,
    unit_plans,
)
from app.demo.rules.outbreak import Outbreak, outbreak_among

PORTION = 200


class Step(NamedTuple):
    """A part of the work, and about how many shifts of people it writes."""

    shifts: int
    work: Callable[[Session], None]


@dataclass(slots=True)
class ParkLoad:
    """What is carried from one step to the next."""

    order: DemoOrder
    grace_minutes: int
    notice_version: str
    data: Any = field(default_factory=lambda: demo_data("companies"))
    words: Words = field(default_factory=lambda: Words.of(demo_data("words")))
    sites: dict[str, Site] = field(default_factory=dict)
    accounts: list[dict[str, str]] = field(default_factory=list)
    answered: int = 0

    @property
    def companies(self) -> tuple[CompanyPlan, ...]:
        """The companies of this park."""
        return company_plans(self.data["companies"], self.order)

    def steps(self) -> Iterator[Step]:
        """Everything there is to do, in order; each step wants the ones before it done."""
        yield Step(0, self._begin)
        for load in self.company_loads():
            yield from load.steps()

    def company_loads(self) -> Iterator["CompanyLoad"]:
        """The companies with their people, one after the other."""
        names, cast = name_book(demo_data("names")), cast_of(self.data["cast"])
        first_place = 0
        for company in self.companies:
            units = unit_plans(company, self.order.seed)
            people = company_people(
                company,
                units,
                self.order,
                first_place=first_place,
                names=names,
                cast=cast,
                leave_words=self.words.leave,
                long_leave=self.words.long_leave,
            )
            first_place += len(people)
            yield CompanyLoad(self, company, units, people)

    def _begin(self, session: Session) -> None:
        if not is_empty(session):
            raise NotEmpty
        rows, order = Rows(), self.order
        holiday = holiday_of(order)
        park = add_root(session, self.data["park"], order, holiday, rows)
        known = {row["login"]: row for row in self.data["accounts"]["park"]}
        for company in self.companies:
            self.sites[company.code] = add_site(
                session,
                park,
                company,
                unit_plans(company, order.seed),
                company_days(company, order, holiday[0] if holiday else None),
                order,
                rows,
                known.get(company.login, {}).get("secret"),
            )
        self.accounts += add_accounts(self.data["accounts"]["park"], park, order, rows)
        rows.write(session)


def add_accounts(
    known: Sequence[dict[str, str]], root: Branch, order: DemoOrder, rows: Rows
) -> list[dict[str, str]]:
    """Accounts to look around with; one without a name is a company's officer, added with it."""
    for row in known:
        if "name" in row:
            role = Role(row["role"])
            add_office(role, row["login"], row["name"], row["secret"], root, order, rows)
    return [{key: row[key] for key in ("role", "login", "secret")} for row in known]


@dataclass(slots=True)
class CompanyLoad:
    """One company on its way into the tables."""

    park: ParkLoad
    company: CompanyPlan
    units: Sequence[UnitPlan]
    people: list[PersonPlan]

    def steps(self) -> Iterator[Step]:
        """Its people in portions, and then the figures of all of them."""
        people, rows = iter(self.people), Rows()
        site = self.park.sites[self.company.code]
        teller, ledger = self.teller(site), self._ledger(site, rows)
        add_groups(self.company, self.people, site, self.park.order, rows)
        while portion := list(islice(people, PORTION)):
            yield Step(
                len(portion) * self.park.order.days, self._enter(site, portion, teller, ledger)
            )
        yield Step(0, ledger.add_up)
        self.park.answered += ledger.answered
        self.park.accounts += [
            {
                "role": str(Role.TEAM_MEMBER if person.in_safety_team else Role.WORKER),
                "company": self.company.code,
                "badge": person.badge,
                "pin": person.pin,
            }
            for person in self.people
            if person.pin
        ]

    def _enter(
        self, site: Site, people: Sequence[PersonPlan], teller: StoryTeller, ledger: Ledger
    ) -> Callable[[Session], None]:
        order, rows = self.park.order, ledger.rows

        def work(session: Session) -> None:
            for person in people:
                add_person(person, site, order, rows)
                slots = teller.slots_of(person)
                acts = teller.acts_of(person, slots)
                add_consent(
                    person, acts, order, rows, ledger, self.park.notice_version, ledger.chance
                )
                ledger.enter(person, site.units[person.unit][0], slots, acts)
                if rows.is_full:
                    rows.write(session)
            rows.write(session)

        return work

    def _ledger(self, site: Site, rows: Rows) -> Ledger:
        members = {each.id: each for each in self.people}

        def actors(account_id: str) -> Actor:
            person = members.get(account_id)
            return actor_of(person, site) if person else site.officer

        return Ledger(
            self.park.order,
            site.id,
            self._rule_sets(),
            site.officer,
            actors,
            rows,
            stream(self.park.order.seed, "ledger", self.company.code),
            self.park.grace_minutes,
        )

    def _rule_sets(self) -> list[InForce]:
        found = [InForce(None, list_rule_sets()[0], True)]
        accepted = find_rule_set(self.company.accepted) if self.company.accepted else None
        if accepted is not None:
            found.append(InForce(self.company.accepted_at, accepted, False))
        return found

    def teller(self, site: Site) -> StoryTeller:
        """Who knows what happened to each of its people."""
        rules = self._rule_sets()[-1].rules
        helpers: dict[int, list[str]] = {}
        for person in self.people:
            if person.in_safety_team and person.left_on is None:
                helpers.setdefault(person.unit, []).append(person.id)
        return StoryTeller(
            self.park.order,
            self.company,
            self._days(),
            self._outbreak(),
            helpers,
            str(site.officer.account_id),
            lambda told: triage(parse_answers(dict(told), rules.questions), rules).level,
            self.park.words,
        )

    def _days(self) -> CompanyDays:
        holiday = holiday_of(self.park.order)
        return company_days(self.company, self.park.order, holiday[0] if holiday else None)

    def _outbreak(self) -> Outbreak:
        row = self.park.data["outbreak"]
        if row["company"] != self.company.code:
            return Outbreak()
        unit = next((each for each in self.units if each.name == row["unit"]), self.units[0])
        return outbreak_among(self.people, unit, row["first"], self.park.order)
