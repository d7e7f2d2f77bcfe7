"""What stories of the gate need: answers handed in, passes read, a guard, a browser."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.rules import Role
from app.gate.gateways.signing import is_genuine
from app.gate.rules.passes import Pass, read_pass
from app.kernel.ids import new_id
from tests.conftest import Node, SetClock
from tests.factories.browser import Browser
from tests.factories.people import Cast, Person, make_officer
from tests.factories.reminders import send

RULES = "workplace_2020@1"
WELL = {"symptoms": [], "temperature_c": None, "exposures": {"contact_case": False}}
FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}


def check_in(clock: SetClock, answers: Any = WELL, **more: Any) -> dict[str, Any]:
    """A `check_in` for today's first shift."""
    body = {"shift_on": "today", "shift": "ca1", "answers": answers, "rules": RULES}
    return {
        "key": new_id(clock.at),
        "kind": "check_in",
        "made_at": clock.at.isoformat(),
        "body": body | more,
    }


def gate_scan(clock: SetClock, **body: Any) -> dict[str, Any]:
    """A `gate_scan` of this moment."""
    told = {"gate": "Cổng số 1", "direction": "in", "verdict": "valid"} | body
    return {
        "key": new_id(clock.at),
        "kind": "gate_scan",
        "made_at": clock.at.isoformat(),
        "offset_ms": 0,
        "body": told,
    }


@dataclass(slots=True)
class Park:
    """The park as phones and gates reach it."""

    client: FlaskClient
    clock: SetClock

    def answer(self, person: Person, answers: Any = WELL, **more: Any) -> dict[str, Any]:
        """One answer; its result."""
        return self.send(person, check_in(self.clock, answers, **more))["result"]

    def send(self, person: Person, command: dict[str, Any]) -> dict[str, Any]:
        """One command; what it is answered."""
        return send(self.client, person, command)[0]

    def pass_of(self, person: Person) -> str | None:
        """The pass that the phone of a worker shows."""
        told = self.get(person, "/api/v1/me")["check_in"]
        return told["pass"] if told else None

    def get(self, person: Person, address: str) -> Any:
        """What an address of the API tells a person."""
        answer = self.client.get(address, headers=person.headers)
        assert answer.status_code == 200, answer.text
        return answer.json

    def keys(self, guard: Person) -> dict[str, Any]:
        """What a gate is told of keys and revocations."""
        told: dict[str, Any] = self.get(guard, "/api/v1/gate/keys")
        return told


@pytest.fixture
def park(client: FlaskClient, clock: SetClock) -> Park:
    return Park(client, clock)


@pytest.fixture
def guard(cast: Cast, write: Callable[..., Person], clock: SetClock) -> Person:
    """The guard of the park's gate."""

    def work(session: Session) -> Person:
        return make_officer(session, cast.park_id, Role.GATE, "cong1", "Cổng số 1", clock.at)

    return write(work)


def said_by(text: str | None) -> Pass:
    """What a pass says."""
    read = read_pass(text or "")
    assert read is not None
    return read.said


def is_signed(text: str, keys: dict[str, Any]) -> bool:
    """Whether a pass is signed with one of the keys that a gate was given."""
    return is_genuine(read_pass(text), {each["kid"]: each["x"] for each in keys["keys"]})


@pytest.fixture
def browser(node: Node) -> Browser:
    """Somebody's browser, signed in to nothing."""
    return Browser(node.app.test_client())
