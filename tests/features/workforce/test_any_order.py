"""Imports, undoing, saving again, merging, parting and answers in any order lose nothing."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.checkins.actions.answers import record_check_in
from app.checkins.jobs import plan_due_duties
from app.checkins.models import CheckIn
from app.checkins.rules.requests import CheckInRequest
from app.extensions import db
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.web.transaction import transact
from app.workforce.actions.importing import deciding
from app.workforce.actions.importing.applying import save_list
from app.workforce.models import Membership, Worker
from app.workforce.queries.imports import get_import
from app.workforce.rules.importing import NothingToSave
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import Node
from tests.factories.merges import assert_sound, merge, unmerge
from tests.factories.people import make_cast
from tests.factories.rosters import messy_roster, save_book
from tests.features.workforce.test_undoing import Undoer, everyone

STEPS = (
    *("small", "messy", "there and back", "undo", "again", "hoa answers", "lan answers", "night"),
    *("lan into hoa", "hoa into lan", "part"),
)
BADGES = {"hoa": "SB-20417", "lan": "SB-30001"}


class Story:
    """Days of imports, undoing, saving again, merging, parting and answers, in any order."""

    def __init__(self, officer: Undoer, files: dict[str, Path]) -> None:
        self.officer, self.files = officer, files
        self.clock = officer.node.clock
        self.saved: list[str] = []
        self.undone: list[str] = []
        self.merges: list[int] = []

    @property
    def today(self) -> date:
        return local_day(self.clock.at, self.officer.node.app.config["SETTINGS"].timezone)

    def happen(self, step: str) -> None:
        self.clock.move(minutes=1)
        if step == "night":
            self.clock.move(days=1)
            plan_due_duties()
        elif step == "undo":
            while self.saved and get_import(db.session(), self.saved[-1]).state != "applied":
                self.saved.pop()
            if self.saved:
                self.undone.append(self.saved.pop())
                self.officer.undo(self.undone[-1])
        elif step == "again":
            if self.undone and (import_id := self.save_again(self.undone[-1])) is not None:
                self.saved.append(import_id)
        elif step == "part":
            if self.merges:
                merge_id, now = self.merges.pop(), self.clock.at
                transact(lambda s: unmerge(s, merge_id, now))
        elif " into " in step:
            self.merge(*step.split(" into "))
        elif step == "there and back":
            before = everyone(db.session())
            if (import_id := self.save("messy")) is not None:
                self.officer.undo(import_id)
                assert everyone(db.session()) == before
        elif step.endswith("answers"):
            self.answer(BADGES[step.split()[0]])
        elif (import_id := self.save(step)) is not None:
            self.saved.append(import_id)

    def merge(self, gone: str, kept: str) -> None:
        gone_id, kept_id = (self.working(BADGES[name]) for name in (gone, kept))
        if gone_id is not None and kept_id is not None:
            now = self.clock.at
            self.merges.append(transact(lambda s: merge(s, kept_id, gone_id, now, ("unit",))))

    def working(self, badge: str) -> str | None:
        db.session.rollback()
        known = select(Worker.id).where(Worker.badge == badge, Worker.left_on.is_(None))
        return db.session.scalar(known.where(Worker.merged_into_id.is_(None)))

    def save(self, name: str) -> str | None:
        return self.confirm(self.officer.stage(self.files[name]))

    def save_again(self, undone_id: str) -> str | None:
        return self.confirm(self.officer.reopen(undone_id))

    def confirm(self, import_id: str) -> str | None:
        try:
            mark = deciding.check_still_true(db.session(), import_id, self.today)
            now = self.clock.at
            transact(
                lambda session: deciding.start_saving(
                    session, import_id, ends_work=False, roster_mark=mark, now=now
                )
            )
        except NothingToSave:
            return None
        save_list(self.officer.desk, import_id)
        return import_id

    def answer(self, badge: str) -> None:
        worker_id = self.working(badge)
        if worker_id is None:
            return
        park = self.officer.node.app.config["SETTINGS"]
        actor, now = Actor(worker_id, "", worker_id=worker_id), self.clock.at
        request = CheckInRequest(worker_id, self.today, ShiftCode.CA1, {"symptoms": []}, now)
        transact(lambda s: record_check_in(s, request, settings=park, actor=actor, now=now))

    def check_ins(self) -> dict[str, int]:
        """Every check-in, and how many workers it has."""
        db.session.rollback()
        rows = db.session.execute(
            select(CheckIn.id, func.count(Worker.id))
            .outerjoin(Worker, Worker.id == CheckIn.worker_id)
            .group_by(CheckIn.id)
        ).all()
        return {row[0]: row[1] for row in rows}


def assert_all_sound(session: Session) -> None:
    """Figures are true, merged records are shut, nobody is in a group twice on one day."""
    session.rollback()
    assert_sound(session)
    away = select(Worker.id).where(Worker.merged_into_id.is_not(None))
    shut = select(Account.id).where(Account.id.in_(away), Account.active)
    assert not session.scalars(shut).all()
    spans: dict[tuple[str, str], list[tuple[date, date]]] = {}
    for row in session.scalars(select(Membership)):
        spans.setdefault((row.worker_id, row.group_id), []).append(
            (row.from_on, row.to_on or date.max)
        )
    for held in spans.values():
        held.sort()
        assert all(end < begin for (_, end), (begin, _) in pairwise(held))
    gone = select(Membership.id).join(Worker, Worker.id == Membership.worker_id)
    assert not session.scalars(
        gone.where(Worker.left_on.is_not(None), Membership.to_on.is_(None))
    ).all()


@settings(
    max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=9))
@example(steps=["messy", "lan answers", "undo", "messy", "there and back", "undo"])
@example(steps=["messy", "lan into hoa", "undo", "part", "again", "undo", "there and back"])
@example(steps=["messy", "hoa into lan", "lan answers", "undo", "again", "part", "undo", "again"])
@example(steps=["messy", "undo", "again", "hoa into lan", "night", "undo", "part", "small"])
@example(steps=["messy", "night", "lan answers", "small", "undo", "undo", "there and back"])
def test_no_order_of_imports_undoing_merging_and_answers_loses_an_answer_or_a_count(
    node: Node, in_app: Flask, write: Callable[..., Any], tmp_path: Path, steps: list[str]
) -> None:
    db.session.rollback()
    node.empty()
    officer = Undoer(node, write(lambda session: make_cast(session, node.clock.at)), tmp_path)
    rows = [("Z1", "Lê Văn Một"), ("SB-20733", "Giáp Thị Mến", None, None, None, "0912345678")]
    files = {
        "messy": messy_roster(tmp_path / "messy.xlsx"),
        "small": save_book(tmp_path / "small.xlsx", rows),
    }
    plan_due_duties()
    story, told = Story(officer, files), set[str]()
    for step in steps:
        story.happen(step)
        standing = story.check_ins()
        assert set(standing.values()) <= {1}, steps
        assert told <= set(standing), steps
        told |= set(standing)
        assert_all_sound(db.session())
