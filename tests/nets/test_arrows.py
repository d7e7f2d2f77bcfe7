"""Arrows between modules that import-linter cannot say."""

import subprocess
import sys
import tomllib

import grimp

from app.settings import ROOT

PURE = """
import importlib, pkgutil, sys

class Ban:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"flask", "sqlalchemy", "wtforms", "flask_login", "flask_wtf",
                                      "flask_babel", "apscheduler", "httpx"}:
            raise ImportError(f"rules must not need {name}")

sys.meta_path.insert(0, Ban())
import app
names = [m.name for m in pkgutil.walk_packages(app.__path__, "app.", onerror=lambda _: None)]
wanted = [n for n in names if "rules" in n.split(".") or n.startswith("app.kernel.")]
for name in wanted:
    importlib.import_module(name)
print(len(wanted))
"""


def layers() -> list[str]:
    """Features from the top down, as contract 1 names them."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = described["tool"]["importlinter"]["contracts"]
    first = next(each for each in contracts if each["name"].startswith("1."))
    return first["layers"]  # type: ignore[no-any-return]


def test_no_action_touches_tables_of_a_feature_above() -> None:
    height = {
        feature.strip(" ()"): -level
        for level, layer in enumerate(layers())
        for feature in layer.split("|")
    }
    graph = grimp.build_graph("app")
    wrong = []
    for module in graph.modules:
        parts = module.split(".")
        if len(parts) < 3 or parts[2] != "actions":
            continue
        for imported in graph.find_modules_directly_imported_by(module):
            target = imported.split(".")
            others = len(target) > 2 and target[2] == "models" and target[1] != parts[1]
            if others and height[target[1]] >= height[parts[1]]:
                wrong.append(f"{module} imports {imported}")
    assert sorted(wrong) == []


def test_rules_load_without_flask_and_without_a_database() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PURE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 20


def test_only_the_clock_reads_the_clock() -> None:
    """What ruff bans in calls, also as bare names handed on."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if path != ROOT / "app" / "kernel" / "clock.py"
        for word in ("datetime.now", "date.today", "utcnow", "time.time(")
        if word in path.read_text(encoding="utf-8")
    ]
    assert wrong == []
