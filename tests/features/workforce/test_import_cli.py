"""`workforce import`, `list` and `add-company`, as programs call them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app.extensions import Base
from app.workforce.models import RosterImport
from tests.conftest import Node
from tests.factories.awkward_books import xlsx_book
from tests.factories.people import Cast
from tests.factories.rosters import FIRST_ROW, messy_roster, rows_of, save_book

Shell = Callable[..., Any]


@pytest.fixture
def shell(node: Node) -> Shell:
    """Run `workforce …` with `--json`; the document, or code and document when refused."""

    def run(*words: str | Path, exit_code: int = 0) -> Any:
        arguments = ["workforce", *map(str, words), "--json"]
        result = node.app.test_cli_runner().invoke(args=arguments)
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    return run


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    return messy_roster(tmp_path / "DS_CN_T11.xlsx")


def sizes(session: scoped_session[Session]) -> dict[str, int]:
    """How many rows every table has."""
    session.rollback()
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_without_commit_no_table_changes(
    cast: Cast, shell: Shell, messy: Path, session: scoped_session[Session]
) -> None:
    before = sizes(session)
    told = shell("import", messy, "--company", "SAOBAC")
    assert {
        name: told[name] for name in ("rows", "created", "updated", "unchanged", "left_out")
    } == {
        "rows": 9,
        "created": 4,
        "updated": 1,
        "unchanged": 1,
        "left_out": 3,
    }
    assert sizes(session) == before


def test_problems_name_row_column_code_value_and_suggestion(
    cast: Cast, shell: Shell, messy: Path
) -> None:
    problems = shell("import", messy, "--company", "SAOBAC")["problems"]
    found = {(one["row"], one["column"]): one for one in problems}
    old_prefix = found[FIRST_ROW, "G"]
    assert (old_prefix["code"], old_prefix["suggestion"]) == (
        "workforce.phone_old_prefix",
        "0362000118",
    )
    assert old_prefix["value"] == "01662000118"
    assert found[FIRST_ROW + 3, "B"]["code"] == "workforce.badge_missing"
    assert found[FIRST_ROW + 3, "B"]["suggestion"] is None


def test_a_saved_list_is_listed_and_changes_nothing_again(
    cast: Cast, shell: Shell, messy: Path
) -> None:
    assert shell("import", messy, "--company", "SAOBAC", "--commit")["created"] == 4
    listed = {one["badge"]: one for one in shell("list", "--company", "saobac")}
    assert listed["SB-30001"] == {
        "company": "SAOBAC",
        "badge": "SB-30001",
        "name": "Nguyễn Thị Lan",
        "born": "1996-06-25",
        "sex": "female",
        "phone": "0362000118",
        "workshop": "Xưởng 1",
        "line": "Chuyền 1",
        "team": None,
        "shift": "ca1",
        "groups": ["12", "A-305", "Xưởng 1 · Chuyền 1", "Tổ an toàn"],
        "active": True,
    }
    assert listed["SB-30003"]["born"] == "1988"
    again = shell("import", messy, "--company", "SAOBAC", "--commit")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 6)


def test_saving_leaves_no_staged_names_behind(
    cast: Cast, shell: Shell, messy: Path, session: scoped_session[Session]
) -> None:
    shell("import", messy, "--company", "SAOBAC", "--commit")
    shell("import", messy, "--company", "SAOBAC", "--commit")
    assert {name: sizes(session)[name] for name in ("staged_sheet", "staged_row")} == {
        "staged_sheet": 0,
        "staged_row": 3,
    }


def test_bad_rows_come_back_as_a_sheet_that_can_be_mended(
    cast: Cast, shell: Shell, messy: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.xlsx"
    shell("import", messy, "--company", "SAOBAC", "--problems", out)
    header, *rows = rows_of(out)
    assert header[1:3] == ("Mã số thẻ", "Họ tên CN")
    assert header[-2:] == ("Lý do bị bỏ lại", "Dòng trong tệp gốc")
    assert [row[-1] for row in rows] == [FIRST_ROW + 3, FIRST_ROW + 4, FIRST_ROW + 5]
    assert rows[0][-2] == "B: Thiếu mã nhân viên"
    mended = save_book(tmp_path / "mended.xlsx", [("SB-30004", *row[2:-2]) for row in rows[:1]])
    assert shell("import", mended, "--company", "SAOBAC")["created"] == 1


def test_an_unknown_company_is_refused(cast: Cast, shell: Shell, messy: Path) -> None:
    refused = shell("import", messy, "--company", "NOBODY", exit_code=1)
    assert refused["code"] == "workforce.no_such_company"
    assert "NOBODY" in refused["message"]


def test_a_file_that_is_no_list_is_refused_with_its_sentence(
    cast: Cast, shell: Shell, tmp_path: Path
) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"no workbook")
    refused = shell("import", path, "--company", "SAOBAC", exit_code=1)
    assert refused["code"] == "workforce.not_a_workbook"


def test_a_file_that_is_not_there_is_wrong_usage(node: Node, cast: Cast) -> None:
    arguments = ["workforce", "import", "nowhere.xlsx", "--company", "SAOBAC", "--json"]
    assert node.app.test_cli_runner().invoke(args=arguments).exit_code == 2


def test_work_ends_by_the_flag_only(cast: Cast, shell: Shell, tmp_path: Path) -> None:
    headings = ("STT", "Mã NV", "Họ tên", "Tình trạng")
    path = save_book(tmp_path / "a.xlsx", [("SB-20733", "Giáp Thị Mến", "Nghỉ việc")], headings)
    told = shell("import", path, "--company", "SAOBAC", "--commit")
    assert (told["updated"], told["unchanged"], told["leaving"]) == (0, 1, 1)
    told = shell("import", path, "--company", "SAOBAC", "--commit", "--end-work")
    assert (told["updated"], told["unchanged"]) == (1, 0)
    listed = {one["badge"]: one["active"] for one in shell("list", "--company", "SAOBAC")}
    assert listed["SB-20733"] is False


def test_a_fresh_park_begins_with_a_company_and_its_list(shell: Shell, messy: Path) -> None:
    shell("add-company", "--code", "HOAPHU", "--name", "Điện tử Hòa Phú")
    assert shell("import", messy, "--company", "HOAPHU", "--commit")["created"] == 6
    refused = shell("add-company", "--code", "hoaphu", "--name", "Khác", exit_code=1)
    assert refused["code"] == "workforce.company_code_taken"


@pytest.fixture
def workshops(tmp_path: Path) -> Path:
    heading = ("Mã NV", "Họ và tên")
    return xlsx_book(
        tmp_path / "DS.xlsx",
        {
            "Xưởng 1": [heading, ("NV1", "Lê Thị An"), ("NV2", "Lê Thị Ba")],
            "Xưởng 2": [("DANH SÁCH",), heading, ("NV3", "Lê Văn Chung"), ("NV1", "Lê Thị An")],
        },
    )


def test_every_sheet_that_names_new_people_is_read_and_told(
    cast: Cast, shell: Shell, workshops: Path
) -> None:
    told = shell("import", workshops, "--company", "SAOBAC", "--commit")
    assert (told["sheets"], told["rows"], told["created"]) == (["Xưởng 1", "Xưởng 2"], 4, 3)
    (twice,) = [one for one in told["problems"] if one["code"] == "workforce.badge_twice"]
    assert (twice["sheet"], twice["row"], twice["value"]) == ("Xưởng 2", 4, "NV1")
    saved = {one["badge"]: one["workshop"] for one in shell("list", "--company", "SAOBAC")}
    assert (saved["NV2"], saved["NV3"]) == ("Xưởng 1", "Xưởng 2")


def test_only_the_named_sheet_is_read(
    cast: Cast, shell: Shell, workshops: Path, session: scoped_session[Session]
) -> None:
    told = shell("import", workshops, "--company", "SAOBAC", "--sheet", "Xưởng 2")
    assert (told["sheets"], told["created"]) == (["Xưởng 2"], 2)
    before = sizes(session)
    refused = shell(
        "import", workshops, "--company", "SAOBAC", "--sheet", "Kho", "--commit", exit_code=1
    )
    assert refused["code"] == "workforce.no_such_sheet"
    assert sizes(session) == before


def test_a_saved_list_is_undone_once_by_its_id(
    cast: Cast, shell: Shell, messy: Path, session: scoped_session[Session]
) -> None:
    before = len(shell("list", "--company", "SAOBAC"))
    shell("import", messy, "--company", "SAOBAC", "--commit")
    session.rollback()
    import_id = session.scalars(select(RosterImport.id)).one()
    told = shell("undo-import", import_id)
    assert told == {
        "import_id": import_id,
        "restored": 1,
        "removed": 4,
        "left": 0,
        "changed": 0,
    }
    assert len(shell("list", "--company", "SAOBAC")) == before
    assert shell("undo-import", import_id, exit_code=1)["code"] == "workforce.import_not_open"
    assert shell("undo-import", "nothing", exit_code=1)["code"] == "not_found"
