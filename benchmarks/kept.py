"""The newest figures of every scenario, kept between runs, and the document made of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.kernel.clock import SystemClock
from benchmarks.figures import RESULTS, Figure

KEPT = RESULTS / "kept.json"
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
TITLES = {
    "floors": "Floors of the machine",
    "checkins": "Check-ins",
    "drain": "A phone that empties its outbox",
    "dispatch": "SMS to a gateway",
    "zalo": "Zalo",
    "boards": "Boards",
    "live_boards": "Open boards",
    "imports": "Import of 10,000 rows",
    "import_many": "Import of 50,000 rows through the pages",
    "search": "Search in 200,000 workers",
    "notices": "An urgent notice to 200,000 people",
    "pages": "The worker's page on a weak signal",
    "sync": "Park and province",
    "peak": "The morning peak",
    "memory": "Memory at 200,000 workers",
    "ready": "Start at 200,000 workers",
    "backup": "Backup beside check-ins",
    "growth": "Page times as a park grows",
}
# What the page on scaling says of one node: scenario and the beginnings of its figures' names.
OF_ONE_NODE = (
    ("peak", ("check-ins sent", "  p50", "  p99", "  slowest", "  refused", "  acknowledged")),
    ("peak", ("  answers", "  reminders", "  /today/live", "  /compliance", "  most memory")),
    ("memory", ("the node after", "most memory")),
    ("ready", ("from the start",)),
    ("backup", ("the database", "copied", "check-ins meanwhile", "  p99")),
    ("growth", ("bytes a worker",)),
)
SCALING = DOCUMENT.with_name("scaling.md")
BEGINS, ENDS = "<!-- measured -->\n", "<!-- /measured -->"
HEAD = """# Figures

Every figure here was measured by `python3 -m benchmarks` on one machine, floors in the same run;
`--only NAME` repeats one part, `--draw` writes this page anew from the last runs. Load and server
share the machine's cores. A figure with a bound that it missed says so.

"""


def keep_figures(
    name: str, figures: Sequence[Figure], machine: dict[str, str], *, quick: bool
) -> None:
    """Keep what a scenario measured at full size; a quick run replaces nothing."""
    if quick:
        return
    known = _kept()
    known[name] = {
        "on": SystemClock().now().date().isoformat(),
        "machine": machine,
        "figures": [asdict(each) for each in figures],
    }
    RESULTS.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(known, ensure_ascii=False, indent=1), encoding="utf-8")


def write_document() -> Path:
    """All that was measured at full size, as one page."""
    known = _kept()
    parts = [_part(name, known[name]) for name in TITLES if name in known]
    DOCUMENT.write_text(HEAD + "\n".join(parts), encoding="utf-8")
    head, _, rest = SCALING.read_text(encoding="utf-8").partition(BEGINS)
    _, _, tail = rest.partition(ENDS)
    SCALING.write_text(f"{head}{BEGINS}{_of_one_node(known)}{ENDS}{tail}", encoding="utf-8")
    return DOCUMENT


def _of_one_node(known: dict[str, Any]) -> str:
    """The lines of a table, with the command that repeats each part."""
    lines = ["", "| What | Figure | Must be | |", "|---|---:|---:|---|"]
    last = ""
    for name, wanted in OF_ONE_NODE:
        figures = [Figure(**each) for each in known.get(name, {}).get("figures", ())]
        if figures and name != last:
            lines.append(f"| **{TITLES[name]}** (`--only {name}`) | | | |")
            last = name
        lines += [_line(each) for each in figures if each.name.startswith(wanted)]
    return "\n".join([*lines, "", ""]) if last else ""


def _kept() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    return known


def _part(name: str, told: dict[str, Any]) -> str:
    machine = " · ".join(f"{what} {value}" for what, value in told["machine"].items())
    lines = [f"## {TITLES[name]}", "", f"{told['on']} · {machine}", ""]
    lines += ["| What | Figure | Must be | |", "|---|---:|---:|---|"]
    lines += [_line(Figure(**each)) for each in told["figures"]]
    return "\n".join([*lines, ""])


def _line(figure: Figure) -> str:
    value = f"{figure.value:,.0f}" if abs(figure.value) >= 100 else f"{figure.value:.3g}"
    missed = "**missed**" if figure.passes is False else ""
    indent = "&nbsp;&nbsp;" if figure.name.startswith(" ") else ""
    name = indent + figure.name.strip().replace("|", "\\|")
    note = " ".join(each for each in (missed, figure.note) if each)
    return f"| {name} | {value} {figure.unit} | {figure.must} | {note} |"
