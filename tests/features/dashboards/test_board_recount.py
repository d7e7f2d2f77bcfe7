"""Every figure on the board is counted anew out of the raw answers, by a way of its own."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.checkins.models import CheckIn, Clearance
from app.kernel.actors import Actor
from app.workforce.models import Membership, Worker, WorkGroup
from tests.conftest import Node
from tests.factories.people import Cast, Person
from tests.features.dashboards.test_today import ACTS, do

Enter = Callable[[Person], FlaskClient]
SEVERITY = {"green": 0, "amber": 1, "red": 2}
TEXT = re.compile(r"<[^>]+>")


@dataclass(slots=True)
class Truth:
    """One person on the shift, as the raw rows tell it."""

    line: str
    level: str = ""
    on_time: bool = False
    absent: bool = False

    @property
    def state(self) -> str:
        return "answered" if self.level else "absent" if self.absent else "silent"


def recount(session: Any, cast: Cast) -> dict[str, Truth]:
    """Everybody of Sao Bắc, out of answers, clearances and notes of absences."""
    names = {line: name for name, line in cast.sao_bac.lines.items()}
    workers = session.scalars(select(Worker).where(Worker.company_id == cast.sao_bac.id))
    found = {each.id: Truth(names[each.branch_id]) for each in workers}
    events: list[tuple[Any, str, Any]] = [
        *((row.received_at, row.worker_id, row) for row in session.scalars(select(CheckIn))),
        *((row.at, row.worker_id, row) for row in session.scalars(select(Clearance))),
        *(
            (row.at, str(row.subject_id), row)
            for row in session.scalars(select(AuditEntry))
            if "absen" in row.act
        ),
    ]
    for _, worker_id, row in sorted(events, key=lambda event: event[0]):
        truth = found[worker_id]
        if isinstance(row, CheckIn):
            truth.level = max(truth.level or "green", row.level, key=SEVERITY.__getitem__)
            truth.on_time = truth.on_time or row.on_time
        elif isinstance(row, Clearance):
            truth.level = truth.level and "green"
        else:
            truth.absent = not row.act.endswith(("unmarked", "taken_back", "undone"))
    return found


def figures_in(page: str) -> dict[str, int]:
    """The figures of the strip, by the words over them."""
    words = ("Nguy cơ", "Theo dõi", "Chưa khai báo", "Vắng", "Bình thường")
    strip = page[page.index('class="card strip"') :]
    found = re.findall(r"</svg>\s*([^<]+?)\s*</span>\s*<b class=\"figure\">([\d.]+)</b>", strip)
    return {word: int(count) for word, count in found if word in words}


def lines_in(page: str) -> dict[str, list[int]]:
    """By line: answered, at work, expected, on time, red, amber, silent, absent."""
    table = page[page.index('class="table units"') :]
    rows = re.findall(r"<tr>(.*?)</tr>", table[: table.index("</table>")], re.S)[1:]
    found = {}
    for row in rows:
        name = re.findall(r'<th scope="row">\s*([^<]+?)\s*<br>', row)[0]
        told = [int(each) for each in re.findall(r"\d+", TEXT.sub(" ", row.split("</th>")[0]))]
        answered, there = re.findall(r'nowrap">(\d+)/(\d+)<', row)[0]
        on_time = re.findall(r"(\d+) đúng giờ", row)[0]
        cells = re.findall(r'<td class="num[^"]*">\s*(?:<a[^>]*>)?\s*(\d+)', row)
        found[name] = [int(answered), int(there), told[-1], int(on_time), *map(int, cells)]
    return found


@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(acts=ACTS)
def test_every_figure_of_the_board_equals_a_recount_of_the_raw_answers(
    acts: list[tuple[str, str]],
    cast: Cast,
    node: Node,
    in_app: Flask,
    session: Any,
    enter: Enter,
) -> None:
    officer = Actor(cast.sao_bac.people["hanh"].id, "Hạnh")
    for name, act in acts:
        if name in cast.sao_bac.people:
            node.clock.move(seconds=7)
            do(node, cast.sao_bac.people[name], act, officer)
    session.rollback()
    truth = list(recount(session, cast).values())
    page = enter(cast.sao_bac.people["hanh"]).get("/today?shift=ca1").text
    levels = Counter(each.level for each in truth if each.level)
    states = Counter(each.state for each in truth)
    assert figures_in(page) == {
        "Nguy cơ": levels["red"],
        "Theo dõi": levels["amber"],
        "Chưa khai báo": states["silent"],
        "Vắng": states["absent"],
        "Bình thường": levels["green"],
    }
    at_work = len(truth) - states["absent"]
    assert f"{states['answered']}\u00a0/\u00a0{at_work} người đi làm" in page
    assert f"trên {len(truth)} người" in page
    lines = lines_in(page)
    assert set(lines) == {each.line for each in truth}
    for name, shown in lines.items():
        own = [each for each in truth if each.line == name]
        of_line = Counter(each.state for each in own)
        assert shown == [
            of_line["answered"],
            len(own) - of_line["absent"],
            len(own),
            sum(each.on_time for each in own if each.level),
            sum(each.level == "red" for each in own),
            sum(each.level == "amber" for each in own),
            of_line["silent"],
            of_line["absent"],
        ]
    assert page.count('name="duty_on"') == states["silent"]


def test_the_safety_teams_on_the_board_equal_a_recount_of_memberships(
    cast: Cast, session: Any, enter: Enter
) -> None:
    page = enter(cast.sao_bac.people["hanh"]).get("/today?shift=ca1").text
    members = session.execute(
        select(Worker.branch_id)
        .join(Membership, Membership.worker_id == Worker.id)
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .where(WorkGroup.kind == "safety_team")
    ).all()
    chosen = select(Worker.branch_id).where(Worker.company_id == cast.sao_bac.id)
    lines = set(session.scalars(chosen))
    assert members == []
    assert f"0/{len(lines)}" in page[page.index("Tổ an toàn</h2>") :][:400]


def test_a_team_member_is_told_of_the_own_line_only(cast: Cast, enter: Enter) -> None:
    page = enter(cast.sao_bac.people["nhung"]).get("/today?shift=ca1").text
    box = page[page.index("Tổ an toàn</h2>") :].partition("</section>")[0]
    assert "Chuyền 3" in box
    assert "Chuyền 7" not in box
    assert "0/2" not in box
