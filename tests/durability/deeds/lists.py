"""A staff list: everybody in it is there once, and what was cut off is gone on with."""

import json
from pathlib import Path
from typing import Any

from app.web.transaction import transact
from app.workforce.jobs import continue_imports
from tests.durability.deeds.answers import make_people
from tests.durability.ground import Deed, Ground, Tell
from tests.durability.reckoning import check_counts, rows
from tests.factories.rosters import save_book

PEOPLE = 60
GIVEN = ("An", "Bình", "Chi", "Dung", "Giang", "Hà")


def _file(ground: Ground) -> Path:
    return ground.folder / "list.xlsx"


def _prepare(ground: Ground) -> None:
    with ground.park.app_context():
        transact(lambda session: make_people(session, 3))
    people = [
        [
            f"SB-{n + 1000}", f"Trần Thị {GIVEN[n % 6]} {GIVEN[n // 6 % 6]} {GIVEN[n // 36]}",
            None, "Nữ", None, f"09012345{n:02}", "Xưởng 1", f"Chuyền {n % 3 + 1}", "C1",
            str(n % 4), f"A-{n % 9}", None,
        ]
        for n in range(PEOPLE)
    ]  # fmt: skip
    save_book(_file(ground), people)


def _import(ground: Ground) -> dict[str, Any]:
    words = ["workforce", "import", str(_file(ground)), "--company", "SAOBAC", "--commit", "--json"]
    done = ground.park.test_cli_runner().invoke(args=words)
    told: dict[str, Any] = json.loads(done.stdout)
    assert done.exit_code == 0, told
    return told


def _do(ground: Ground, tell: Tell) -> None:
    with ground.park.app_context():
        continue_imports()
    _import(ground)
    tell({"saved": True})


def _check(ground: Ground, told: list[dict[str, Any]]) -> None:
    again = _import(ground)
    counted = (again["created"], again["updated"], again["unchanged"])
    assert counted == (0, 0, PEOPLE), again
    badges = [row["badge"] for row in rows(ground.settings, "SELECT badge FROM worker")]
    assert len(badges) == len(set(badges)) == PEOPLE + 3
    places = "SELECT worker_id, group_id FROM membership WHERE to_on IS NULL"
    held = [tuple(row.values()) for row in rows(ground.settings, places)]
    assert len(held) == len(set(held))
    states = rows(ground.settings, "SELECT state FROM roster_import")
    assert "applying" not in {row["state"] for row in states}
    check_counts(ground.settings)


IMPORT = Deed(_prepare, _do, _check)
