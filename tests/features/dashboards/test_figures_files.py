"""Large files: written beside the pages, one at a time, for whoever asked and nobody else."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, insert, update

from app.accounts.models import Branch
from app.checkins.actions.counting import add_counts
from app.checkins.models import ShiftCount
from app.checkins.rules import Counts
from app.dashboards.actions.files import FileDesk, ask_file, write_file
from app.dashboards.gateways.figures_files import figures_path, list_figures_files
from app.dashboards.jobs import write_files
from app.dashboards.models import FiguresFile
from app.dashboards.queries.files import list_files
from app.dashboards.rules.files import FileState, FileUnderWay
from app.extensions import db
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.web.transaction import transact
from tests.conftest import Node, SetClock
from tests.factories.people import Cast, Person

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Any], Any]], Any]
TUESDAY = date(2026, 11, 24)
TEN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def told(cast: Cast, clock: SetClock, write: Write) -> Cast:
    clock.at = TEN

    def work(session: Any) -> None:
        session.execute(delete(ShiftCount))
        for branch_id in (cast.sao_bac.id, *cast.sao_bac.lines.values()):
            add_counts(
                session,
                {branch_id: Counts(expected=20, answered=15, on_time=12, green=15)},
                company_id=cast.sao_bac.id,
                shift_on=TUESDAY,
                shift="ca1",
                now=TEN,
            )
        session.execute(
            update(Branch).where(Branch.id == cast.sao_bac.id).values(name="=HYPERLINK(1)")
        )

    write(work)
    return cast


def order(cast: Cast, *, outside: bool = False) -> dict[str, Any]:
    words = {code: code for code in ("ca1", "ca2", "ca3", "day12", "night12", "office")}
    return {
        "from": "2026-11-01",
        "to": "2026-11-24",
        "shift": None,
        "outside": outside,
        "name": "t.xlsx",
        "companies": [{"id": cast.sao_bac.id, "code": "SAOBAC", "name": "=HYPERLINK(1)"}],
        "words": {**words, "direct": "-", "joined": "{count} cùng"},
        "order": {
            "sheet": "S",
            "above": ["=1+1", "x"],
            "headings": [str(n) for n in range(15)],
            "days": [3],
            "shares": [11],
        },
    }


def desk(node: Node) -> FileDesk:
    app = node.app
    return FileDesk(transact, db.session, app.extensions["clock"], app.config["SETTINGS"])


def actor_of(person: Person) -> Actor:
    return Actor(account_id=person.id, name=person.name)


def asked(cast: Cast, write: Write, **values: Any) -> str:
    person = cast.people["lam"]
    return write(lambda s: ask_file(s, order(cast, **values), 3, actor=actor_of(person), now=TEN))


def rows_of(data: Any) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_a_file_holds_every_line_as_text_and_numbers_and_no_formula(
    told: Cast, in_app: Any, node: Node, write: Write
) -> None:
    file_id = asked(told, write)
    write_file(desk(node), file_id)
    path = figures_path(node.app.config["SETTINGS"].instance, file_id)
    rows = rows_of(path.read_bytes())
    assert rows[0][0] == "=1+1"
    body = rows[4:]
    assert len(body) == 2
    assert {row[0] for row in body} == {"=HYPERLINK(1)"}
    assert {row[1] for row in body} == set(told.sao_bac.lines)
    assert body[0][3] == TUESDAY
    assert [row[5:12] for row in body] == [[20, 15, 12, 0, 0, 5, 0.75]] * 2
    (file,) = list_files(db.session(), told.people["lam"].id)
    assert (file.state, file.done, file.total) == (FileState.WRITTEN, 2, 2)


def test_from_outside_small_lines_stand_together(
    told: Cast, in_app: Any, node: Node, write: Write
) -> None:
    small = next(iter(told.sao_bac.lines.values()))
    write(
        lambda s: s.execute(
            update(ShiftCount).where(ShiftCount.branch_id == small).values(expected=5, answered=3)
        )
    )
    file_id = asked(told, write, outside=True)
    write_file(desk(node), file_id)
    rows = rows_of(figures_path(node.app.config["SETTINGS"].instance, file_id).read_bytes())
    assert [row[1] for row in rows[4:]] == ["2 cùng"]
    assert rows[4][5:7] == [25, 18]


def test_one_file_at_a_time(told: Cast, write: Write) -> None:
    asked(told, write)
    with pytest.raises(FileUnderWay):
        asked(told, write)


def test_a_file_whose_writer_fell_silent_is_written_by_the_job(
    told: Cast, in_app: Any, node: Node, write: Write, clock: SetClock
) -> None:
    asked(told, write)
    assert write_files() == 0
    clock.at = TEN + timedelta(minutes=2)
    assert write_files() == 1
    (file,) = list_files(db.session(), told.people["lam"].id)
    assert file.state is FileState.WRITTEN


def test_a_file_goes_after_a_week_and_takes_its_row_along(
    told: Cast, in_app: Any, node: Node, write: Write, clock: SetClock
) -> None:
    file_id = asked(told, write)
    write_file(desk(node), file_id)
    instance = node.app.config["SETTINGS"].instance
    assert file_id in list_figures_files(instance)
    clock.at = TEN + timedelta(days=8)
    write_files()
    assert list_figures_files(instance) == []
    assert list_files(db.session(), told.people["lam"].id) == []


def test_only_whoever_asked_takes_the_file(
    told: Cast, in_app: Any, node: Node, write: Write, enter: Enter
) -> None:
    file_id = asked(told, write)
    write_file(desk(node), file_id)
    own = enter(told.people["lam"])
    with own.get(f"/compliance/files/{file_id}") as answer:
        assert answer.mimetype.endswith("sheet")
    assert own.get(f"/compliance/files/{file_id}/progress").json["state"] == "written"
    other = enter(told.sao_bac.people["hanh"])
    assert other.get(f"/compliance/files/{file_id}").status_code == 404
    assert other.get(f"/compliance/files/{file_id}/progress").status_code == 404
    assert "t.xlsx" not in other.get("/compliance/files").text
    assert "t.xlsx" in own.get("/compliance/files").text


def test_a_file_that_is_not_written_yet_is_not_there(
    told: Cast, enter: Enter, write: Write
) -> None:
    file_id = asked(told, write)
    assert enter(told.people["lam"]).get(f"/compliance/files/{file_id}").status_code == 404


def test_a_period_without_figures_makes_no_file(
    told: Cast, enter: Enter, write: Write, csrf: Callable[[FlaskClient, str], dict[str, str]]
) -> None:
    write(lambda s: s.execute(delete(ShiftCount)))
    browser = enter(told.people["lam"])
    answer = browser.post("/compliance/files", data=csrf(browser, "/compliance/files"))
    assert answer.status_code == 422


def test_whoever_asks_by_the_page_gets_the_file(
    told: Cast, enter: Enter, csrf: Callable[[FlaskClient, str], dict[str, str]], node: Node
) -> None:
    browser = enter(told.people["lam"])
    answer = browser.post("/compliance/files", data=csrf(browser, "/compliance/files"))
    assert answer.status_code == 302


def test_a_failed_file_says_so(told: Cast, enter: Enter, write: Write) -> None:
    write(
        lambda s: s.execute(
            insert(FiguresFile).values(
                id=new_id(TEN),
                account_id=told.people["lam"].id,
                asked_at=TEN,
                wanted={"name": "t.xlsx"},
                state="failed",
                touched_at=TEN,
            )
        )
    )
    page = enter(told.people["lam"]).get("/compliance/files").text
    assert "Chưa viết được" in page
