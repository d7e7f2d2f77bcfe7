"""The one commit point: kept or undone as a whole, seen only after the commit, one at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import current_thread, main_thread

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.extensions import db
from app.upkeep.models import Lease
from app.web.breakdowns import NoRoom
from app.web.database import writing_engine
from app.web.transaction import Writer, transact, transact_all
from tests.conftest import Node

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)


def adds(name: str) -> Callable[[Session], str]:
    """A work that keeps one row."""

    def work(session: Session) -> str:
        session.execute(insert(Lease).values(name=name, holder="test", until=NOON))
        return name

    return work


def fails(session: Session) -> None:
    adds("half done")(session)
    raise LookupError("on purpose")


def names() -> list[str]:
    return list(db.session.scalars(select(Lease.name).order_by(Lease.name)))


def test_a_work_is_kept_and_its_value_comes_back(in_app: Flask) -> None:
    assert transact(adds("one")) == "one"
    assert names() == ["one"]


def test_what_a_work_raises_is_raised_and_nothing_of_it_is_kept(in_app: Flask) -> None:
    with pytest.raises(LookupError):
        transact(fails)
    assert names() == []


def test_of_several_works_each_is_kept_or_undone_by_itself(in_app: Flask) -> None:
    results = transact_all([adds("a"), fails, adds("a"), adds("b")])
    assert results[0] == "a"
    assert isinstance(results[1], LookupError)
    assert isinstance(results[2], IntegrityError)
    assert results[3] == "b"
    assert names() == ["a", "b"]


def test_works_handed_in_at_once_are_all_done_once(in_app: Flask) -> None:
    def one(number: int) -> str:
        with in_app.app_context():
            return transact(adds(f"{number:03}"))

    with ThreadPoolExecutor(16) as pool:
        done = list(pool.map(one, range(200)))
    assert names() == sorted(done)


def test_a_reader_sees_a_work_only_after_its_commit(in_app: Flask) -> None:
    seen: list[int] = []

    def work(session: Session) -> None:
        adds("unseen")(session)
        with in_app.app_context():
            seen.append(db.session.scalar(select(func.count()).select_from(Lease)) or 0)

    transact(work)
    assert seen == [0]
    assert names() == ["unseen"]


def test_a_session_for_reading_cannot_write(in_app: Flask) -> None:
    with pytest.raises(DBAPIError):
        db.session.execute(insert(Lease).values(name="x", holder="x", until=NOON))
    db.session.rollback()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # it has a limit to stand for it
def test_a_full_disk_is_told_as_a_refusal_and_spoils_only_what_did_not_fit(
    in_app: Flask,
) -> None:
    def set_limit(pages: int) -> None:
        transact(lambda session: session.execute(text(f"PRAGMA max_page_count={pages}")).all())

    def big(session: Session) -> None:
        session.execute(insert(Lease).values(name="big", holder="x" * 3_000_000, until=NOON))

    set_limit(db.session.scalar(text("PRAGMA page_count")) + 20)
    results = transact_all([adds("small"), big, adds("small too")])
    set_limit(1_000_000)
    assert isinstance(results[1], NoRoom)
    assert names() == ["small", "small too"]
    assert transact(adds("afterwards")) == "afterwards"


def test_between_two_works_of_the_command_line_another_process_can_write(
    node: Node, in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if node.kind != "sqlite":
        return
    settings = replace(in_app.config["SETTINGS"], command_line=True)
    shell = Writer(in_app, writing_engine(settings), {}, grouped=False, gives_way=True)
    pauses: list[float] = []

    def another_writes(seconds: float) -> None:
        if current_thread() is main_thread():
            pauses.append(seconds)
            transact(adds(f"other {len(pauses)}"))

    monkeypatch.setattr("app.web.transaction.time.sleep", another_writes)
    shell.run([adds("mine 1"), adds("mine 2")])
    shell.stop()
    assert [pause > 0 for pause in pauses] == [False, True]
    assert names() == ["mine 1", "mine 2", "other 1", "other 2"]
