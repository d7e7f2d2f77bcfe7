"""The table of docs/access.md, written from the routes and the policy that every run checks.

`python -m tests.nets.access_table` writes the file anew.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from flask import Flask

from app.factory import build_app
from app.settings import ROOT, NodeRole, Settings
from tests.nets.policy import POLICY, Line

DOCUMENT = ROOT / "docs" / "access.md"
COLUMNS = {
    "anonymous": "anybody",
    "worker": "worker",
    "team_member": "team",
    "safety_officer": "officer",
    "gate": "gate",
    "park_manager": "park",
    "province_staff": "province",
    "admin": "admin",
}
HEAD = """# Who may open what

Written from the program (`python -m tests.nets.access_table`). A test compares it with the routes
of both roles and asks every one of them as every role, of the own company and of another one, and
as nobody.

● gets in · ◐ gets in to what belongs to the own company or branch: another company's thing does
not exist (404) · ○ acts on the caller's own things alone. Whoever has no mark is refused (403);
whoever is not signed in goes to the sign-in page or gets 401.
On P: a park's node, V: a province's.

"""


def mark(line: Line, role: str) -> str:
    if role not in line.who:
        return ""
    return "◐" if line.of else "○" if line.own else "●"


def written(apps: dict[NodeRole, Flask]) -> str:
    """The whole document."""
    routes: dict[tuple[str, str, str], set[str]] = {}
    for role, app in apps.items():
        for rule in app.url_map.iter_rules():
            methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            where = routes.setdefault((rule.rule, methods, rule.endpoint), set())
            where.add("P" if role is NodeRole.PARK else "V")
    rows = [
        f"| `{address}` | {methods} | {''.join(sorted(where))} | {POLICY[endpoint].words} | "
        + " | ".join(mark(POLICY[endpoint], role) for role in COLUMNS)
        + " |"
        for (address, methods, endpoint), where in sorted(routes.items())
    ]
    return HEAD + "\n".join([*headings(COLUMNS.values()), *rows]) + "\n"


def headings(names: Iterable[str]) -> list[str]:
    titles = ["Address", "How", "On", "What for", *names]
    return ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        apps = {}
        for role in NodeRole:
            place = Path(folder) / role
            place.mkdir()
            url = f"sqlite:///{place / 'anca.db'}"
            apps[role] = build_app(Settings(instance=place, role=role, database_url=url))
        DOCUMENT.write_text(written(apps), encoding="utf-8")


if __name__ == "__main__":
    main()
