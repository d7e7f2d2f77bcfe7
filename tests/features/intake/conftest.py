"""A park enrolled with a province that has people, on real ports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.actions.branches import add_branch
from app.accounts.actions.sessions import open_web_session
from app.accounts.rules import BranchKind, Role
from app.cases.actions.escalating import escalate_case
from app.cases.rules.states import CaseState
from app.feedback.actions.working import pass_on
from app.feedback.models import Feedback
from app.intake.models import IntakeEntry, IntakeItem
from app.intake.rules.states import ItemKind
from app.kernel.actors import Actor
from tests.factories.cases import as_actor, make_case
from tests.factories.feedback import actor_of, make_anonymous, make_note
from tests.factories.people import Cast, Person, make_cast, make_officer
from tests.features.dashboards.conftest import Browser
from tests.features.risk.conftest import without_form_tokens
from tests.features.sync.conftest import Centre, Park, centre, park

__all__ = ["centre", "park", "without_form_tokens"]


@dataclass(slots=True)
class Road:
    """Both ends and their people."""

    park: Park
    centre: Centre
    node: str
    cast: Cast
    thu: Person
    dung: Person

    def exchange(self) -> None:
        """Everything that waits goes both ways."""
        self.park.push()
        self.park.pull()

    def escalated(self) -> str:
        """A named case of Hoa's, sent up; its id at the park."""
        people, now = self.cast.sao_bac.people, self.park.node.clock.at

        def work(session: Session) -> str:
            case_id = make_case(session, people["hoa"], people["hanh"], CaseState.FOLLOWING, now)
            hanh = as_actor(people["hanh"])
            escalate_case(session, case_id, "Ba người cùng phòng sốt", actor=hanh, now=now)
            return case_id

        return self.park.run(work)

    def noted(self, *, anonymous: bool = False) -> str:
        """A note that the park passed on to the province; its id."""
        people, now = self.cast.sao_bac.people, self.park.node.clock.at

        def work(session: Session) -> str:
            if anonymous:
                found = make_anonymous(session, now)
            else:
                found = make_note(session, people["hoa"], now)
                for who in ("nhung", "hanh"):
                    self._pass(session, found, people[who])
            self._pass(session, found, self.cast.people["lam"])
            return found

        return self.park.run(work)

    def _pass(self, session: Session, feedback_id: str, person: Person) -> None:
        seen = session.get_one(Feedback, feedback_id).version
        actor, now = actor_of(session, person), self.park.node.clock.at
        pass_on(session, feedback_id, "Cần tỉnh xem", seen=seen, actor=actor, now=now)

    def items(self, kind: ItemKind) -> list[IntakeItem]:
        """What lies at the province."""
        return self.centre.read(
            lambda s: list(
                s.scalars(
                    select(IntakeItem)
                    .where(IntakeItem.kind == kind)
                    .execution_options(populate_existing=True)
                )
            )
        )

    def history(self, item_id: str) -> list[tuple[str, str]]:
        """What was done with an item: act and words."""
        rows = self.centre.read(
            lambda s: list(
                s.scalars(
                    select(IntakeEntry)
                    .where(IntakeEntry.item_id == item_id)
                    .order_by(IntakeEntry.n)
                    .execution_options(populate_existing=True)
                )
            )
        )
        return [(row.act, row.words) for row in rows]

    def do(
        self, deed: Callable[..., Any], item_id: str, *words: str, by: Person | None = None
    ) -> Any:
        """An act of somebody at the province on an item as it stands."""
        person = by or self.thu

        def work(session: Session) -> Any:
            seen = session.get_one(IntakeItem, item_id).version
            actor = Actor(person.id, person.name)
            now = self.centre.node.clock.at
            return deed(session, item_id, *words, seen=seen, actor=actor, now=now)

        return self.centre.run(work)

    def browser(self, person: Person) -> FlaskClient:
        """A browser signed in at the province."""
        now = self.centre.node.clock.at
        session_id = self.centre.run(lambda s: open_web_session(s, person.id, now=now))
        browser = Browser(self.centre.node.app, self.centre.node.app.response_class)
        with browser.session_transaction() as cookies:
            cookies["_user_id"], cookies["_fresh"] = session_id, True
        return browser

    def post(self, browser: FlaskClient, address: str, **form: Any) -> TestResponse:
        """A form of a page, without its token."""
        self.centre.node.app.config["WTF_CSRF_ENABLED"] = False
        try:
            return browser.post(address, data=form)
        finally:
            self.centre.node.app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def road(park: Park, centre: Centre) -> Road:
    """The cast's park, enrolled with a province where Thu and Dũng answer."""
    clock = park.node.clock
    cast = park.run(lambda s: make_cast(s, clock.at))
    node = park.enrol_at(centre)
    now = centre.node.clock.at

    def staff(session: Session) -> tuple[Person, Person]:
        root = add_branch(session, None, BranchKind.PARK, "BG", "Sở Y tế Bắc Giang")
        role = Role.PROVINCE_STAFF
        return (
            make_officer(session, root.id, role, "thu", "Hà Thị Thu", now),
            make_officer(session, root.id, role, "dung", "Vũ Tiến Dũng", now),
        )

    thu, dung = centre.run(staff)
    return Road(park, centre, node, cast, thu, dung)
