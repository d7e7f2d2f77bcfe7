"""Rules from the province: checked there, sent to chosen parks, and taken in as data at a park."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import get_branch
from app.bulletins.actions.rule_documents import take_rules
from app.bulletins.models import RuleArrival, RuleDocument
from app.bulletins.rules.rule_documents import RuleKind, RulesSent, rules_body
from app.checkins.actions.levels import accept_rules
from app.checkins.models import RuleAcceptance, SentRuleSet
from app.checkins.queries.rule_sets import get_rules, rule_data
from app.checkins.queries.standing import rules_by_company
from app.checkins.rules.sent_sets import RulesNotYetValid, RuleVersionTaken
from app.extensions import db
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.notices.queries.outlets import words_for_all
from app.reminders.queries.hotlines import hotline
from app.risk.models import RiskSet
from app.sync.models import LogEntry
from app.sync.rules import Direction, EntryArrived
from app.web.transaction import transact
from tests.conftest import Node
from tests.factories.bulletins import HOTLINES, written_rules
from tests.factories.people import Cast
from tests.factories.risk import set_row
from tests.features.bulletins.conftest import Desk
from tests.features.sync.conftest import signed_in

ON = date(2026, 11, 24)
TYPED = {
    "kind": "hotlines",
    "title": "Đường dây nóng tháng 11",
    "valid_from_on": "2026-11-24",
    "source": "Thông báo 12/TB-SYT",
    "text": "number,name_vi,source\n02043856100,CDC tỉnh,Thông báo 12\n",
}


def triage(version: int = 2) -> dict[str, Any]:
    return {"version": version, "sets": rule_data("triage")["sets"][:1]}


def rules_entries(desk: Desk, node: str) -> int:
    def question(session: Session) -> int:
        rows = select(LogEntry.seq).where(LogEntry.node == node, LogEntry.kind == "rules")
        return len(session.scalars(rows).all())

    return desk.read(question)


def test_rules_are_checked_looked_at_and_sent_once_to_the_parks_chosen(desk: Desk) -> None:
    near, far = desk.park("KCN Vân Trung"), desk.park("KCN Quang Châu")
    answer = desk.post("/province/rules/new", **TYPED)
    assert answer.status_code == 302, answer.text
    page = desk.client.get(answer.location).text
    assert "So với bản có sẵn trong chương trình" in page
    assert "CDC tỉnh" in page
    desk.send()
    assert rules_entries(desk, near) == 0
    refused = desk.post(answer.location + "/send", to="some")
    assert (refused.status_code, "ít nhất một khu" in refused.text) == (422, True)
    assert desk.post(answer.location + "/send", to="some", nodes=[near]).status_code == 302
    for _ in range(2):
        desk.send()
    assert (rules_entries(desk, near), rules_entries(desk, far)) == (1, 0)
    assert "Chờ khu liên lạc" in desk.client.get(answer.location).text
    for again in ("send", "discard"):
        assert desk.post(f"{answer.location}/{again}", to="all").status_code == 409
    assert "Đường dây nóng tháng 11" in desk.client.get("/province/rules").text


def test_a_park_that_enrols_later_gets_what_was_sent_to_all(desk: Desk) -> None:
    document_id = desk.write(lambda s: written_rules(s, desk.node.clock.at))
    desk.post(f"/province/rules/{document_id}/send", to="all")
    desk.send()
    late = desk.park("KCN mới")
    desk.send()
    assert rules_entries(desk, late) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"source": ""}, "Cần điền mục này"),
        ({"valid_from_on": "mai"}, "Chưa đúng ngày"),
        ({"text": ""}, "Không đọc được tài liệu"),
        ({"text": "number,name_vi,source\nabc,CDC,TB 12\n"}, "Dòng 1"),
        ({"kind": "triage"}, "Không đọc được tài liệu"),
        ({"kind": "risk", "text": "id: x"}, "x: components"),
        ({"kind": "nothing"}, "Chọn một mục trong danh sách"),
    ],
)
def test_a_document_that_a_park_would_refuse_is_not_kept(
    desk: Desk, fields: dict[str, str], said: str
) -> None:
    answer = desk.post("/province/rules/new", **(TYPED | fields))
    assert answer.status_code == 422
    assert said in answer.text
    assert desk.read(lambda s: s.scalars(select(RuleDocument.id)).all()) == []


def test_an_unsent_document_can_be_thrown_away(desk: Desk) -> None:
    document_id = desk.write(lambda s: written_rules(s, desk.node.clock.at))
    assert desk.post(f"/province/rules/{document_id}/discard").status_code == 302
    assert desk.client.get(f"/province/rules/{document_id}").status_code == 404


def arrived(node: Node, kind: RuleKind, document: Any, on: date = ON, rules_id: str = "") -> str:
    rules_id = rules_id or new_id(node.clock.at)
    body = rules_body(RulesSent(rules_id, kind, "Tài liệu", on, "Thông báo 12", document))
    event = EntryArrived(Direction.DOWN, "park", 1, "rules", body, node.clock.at)
    transact(lambda s: take_rules(s, event, now=node.clock.at))
    return rules_id


def test_hotlines_of_the_province_take_the_place_of_the_built_in_from_their_day(
    node: Node, cast: Cast
) -> None:
    tomorrow = ON + timedelta(days=1)
    first = arrived(node, RuleKind.HOTLINES, {"hotlines": HOTLINES}, tomorrow)
    arrived(node, RuleKind.HOTLINES, {"hotlines": HOTLINES}, tomorrow, first)
    session = db.session()
    assert hotline(session, ON) == "19009095"
    assert hotline(session, tomorrow) == "02043 856 100"
    client = node.app.test_client()
    assert "02043 856 100" not in client.get("/bulletins").text
    node.clock.move(days=1)
    assert 'href="tel:02043856100"' in client.get("/bulletins").text
    assert 'href="tel:115"' not in client.get("/bulletins").text
    assert words_for_all(session, tomorrow)["vi"]["hotline"] == "02043 856 100"
    only_unsure = [each for each in HOTLINES if each["evidence"] == "memory"]
    arrived(node, RuleKind.HOTLINES, {"hotlines": only_unsure}, tomorrow + timedelta(days=1))
    assert hotline(db.session(), tomorrow + timedelta(days=1)) == ""
    assert len(db.session.scalars(select(RuleArrival)).all()) == 2


def test_triage_rules_are_a_proposal_until_somebody_accepts_them_from_their_day_on(
    node: Node, cast: Cast
) -> None:
    company_id = cast.sao_bac.id
    before = get_rules(db.session(), company_id).rules.version
    tomorrow = ON + timedelta(days=1)
    for _ in range(2):
        arrived(node, RuleKind.TRIAGE, triage(), tomorrow)
    assert get_rules(db.session(), company_id).rules.version == before
    officer = cast.sao_bac.people["hanh"]
    actor = Actor(officer.id, officer.name)

    def accept(session: Session) -> str:
        branch = get_branch(session, company_id)
        return accept_rules(session, branch, "workplace_2020@2", actor=actor, now=node.clock.at)

    with pytest.raises(RulesNotYetValid):
        transact(accept)
    page = signed_in(node, "hanh").get("/settings/rules").text
    assert "Bộ này chấp nhận được từ" in page
    node.clock.move(days=1)
    transact(accept)
    in_force = get_rules(db.session(), company_id)
    assert (in_force.rules.version, in_force.proposed) == ("workplace_2020@2", False)
    assert rules_by_company(db.session(), [company_id])[company_id].in_force == in_force
    assert db.session.scalars(select(RuleAcceptance.rules)).all()[-1] == "workplace_2020@2"


def test_the_same_version_with_other_rules_is_refused_and_nothing_of_it_kept(
    node: Node, cast: Cast
) -> None:
    with pytest.raises(RuleVersionTaken):
        arrived(node, RuleKind.TRIAGE, triage(1))
    arrived(node, RuleKind.TRIAGE, triage())
    other = triage()
    other["sets"] = [{**other["sets"][0], "vi": "Bộ khác"}]
    with pytest.raises(RuleVersionTaken):
        arrived(node, RuleKind.TRIAGE, other)
    assert db.session.scalars(select(SentRuleSet.version)).all() == ["workplace_2020@2"]
    assert len(db.session.scalars(select(RuleArrival)).all()) == 1


def test_an_index_set_becomes_one_to_choose_once(node: Node, cast: Cast) -> None:
    document = {"index_set": set_row(id="tinh_bg", valid_from_on="2026-01-01")}
    first = arrived(node, RuleKind.RISK, document)
    for again in (first, ""):
        arrived(node, RuleKind.RISK, document, rules_id=again)
    assert db.session.scalars(select(RiskSet.code)).all() == ["tinh_bg"]


def test_what_could_not_be_taken_in_is_shown_at_the_park(node: Node, cast: Cast) -> None:
    def refused(session: Session) -> None:
        session.add(
            LogEntry(
                node="park",
                direction="down",
                seq=7,
                kind="rules",
                made_at=node.clock.at,
                stored_at=node.clock.at,
                hash="x",
                compact=b"x",
                unapplied=RuleVersionTaken.code,
            )
        )

    transact(refused)
    arrived(node, RuleKind.HOTLINES, {"hotlines": HOTLINES})
    page = signed_in(node, "hanh").get("/rules/from-province").text
    assert "Mục 7" in page
    assert "02043 856 100" in page
    assert "chưa kiểm chứng" in page
