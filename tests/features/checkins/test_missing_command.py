"""`checkins missing`: who is expected and has not answered, as other programs read it."""

import json
from typing import Any

import pytest

from app.checkins.actions.answers import record_check_in
from app.checkins.rules.requests import CheckInRequest
from app.kernel.actors import Actor
from app.web.transaction import transact
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import Node, SetClock
from tests.factories.people import Cast


def run(node: Node, *arguments: str) -> tuple[int, Any]:
    """The exit code and the JSON of the command."""
    result = node.app.test_cli_runner().invoke(args=["checkins", "missing", "--json", *arguments])
    return result.exit_code, json.loads(result.output) if result.output.strip() else None


def test_it_lists_who_is_missing_with_company_badge_line_and_shift(
    cast: Cast, node: Node, clock: SetClock
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    request = CheckInRequest(
        hoa, clock.at.date().replace(day=24), ShiftCode.CA1, {"symptoms": []}, clock.at
    )
    settings = node.app.config["SETTINGS"]
    with node.app.app_context():
        transact(
            lambda s: record_check_in(
                s, request, settings=settings, actor=Actor(hoa, "", worker_id=hoa), now=clock.at
            )
        )
    code, rows = run(node, "--on", "today")
    assert code == 0
    assert {row["badge"] for row in rows} == {"SB-20418", "SB-20733", "SB-20001", "MT-00001"}
    assert next(row for row in rows if row["badge"] == "SB-20733") == {
        "company": "SAOBAC",
        "badge": "SB-20733",
        "name": "Giáp Thị Mến",
        "line": "Chuyền 7",
        "shift": "ca1",
    }


def test_it_is_narrowed_by_company_shift_and_day(cast: Cast, node: Node) -> None:
    assert [row["badge"] for row in run(node, "--on", "today", "--company", "minhtri")[1]] == [
        "MT-00001"
    ]
    assert run(node, "--on", "2026-11-24", "--shift", "ca2") == (0, [])
    assert run(node, "--on", "2026-11-01") == (0, [])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--on", "soon"), "fields.invalid"),
        (("--on", "today", "--shift", "ca9"), "workforce.no_such_shift"),
        (("--on", "today", "--company", "NOBODY"), "not_found"),
    ],
)
def test_what_does_not_exist_is_refused_with_a_code(
    cast: Cast, node: Node, arguments: tuple[str, ...], code: str
) -> None:
    exit_code, told = run(node, *arguments)
    assert (exit_code, told["code"]) == (1, code)
