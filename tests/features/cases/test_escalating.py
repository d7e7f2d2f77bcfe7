"""A named case goes up once, sealed for the province, in the transaction of the act."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc import jwe
from joserfc.jwk import ECKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.cases.actions.escalating import escalate_case
from app.cases.models import CaseEntry, FollowUpCase
from app.cases.rules.refusals import AlreadyEscalated
from app.cases.rules.states import CaseState
from app.sync.actions.log import locked_node
from app.sync.gateways.signing import new_box_key, payload_of, public_part
from app.sync.models import LogEntry
from app.sync.rules import NotEnrolled
from tests.conftest import SetClock
from tests.factories.cases import as_actor, make_case
from tests.factories.people import Cast, Person

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def case_id(write: Write, cast: Cast, clock: SetClock) -> str:
    people = cast.sao_bac.people
    found: str = write(
        lambda s: make_case(s, people["hoa"], people["hanh"], CaseState.FOLLOWING, clock.at)
    )
    return found


def escalate(write: Write, cast: Cast, clock: SetClock, case_id: str) -> None:
    told: dict[str, Any] = {"actor": as_actor(cast.sao_bac.people["hanh"]), "now": clock.at}
    write(lambda s: escalate_case(s, case_id, "Ba người cùng phòng sốt", **told))


def test_without_a_province_nothing_is_said_to_have_gone_up(
    write: Write, cast: Cast, clock: SetClock, session: Session, case_id: str
) -> None:
    with pytest.raises(NotEnrolled):
        escalate(write, cast, clock, case_id)
    assert session.get_one(FollowUpCase, case_id).escalated_at is None
    assert session.scalars(select(CaseEntry).where(CaseEntry.act == "escalate")).all() == []


def test_only_the_province_reads_the_name(
    write: Write, cast: Cast, clock: SetClock, session: Session, case_id: str
) -> None:
    key = new_box_key()

    def enrol(session: Session) -> None:
        locked_node(session, clock.at).upstream_keys = {"box_key": public_part(key)}

    write(enrol)
    escalate(write, cast, clock, case_id)
    entry = session.scalars(select(LogEntry).where(LogEntry.kind == "escalation")).one()
    case = session.get_one(FollowUpCase, case_id)
    assert (case.escalated_seq, case.escalated_at) == (entry.seq, clock.at)
    payload = payload_of(entry.compact)
    assert set(payload["body"]) == {"jwe"}
    assert "Hoa" not in json.dumps(payload, ensure_ascii=False)
    opened = jwe.decrypt_compact(payload["body"]["jwe"], ECKey.import_key(key)).plaintext
    told = json.loads(opened or b"")
    assert told["worker"]["name"] == "Nguyễn Thị Hoa"
    assert told["reason"] == "Ba người cùng phòng sốt"
    assert told["days"][0]["answers"]["symptoms"] == ["cough"]
    session.rollback()
    with pytest.raises(AlreadyEscalated):
        escalate(write, cast, clock, case_id)
    session.rollback()
    assert len(session.scalars(select(LogEntry).where(LogEntry.kind == "escalation")).all()) == 1


def test_until_it_is_received_it_is_waited_for_by_name_and_the_look_is_kept(
    write: Write, cast: Cast, clock: SetClock, session: Session, case_id: str, enter: Enter
) -> None:
    def enrol(session: Session) -> None:
        node = locked_node(session, clock.at)
        node.upstream_keys, node.enrolled_at = {"box_key": public_part(new_box_key())}, clock.at

    write(enrol)
    escalate(write, cast, clock, case_id)
    people = cast.sao_bac.people
    page = enter(people["hanh"]).get("/sync/waiting").text
    assert "Nguyễn Thị Hoa" in page
    assert "Chờ mang gói USB tới tỉnh" in page
    views = select(AuditEntry).where(AuditEntry.act == "health.viewed")
    (view,) = session.scalars(views).all()
    assert (view.company_id, view.details["workers"]) == (cast.sao_bac.id, [people["hoa"].id])
    assert "Nguyễn Thị Hoa" not in enter(cast.minh_tri.people["khoi"]).get("/sync/waiting").text
    assert enter(people["nhung"]).get("/sync/waiting").status_code == 403
    write(lambda s: setattr(locked_node(s, clock.at), "accepted_through", 99))
    session.rollback()
    received = enter(people["hanh"]).get("/sync/waiting").text
    assert "Nguyễn Thị Hoa" not in received
    assert "Tỉnh đã ký nhận mọi mục của khu này." in received
    assert len(session.scalars(views).all()) == 1
