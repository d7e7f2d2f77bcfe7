"""What screens show: what holds now, for the companies asked for."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session, scoped_session

from app.notices.actions.sending import begin_due, stop_notice
from app.notices.actions.steps import hold_notice
from app.notices.queries.showing import list_showing
from app.notices.rules.audience import Target, TargetKind
from tests.conftest import SetClock
from tests.factories.notices import (
    ask,
    begin,
    make_notice,
    manager,
    officer,
    settings_with,
    to_company,
)
from tests.factories.people import Cast

Write = Callable[[Callable[[Session], Any]], Any]
Reading = scoped_session[Session]


def begun(branch_id: int, targets: tuple[Target, ...], actor: Any, clock: SetClock) -> str:
    """A notice that is being sent."""
    notice_id = make_notice(branch_id, targets, actor, clock.at)
    ask(notice_id, actor, clock.at)
    clock.move(seconds=60)
    assert begin(notice_id, clock.at)
    return notice_id


def shown(session: Reading, clock: SetClock, *company_ids: int) -> list[tuple[str, bool]]:
    session.rollback()
    found = list_showing(session(), company_ids or None, now=clock.at)
    return [(each.id, each.for_all) for each in found]


def test_a_screen_shows_its_own_company_and_the_park(
    cast: Cast, clock: SetClock, session: Reading
) -> None:
    own, other = cast.sao_bac, cast.minh_tri
    line = (Target(TargetKind.LINE, own.lines["Chuyền 3"]),)
    of_line = begun(own.id, line, officer(cast), clock)
    of_company = begun(own.id, to_company(own.id), officer(cast), clock)
    of_park = begun(cast.park_id, (Target(TargetKind.PARK, cast.park_id),), manager(cast), clock)
    assert shown(session, clock, own.id) == [
        (of_park, True),
        (of_company, True),
        (of_line, False),
    ]
    assert shown(session, clock, other.id) == [(of_park, True)]
    assert len(shown(session, clock)) == 3


def test_what_was_stopped_or_is_over_shows_nowhere(
    cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    own = cast.sao_bac
    stopped = begun(own.id, to_company(own.id), officer(cast), clock)
    begun(own.id, to_company(own.id), officer(cast), clock)
    write(lambda inner: stop_notice(inner, stopped, actor=officer(cast), now=clock.at))
    assert stopped not in dict(shown(session, clock))
    clock.move(hours=9)
    assert shown(session, clock) == []


def test_a_countdown_that_two_clocks_end_begins_once(
    cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    own, settings = cast.sao_bac, settings_with()
    notice_id = begun(own.id, to_company(own.id), officer(cast), clock)
    again = write(lambda inner: begin_due(inner, notice_id, settings=settings, now=clock.at))
    assert again is False
    assert write(lambda inner: hold_notice(inner, notice_id).version) == 1
    assert len(shown(session, clock)) == 1
