"""Two records of one person have one open case, and their own again when they come apart."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import FollowUpCase
from app.cases.queries.standing import find_open_case
from tests.conftest import SetClock
from tests.factories.cases import case_of
from tests.factories.merges import FEVER, WELL, answer, make_twins, merge, unmerge
from tests.factories.people import Cast

Write = Callable[[Callable[[Session], Any]], Any]


def cases(session: Session) -> list[tuple[str, str, str]]:
    session.rollback()
    rows = session.scalars(select(FollowUpCase).order_by(FollowUpCase.id))
    return [(row.worker_id, row.state, row.level) for row in rows]


def test_the_case_of_the_record_that_goes_is_the_kept_ones(
    write: Write, cast: Cast, clock: SetClock, session: Any
) -> None:
    def work(session: Session) -> tuple[str, str, int]:
        kept, gone = make_twins(session, cast.sao_bac, clock.at)
        answer(session, kept.id, WELL, clock.at)
        answer(session, gone.id, FEVER, clock.at)
        return kept.id, gone.id, merge(session, kept.id, gone.id, clock.at)

    kept_id, gone_id, merge_id = write(work)
    assert cases(session) == [(kept_id, "new", "red")]
    assert find_open_case(session, kept_id) is not None
    session.rollback()
    write(lambda s: unmerge(s, merge_id, clock.at))
    assert cases(session) == [(gone_id, "new", "red")]


def test_of_two_open_cases_one_goes_on_and_both_are_there_again_apart(
    write: Write, cast: Cast, clock: SetClock, session: Any
) -> None:
    def work(session: Session) -> tuple[Any, Any, int]:
        kept, gone = make_twins(session, cast.sao_bac, clock.at)
        answer(session, kept.id, FEVER, clock.at)
        answer(session, gone.id, FEVER, clock.at)
        return kept, gone, merge(session, kept.id, gone.id, clock.at)

    kept, gone, merge_id = write(work)
    assert cases(session) == [(kept.id, "new", "red"), (kept.id, "closed", "red")]
    write(lambda s: unmerge(s, merge_id, clock.at))
    assert cases(session) == [(kept.id, "new", "red"), (gone.id, "new", "red")]
    assert case_of(session, gone).closed_at is None
