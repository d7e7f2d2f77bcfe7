"""Which lines have a safety team: teams of a line, teams of a company, people who come and go."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.workforce.actions.groups import place_in_group
from app.workforce.actions.people import end_work
from app.workforce.actions.sites import group_named
from app.workforce.models import Worker, WorkGroup
from app.workforce.queries.safety_teams import ShortLine, Staffing, list_staffing
from app.workforce.rules.groups import GroupKind
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast

TODAY = date(2026, 11, 24)
Write = Callable[[Callable[[Session], Any]], Any]


def join(
    session: Session,
    cast: Cast,
    name: str,
    people: list[str],
    clock: SetClock,
    *,
    line: str = "",
    on: date = TODAY,
) -> str:
    """People of Sao Bắc in a safety team, of a line or of the whole company."""
    group: WorkGroup = group_named(
        session,
        cast.sao_bac.id,
        GroupKind.SAFETY_TEAM,
        name,
        now=clock.at,
        branch_id=cast.sao_bac.lines[line] if line else None,
    )
    place_in_group(
        session,
        group.id,
        [cast.sao_bac.people[each].id for each in people],
        moves=False,
        on=on,
        act_id="0" * 36,
        actor=STORY,
        now=clock.at,
    )
    return group.id


def of_sao_bac(session: Session, cast: Cast, on: date = TODAY) -> Staffing:
    session.rollback()
    return list_staffing(session, [cast.sao_bac.id, cast.minh_tri.id], on)[cast.sao_bac.id]


def test_without_teams_every_line_is_short(cast: Cast, session: Session) -> None:
    line3, line7 = (cast.sao_bac.lines[name] for name in ("Chuyền 3", "Chuyền 7"))
    short = (ShortLine(line3, "Chuyền 3", 0), ShortLine(line7, "Chuyền 7", 0))
    assert of_sao_bac(session, cast) == Staffing(2, 0, short)
    assert list_staffing(session, [], TODAY) == {}
    assert list_staffing(session, [cast.sao_bac.id], date(2021, 1, 1)) == {}


def test_a_team_of_the_whole_company_counts_where_its_members_work(
    cast: Cast, session: Session, write: Write, clock: SetClock
) -> None:
    everybody = ["hoa", "anh", "nhung", "men"]
    write(lambda s: join(s, cast, "Tổ an toàn", everybody, clock))
    # Chuyền 7 has one worker, and she is in the team.
    assert of_sao_bac(session, cast) == Staffing(2, 2)


def test_the_team_of_a_line_counts_for_it_wherever_its_members_work(
    cast: Cast, session: Session, write: Write, clock: SetClock
) -> None:
    write(lambda s: join(s, cast, "Tổ an toàn 3", ["hoa", "anh", "men"], clock, line="Chuyền 3"))
    short = of_sao_bac(session, cast).short_lines
    assert [(each.name, each.members) for each in short] == [("Chuyền 7", 0)]


def test_who_has_left_and_who_has_not_joined_yet_does_not_count(
    cast: Cast, session: Session, write: Write, clock: SetClock
) -> None:
    names = ["hoa", "anh", "nhung"]
    write(lambda s: join(s, cast, "Tổ an toàn 3", names, clock, line="Chuyền 3"))
    assert of_sao_bac(session, cast).staffed == 1
    assert of_sao_bac(session, cast, TODAY - timedelta(days=1)).staffed == 0
    hoa = cast.sao_bac.people["hoa"].id
    write(lambda s: end_work(s, s.get_one(Worker, hoa), last_on=TODAY, actor=STORY, now=clock.at))
    tomorrow = of_sao_bac(session, cast, TODAY + timedelta(days=1))
    line3 = cast.sao_bac.lines["Chuyền 3"]
    # Two people are left on the line, and both are in its team.
    assert line3 not in [each.unit_id for each in tomorrow.short_lines]


def test_a_closed_team_and_a_closed_line_are_out_of_the_figures(
    cast: Cast, session: Session, write: Write, clock: SetClock
) -> None:
    names = ["hoa", "anh", "nhung"]
    team = write(lambda s: join(s, cast, "Tổ an toàn 3", names, clock, line="Chuyền 3"))

    def close(session: Session) -> None:
        session.get_one(WorkGroup, team).closed_on = TODAY

    write(close)
    assert of_sao_bac(session, cast).staffed == 0
