"""The groups whose roll somebody calls today, and the links that lead there."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.kernel.ids import new_id
from tests.conftest import SetClock
from tests.factories.people import Cast, Person
from tests.factories.roll_calls import gather_line

Enter = Callable[[Person], FlaskClient]


@pytest.fixture
def groups(write: Callable[..., Any], cast: Cast, clock: SetClock) -> dict[str, str]:
    """The groups of both lines of Sao Bắc, everybody in them."""

    def work(session: Session) -> dict[str, str]:
        lines = cast.sao_bac.lines
        return {name: gather_line(session, line_id, clock.at) for name, line_id in lines.items()}

    found: dict[str, str] = write(work)
    return found


def test_each_sees_the_groups_of_the_own_reach_with_who_called_last(
    cast: Cast, groups: dict[str, str], enter: Enter, client: FlaskClient, clock: SetClock
) -> None:
    people = cast.sao_bac.people
    body = {"group": groups["Chuyền 3"], "shift_on": "today", "shift": "ca1", "well": ["SB-20417"]}
    command = {"key": new_id(clock.at), "kind": "roll_call", "made_at": clock.at.isoformat()}
    client.post(
        "/api/v1/commands",
        json={"commands": [command | {"body": body}]},
        headers=people["nhung"].headers,
    )
    member = enter(people["nhung"]).get("/roll-call").text
    assert "Vũ Thị Nhung chốt lúc 05:10" in member
    assert "Chưa khai báo 2" in member
    assert "Chuyền 7" not in member
    assert f"/groups/{groups['Chuyền 3']}/roll-call" in member
    officer = enter(people["hanh"]).get("/roll-call").text
    assert "Chuyền 3" in officer
    assert "Chuyền 7" in officer
    assert "Chuyền 1" not in officer


def test_a_day_without_shifts_says_so(
    cast: Cast, groups: dict[str, str], enter: Enter, clock: SetClock
) -> None:
    clock.move(days=9)
    assert (
        "Không có nhóm nào có ca hôm nay"
        in enter(cast.sao_bac.people["nhung"]).get("/roll-call").text
    )


def test_the_board_leads_to_the_roll_call_while_somebody_is_missing(
    cast: Cast, groups: dict[str, str], enter: Enter
) -> None:
    page = enter(cast.sao_bac.people["nhung"]).get("/today").text
    head = page.partition('class="head"')[2]
    assert head.count('href="/roll-call"') == 1


def test_who_does_not_answer_for_others_has_no_such_page(cast: Cast, enter: Enter) -> None:
    assert enter(cast.people["lam"]).get("/roll-call").status_code == 403
