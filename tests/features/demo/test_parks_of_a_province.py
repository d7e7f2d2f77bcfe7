"""A demo province: parks whose signed entries came by the usual door, some of them silent."""

import json

from sqlalchemy import func, select

from app.extensions import db
from app.sync.models import LogEntry, Summary
from tests.conftest import Node


def test_parks_report_some_are_silent_one_clock_runs_fast_and_one_corrects_itself(
    province: Node,
) -> None:
    line = ["demo", "load-province", "--parks", "6", "--silent", "2", "--days", "9", "--json"]
    province.clock.move(hours=5, minutes=10)  # 10:20 there
    told = json.loads(province.app.test_cli_runner().invoke(args=line).output)
    assert (told["parks"], len(told["silent"])) == (6, 2)
    with province.app.app_context():
        entries = db.session.scalar(select(func.count()).where(LogEntry.direction == "up"))
        newest = db.session.scalar(select(func.max(Summary.revision)))
        assert db.session.scalar(select(func.count()).where(LogEntry.unapplied.is_not(None))) == 0
    assert entries == told["entries"] > 100
    assert newest == 3
    assert {each["role"] for each in told["accounts"]} == {"province_staff", "admin"}


def test_parks_are_loaded_at_a_province_only(node: Node) -> None:
    done = node.app.test_cli_runner().invoke(args=["demo", "load-province", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.output)["code"] == "demo.province_only"
