"""What runs with every tick finds its rows by an index, and none that are done with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.delivery.actions.ledger import cancel_rest, settle_answers
from app.delivery.actions.looking import look_after
from app.delivery.actions.sending import (
    claim_due,
    hand_over_in_house,
)
from app.delivery.actions.tidying import close_message, expire_waiting, give_up_leases
from app.delivery.channels.in_app import InApp
from app.delivery.rules import ChannelName, Lane
from tests.features.delivery.test_failing_over import NOON, ROADS

Write = Callable[[Callable[[Session], Any]], Any]
SMS = ChannelName.SMS_HTTP
LATER = NOON + timedelta(hours=1)
STEPS: dict[str, Callable[[Session], Any]] = {
    "hand over": lambda s: hand_over_in_house(s, limit=9, now=LATER),
    "claim": lambda s: claim_due(s, SMS, Lane.NORMAL, limit=9, holder="x", now=LATER),
    "expire": lambda s: expire_waiting(s, limit=9, now=LATER),
    "let go": lambda s: give_up_leases(s, limit=9, now=LATER),
    "look": lambda s: look_after(
        s, limit=9, channels={ChannelName.IN_APP: InApp()}, roads=ROADS, now=LATER
    ),
    "cancel": lambda s: cancel_rest(s, "m", limit=9),
    "close": lambda s: close_message(s, "m", after=("p", "sms"), limit=9, now=LATER),
    "answer": lambda s: settle_answers(s, [("p", "2026-11-24:ca1")], by_person=True, now=LATER),
}


@contextmanager
def listening(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """Every statement about deliveries that is run meanwhile."""
    heard: list[tuple[str, Any]] = []

    def hear(_: Any, __: Any, statement: str, parameters: Any, *more: Any) -> None:
        if "delivery" in statement and statement.startswith(("SELECT", "UPDATE")):
            heard.append((statement, parameters))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_reads_no_row_that_it_does_not_need(
    step: str, database: str, write: Write, session: Any
) -> None:
    if database != "sqlite":
        return

    def work(session: Session) -> list[str]:
        with listening(session) as heard:
            STEPS[step](session)
        raw = session.connection().connection.driver_connection
        assert raw is not None
        plans = []
        for statement, parameters in heard:
            rows = raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            plans += [f"{row[3]} <- {statement}" for row in rows]
        return plans

    plans = write(work)
    assert plans
    scans = [plan for plan in plans if plan.startswith(("SCAN delivery", "SCAN attempt"))]
    # An index of such rows only: reading all of it reads nothing that is done with.
    scans = [plan for plan in scans if "INDEX ix_delivery_sending" not in plan]
    assert not scans, "\n".join(scans)
    sorts = [plan for plan in plans if "TEMP B-TREE FOR ORDER BY" in plan and "LIMIT" in plan]
    assert not sorts, "\n".join(sorts)
    assert session.execute(text("SELECT count(*) FROM delivery")).scalar() == 0
