"""A park and a province on real ports, a wire that can be cut, and parks made by hand."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, make_server

from app.accounts.actions.branches import add_branch
from app.accounts.actions.tokens import issue_token
from app.accounts.rules import BranchKind, Role
from app.checkins.actions.counting import add_counts, add_symptoms
from app.checkins.rules import Counts
from app.extensions import db
from app.kernel.actors import program
from app.kernel.ids import new_id
from app.sync.actions.bundles import Exported, Imported, export_bundle, import_bundle
from app.sync.actions.enrolment import enrol, invite_park
from app.sync.actions.log import append_entry
from app.sync.actions.pulling import Pulled, pull_entries
from app.sync.actions.pushing import Pushed, push_entries
from app.sync.actions.sending_down import append_down
from app.sync.actions.summaries import MadeSummary, make_due_summaries
from app.sync.gateways.signing import new_box_key, new_sign_key, public_part, sign
from app.sync.models import LogEntry, Summary
from app.sync.queries.states import NodeStatus, get_status
from app.sync.rules import Head, entry_payload, head_after
from app.web.transaction import transact
from tests.conftest import Node
from tests.factories.people import SECRET, make_officer
from tests.ports import free_port

T = TypeVar("T")
STORY = program("test")
ON = date(2026, 11, 24)


@dataclass(slots=True)
class Peer:
    """A node served on a port of this machine."""

    node: Node
    port: int = field(default_factory=free_port)
    server: BaseWSGIServer | None = None
    serving: threading.Thread | None = None
    dies_answering: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        """Answer, on the same port as before."""
        self.server = make_server("127.0.0.1", self.port, self._answer, threaded=True)
        self.serving = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.serving.start()

    def down(self) -> None:
        """Stop answering, and let go of the port: whoever serves closes it."""
        if self.server is not None and self.serving is not None:
            self.server.shutdown()
            self.serving.join()
            self.server = None

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if not self.dies_answering:
            return self.node.app(environ, start)
        self.dies_answering -= 1
        list(self.node.app(environ, lambda *_: None))  # it is stored, and nobody hears of it
        environ["werkzeug.socket"].shutdown(2)
        start("200 OK", [])
        return []

    def run(self, work: Callable[[Session], T]) -> T:
        """A committed work of this node."""
        with self.node.app.app_context():
            return transact(work)

    def read(self, question: Callable[[Session], T]) -> T:
        """What this node's database answers now."""
        with self.node.app.app_context():
            return question(db.session())

    def entries(self, direction: str = "up") -> list[tuple[int, str, str]]:
        """Number, kind and text of every entry here."""

        def question(session: Session) -> list[tuple[int, str, str]]:
            rows = session.scalars(
                select(LogEntry).where(LogEntry.direction == direction).order_by(LogEntry.seq)
            )
            return [(row.seq, row.kind, row.compact.decode()) for row in rows]

        return self.read(question)

    def bodies(self) -> dict[tuple[str, str | None], dict[str, Any]]:
        """The newest summaries here, by day and shift."""
        found = self.read(lambda session: list(session.scalars(select(Summary.body))))
        return {(body["on"], body["shift"]): body for body in found}

    def export(self, path: Path, **asked: Any) -> Exported:
        """Write a bundle."""
        with self.node.app.app_context():
            settings = current_app.config["SETTINGS"]
            return export_bundle(transact, self.node.clock, settings, path, **asked)

    def import_(self, path: Path) -> Imported:
        """Take a bundle in."""
        with self.node.app.app_context():
            settings = current_app.config["SETTINGS"]
            return import_bundle(transact, self.node.clock, settings, path)

    def status(self) -> NodeStatus:
        """How the exchange stands here."""
        return self.read(lambda s: get_status(s, current_app.config["SETTINGS"]))

    def cli(self, *arguments: str) -> Any:
        """A command of this node."""
        return self.node.app.test_cli_runner().invoke(args=list(arguments))


class Centre(Peer):
    """The province's end of the wire."""

    def tell(self, park: str, number: int, kind: str = "bulletin") -> int:
        """Append an entry down with a number in it."""
        now = self.node.clock.at
        return self.run(lambda s: append_down(s, park, kind, {"n": number}, now))


class Park(Peer):
    """The park's end of the wire."""

    def pull(self, *, by_hand: bool = True) -> Pulled:
        """Fetch what the province wrote."""
        with self.node.app.app_context():
            settings = current_app.config["SETTINGS"]
            return pull_entries(transact, self.node.clock, settings, by_hand=by_hand)

    def enrol_at(self, province: "Peer", name: str = "KCN Vân Trung") -> str:
        """Invited by the province, enrolled over HTTP."""
        now = province.node.clock.at
        code, _ = province.run(lambda s: invite_park(s, name, actor=STORY, now=now))
        settings = self.node.app.config["SETTINGS"]
        with self.node.app.app_context():
            return enrol(transact, self.node.clock, settings, province.url, code, actor=STORY)

    def note(self, number: int, kind: str = "feedback") -> int:
        """Append an entry with a number in it."""
        now = self.node.clock.at
        return self.run(lambda s: append_entry(s, kind, {"n": number}, now))

    def push(self, *, by_hand: bool = True) -> Pushed:
        """Send what waits."""
        with self.node.app.app_context():
            settings = current_app.config["SETTINGS"]
            return push_entries(transact, self.node.clock, settings, by_hand=by_hand)

    def make(self, on: date | None = None) -> list[MadeSummary]:
        """Make the summaries that are due."""
        settings, now = self.node.app.config["SETTINGS"], self.node.clock.at
        return self.run(lambda s: make_due_summaries(s, settings, now, on))

    def count(
        self,
        company_id: int,
        counts: Counts,
        *,
        on: date = ON,
        shift: str = "ca1",
        symptoms: Iterable[str] = (),
    ) -> None:
        """Add to a company's figures as answers do."""
        now = self.node.clock.at

        def work(session: Session) -> None:
            place = {"company_id": company_id, "shift_on": on, "shift": shift}
            add_counts(session, {company_id: counts}, now=now, **place)
            add_symptoms(session, before=(), after=symptoms, **place)

        self.run(work)


@pytest.fixture
def park(node: Node) -> Park:
    """The park; nobody calls it, so it needs no port."""
    return Park(node)


@pytest.fixture
def centre(province: Node) -> Iterator[Centre]:
    """The province, on a port."""
    peer = Centre(province)
    peer.up()
    yield peer
    peer.down()


@dataclass(slots=True)
class HandMade:
    """A park made by hand, which can do what the program never would."""

    node: str
    sign_key: dict[str, Any] = field(default_factory=new_sign_key)
    box_key: dict[str, Any] = field(default_factory=new_box_key)

    def chain(self, count: int, *, mark: str = "", kind: str = "feedback") -> list[str]:
        """Entries that follow one another."""
        entries, head = [], Head()
        for number in range(count):
            entries.append(self.entry(head, {"n": number, "mark": mark}, kind))
            head = head_after(head, entries[-1])
        return entries

    def entry(self, head: Head, body: dict[str, Any], kind: str = "feedback") -> str:
        """One entry after a head."""
        made_at = datetime.fromisoformat("2026-11-24T05:10:00+07:00")
        payload = entry_payload(head, node=self.node, kind=kind, made_at=made_at, body=body)
        return sign(payload, self.sign_key)

    def sent_to(self, province: Peer, entries: list[str]) -> httpx.Response:
        """Hand entries in."""
        body = {"node": self.node, "entries": entries}
        return httpx.post(f"{province.url}/api/v1/sync/entries", json=body, trust_env=False)


@pytest.fixture
def hand_made(centre: Peer) -> HandMade:
    """A park made by hand, enrolled."""
    now = centre.node.clock.at
    code, _ = centre.run(lambda s: invite_park(s, "KCN Quang Châu", actor=STORY, now=now))
    keys = HandMade("")
    body = {
        "code": code,
        "name": "KCN Quang Châu",
        "sign_key": public_part(keys.sign_key),
        "box_key": public_part(keys.box_key),
    }
    answer = httpx.post(f"{centre.url}/api/v1/sync/enrol", json=body, trust_env=False)
    assert answer.status_code == 200, answer.text
    keys.node = answer.json()["node"]
    return keys


@pytest.fixture
def staff(centre: Peer) -> dict[str, str]:
    """Headers of a person at the province who sees the parks."""
    now = centre.node.clock.at

    def work(session: Session) -> str:
        root = add_branch(session, None, BranchKind.PARK, "BG", "Sở Y tế Bắc Giang")
        make_officer(session, root.id, Role.ADMIN, "minh", "Lê Văn Minh", now)
        person = make_officer(session, root.id, Role.PROVINCE_STAFF, "thu", "Hà Thị Thu", now)
        token, _ = issue_token(
            session, person.id, device_id=new_id(now), label="test", days=9, now=now
        )
        return token

    return {"Authorization": f"Bearer {centre.run(work)}"}


def signed_in(node: Node, login: str) -> Any:
    """A browser signed in by the page."""
    client = node.app.test_client()
    form = client.get("/sign-in?office=1").text
    data = {"login": login, "secret": SECRET, "csrf_token": csrf_token(form)}
    answer = client.post("/sign-in", data=data)
    assert answer.status_code == 302, answer.text
    return client


def csrf_token(page: str) -> str:
    """The token against forged requests of a page's first form."""
    return page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
