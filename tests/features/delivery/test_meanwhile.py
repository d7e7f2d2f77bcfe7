"""What happens while a message is under way: an answer given by another, a leaving."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.delivery.actions.ledger import (
    NewDelivery,
    add_deliveries,
    cancel_waiting,
    settle_answers,
)
from app.delivery.rules import Accepted, ChannelName, Lane, Outbound, Temporary
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_sending import FIVE, Post, Write, queue, rows, run


class Interrupted(Post):
    """A provider that is busy at its first call, while something else happens."""

    def __init__(self, meanwhile: Callable[[], Any]) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def send(self, out: Outbound) -> Accepted:
        self.given.append(out)
        if len(self.given) == 1:
            self.meanwhile()
            raise Temporary("busy")
        return Accepted(("x",))


def tell(session: Session, cast: Cast, lane: Lane) -> None:
    """A message to Hoa by SMS; an urgent one lies in her inbox too."""
    message_id = queue(session, cast, "hoa", lane=lane)
    if lane is Lane.URGENT:
        add_deliveries(
            session,
            message_id,
            [NewDelivery(cast.sao_bac.people["hoa"].id, "vi")],
            channel=ChannelName.IN_APP,
            lane=lane,
            not_before=FIVE,
            expires_at=FIVE + timedelta(hours=3),
            now=FIVE,
        )


@pytest.mark.parametrize(
    ("happens", "lane"),
    [
        ("answered by another", Lane.NORMAL),
        ("left", Lane.NORMAL),
        ("left", Lane.URGENT),
    ],
)
def test_after_a_try_that_failed_meanwhile_there_is_no_other(
    cast: Cast, clock: SetClock, write: Write, session: Any, happens: str, lane: Lane
) -> None:
    clock.at = FIVE
    hoa = cast.sao_bac.people["hoa"].id
    write(lambda s: tell(s, cast, lane))

    def meanwhile(s: Session) -> None:
        if happens == "left":
            cancel_waiting(s, [hoa], now=clock.at)
        else:
            settle_answers(s, [(hoa, "2026-11-24:ca1")], by_person=False, now=clock.at)

    post = Interrupted(lambda: write(meanwhile))
    for _ in range(40):
        run(clock, post)
        clock.at += timedelta(minutes=1)
    assert len(post.given) == 1
    found = {row.channel: row.status for row in rows(session)}
    assert found.pop("sms_http") in {"skipped", "expired", "temporary-failure"}
    assert set(found) <= {"in_app"}, "not over another road either"
    assert lane is Lane.URGENT or not found
