"""What happens while a message is under way: an answer given by another, a leaving."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.delivery.actions.ledger import cancel_waiting, settle_answer
from app.delivery.rules import Accepted, Outbound, Temporary
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_sending import FIVE, Post, Write, queue, run, states


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


@pytest.mark.parametrize("happens", ["answered by another", "left"])
def test_after_a_try_that_failed_meanwhile_there_is_no_other(
    cast: Cast, clock: SetClock, write: Write, session: Any, happens: str
) -> None:
    clock.at = FIVE
    hoa = cast.sao_bac.people["hoa"].id
    write(lambda s: queue(s, cast, "hoa"))

    def meanwhile(s: Session) -> None:
        if happens == "left":
            cancel_waiting(s, [hoa], now=clock.at)
        else:
            settle_answer(s, hoa, "2026-11-24:ca1", by_person=False, now=clock.at)

    post = Interrupted(lambda: write(meanwhile))
    for _ in range(40):
        run(clock, post)
        clock.at += timedelta(minutes=1)
    assert len(post.given) == 1
    assert states(session)[0] in {"skipped", "expired"}
    assert not {"sent", "delivered"} & set(states(session)), "not over another road either"
