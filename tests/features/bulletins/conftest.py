"""A province with parks, and somebody who writes its bulletins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.actions.branches import add_branch
from app.accounts.rules import BranchKind, Role
from app.bulletins.jobs import send_waiting
from app.extensions import db
from app.kernel.ids import new_id
from app.sync.gateways.signing import new_box_key, new_sign_key, public_part
from app.sync.models import KnownNode
from app.web.transaction import transact
from tests.conftest import Node
from tests.factories.people import make_officer
from tests.features.sync.conftest import signed_in

T = TypeVar("T")


@dataclass(slots=True)
class Desk:
    """The province, and a browser in which its staff are signed in."""

    node: Node
    client: FlaskClient

    def write(self, work: Callable[[Session], T]) -> T:
        with self.node.app.app_context():
            return transact(work)

    def read(self, question: Callable[[Session], T]) -> T:
        with self.node.app.app_context():
            return question(db.session())

    def send(self) -> None:
        """What the clock does."""
        with self.node.app.app_context():
            send_waiting()

    def park(self, name: str) -> str:
        now = self.node.clock.at
        node = new_id(now)

        def work(session: Session) -> None:
            session.add(
                KnownNode(
                    node=node,
                    name=name,
                    sign_key=public_part(new_sign_key()),
                    box_key=public_part(new_box_key()),
                    enrolled_at=now,
                )
            )

        self.write(work)
        return node

    def post(self, path: str, **fields: Any) -> Any:
        return self.client.post(path, data=fields)


@pytest.fixture
def desk(province: Node) -> Any:
    """The province with its staff signed in."""
    now = province.clock.at
    with province.app.app_context():

        def work(session: Session) -> Any:
            root = add_branch(session, None, BranchKind.PARK, "BG", "Tỉnh Bắc Giang")
            return make_officer(session, root.id, Role.PROVINCE_STAFF, "tinh", "Trần Thị Tỉnh", now)

        transact(work)
    client = signed_in(province, "tinh")
    province.app.config["WTF_CSRF_ENABLED"] = False
    yield Desk(province, client)
    province.app.config["WTF_CSRF_ENABLED"] = True
