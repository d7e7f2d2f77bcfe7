"""What a province publishes and sends, read at a park that fetches its log, once and twice."""

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bulletins.actions.publishing import publish_bulletin, withdraw_bulletin
from app.bulletins.actions.rule_documents import send_rules
from app.bulletins.jobs import send_waiting
from app.reminders.queries.hotlines import hotline
from app.sync.actions.sending_down import append_down
from app.sync.models import LogEntry
from tests.factories.bulletins import written_bulletin, written_rules
from tests.features.sync.conftest import STORY, Centre, Park

ON = date(2026, 11, 24)


def send(centre: Centre) -> None:
    with centre.node.app.app_context():
        send_waiting()


def test_a_bulletin_its_withdrawal_and_hotlines_reach_a_park_by_wire_or_by_stick(
    park: Park, centre: Centre, tmp_path: Path
) -> None:
    node = park.enrol_at(centre)
    now = centre.node.clock.at

    def publish(session: Session) -> str:
        bulletin_id = written_bulletin(session, now)
        publish_bulletin(session, bulletin_id, reason="", seen=1, actor=STORY, now=now)
        send_rules(session, written_rules(session, now), [node], actor=STORY, now=now)
        return bulletin_id

    bulletin_id = centre.run(publish)
    send(centre)
    park.pull()
    reader = park.node.app.test_client()
    assert "BN1001" in reader.get(f"/bulletins/{bulletin_id}").text
    assert park.read(lambda s: hotline(s, ON)) == "02043 856 100"

    def withdraw(session: Session) -> None:
        withdraw_bulletin(session, bulletin_id, reason="Sai", seen=2, actor=STORY, now=now)
        append_down(session, node, "rules", {"kind": "triage"}, now)

    centre.run(withdraw)
    send(centre)
    centre.export(tmp_path / "goi.zip", park=node)
    for _ in range(2):
        park.import_(tmp_path / "goi.zip")
    park.pull()
    assert "BN1001" not in reader.get(f"/bulletins/{bulletin_id}").text
    assert "Đã thu hồi" in reader.get("/bulletins").text
    marked = select(LogEntry.kind, LogEntry.unapplied).where(LogEntry.unapplied.is_not(None))
    assert park.read(lambda s: [tuple(row) for row in s.execute(marked)]) == [
        ("rules", "bulletins.rules_unreadable")
    ]
