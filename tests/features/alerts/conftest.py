"""A park that only sees bundles, its province, and staff of the province in browsers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.actions.branches import add_branch
from app.accounts.actions.sessions import open_web_session
from app.accounts.rules import BranchKind, Role
from app.alerts.actions.drafting import AlertDraft, write_alert
from app.alerts.actions.releasing import approve_alert, ask_approval
from app.alerts.jobs import run_alerts
from app.alerts.models import Alert, AlertPark
from app.notices.jobs import run_notices, tell_untold
from tests.conftest import Node
from tests.factories.alerts import PHUC, THU
from tests.factories.people import Person, make_officer
from tests.features.sync.conftest import Centre, Park, centre, hand_made, park

__all__ = ["centre", "hand_made", "park"]


@dataclass(slots=True)
class Road:
    """Sticks between one park and its province."""

    park: Park
    centre: Centre
    folder: Path
    node: str = ""
    sticks: int = 0

    def down(self) -> None:
        """Bring what the province wrote."""
        self.sticks += 1
        stick = self.folder / f"down-{self.sticks}"
        if self.centre.export(stick, park=self.node).entries:
            self.park.import_(stick)

    def up(self) -> None:
        """Bring what the park wrote."""
        self.sticks += 1
        stick = self.folder / f"up-{self.sticks}"
        if self.park.export(stick).entries:
            self.centre.import_(stick)

    def pass_time(self, **span: float) -> None:
        """Both clocks move."""
        self.park.node.clock.move(**span)
        self.centre.node.clock.at = self.park.node.clock.at

    def run(self) -> None:
        """The jobs of both nodes, once."""
        with self.centre.node.app.app_context():
            run_alerts(self.centre.node.clock.now)
        with self.park.node.app.app_context():
            run_notices(self.park.node.clock.now)
            tell_untold(self.park.node.clock.now)

    def write(self, draft: AlertDraft) -> str:
        """A notice as Thu writes it."""
        now = self.centre.node.clock.at
        return self.centre.run(lambda s: write_alert(s, draft, actor=THU, now=now))

    def let_go(self, alert_id: str) -> None:
        """Asked for, approved by Phúc, counted down and written into the logs."""
        now = self.centre.node.clock.at

        def release(session: Session) -> None:
            alert = session.get_one(Alert, alert_id)
            ask_approval(session, alert_id, seen=alert.touched, actor=THU, now=now)
            approve_alert(session, alert_id, alert.seal, actor=PHUC, now=now)

        self.centre.run(release)
        self.pass_time(seconds=30)
        with self.centre.node.app.app_context():
            run_alerts(self.centre.node.clock.now)

    def row(self, alert_id: str) -> AlertPark:
        """What the province knows of a notice in the park."""
        return self.centre.read(lambda s: s.get_one(AlertPark, (alert_id, self.node)))


@pytest.fixture
def road(park: Park, centre: Centre, tmp_path: Path) -> Road:
    """The park is enrolled, and the line is cut for good."""

    def root(session: Session) -> None:
        add_branch(session, None, BranchKind.PARK, "BG", "Sở Y tế Bắc Giang")

    centre.run(root)
    node = park.enrol_at(centre)
    centre.down()
    return Road(park, centre, tmp_path, node)


@pytest.fixture
def staff_of(
    province: Node, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Centre, str], tuple[FlaskClient, Person]]:
    """A browser of somebody of the province."""
    monkeypatch.setitem(province.app.config, "WTF_CSRF_ENABLED", False)

    def come(centre: Centre, login: str) -> tuple[FlaskClient, Person]:
        now = province.clock.at

        def work(session: Session) -> tuple[Person, str]:
            person = make_officer(session, 1, Role.PROVINCE_STAFF, login, f"Người {login}", now)
            return person, open_web_session(session, person.id, now=now)

        person, session_id = centre.run(work)
        browser = province.app.test_client()
        with browser.session_transaction() as cookies:
            cookies["_user_id"], cookies["_fresh"] = session_id, True
        return browser, person

    return come
