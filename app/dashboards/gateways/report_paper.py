"""The report of compliance as PDF, drawn by a program of its own so that check-ins go on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.dashboards.rules.files import FileNotWritten
from app.settings import ROOT

_CHILD = Path(__file__).with_name("report_child.py")
_FONTS = ROOT / "static" / "fonts"
_LONGEST_SECONDS = 60


def draw_report(order: dict[str, Any]) -> bytes:
    """A PDF of A4 pages on their side; see the program beside for what an order holds."""
    try:
        child = subprocess.run(  # noqa: S603 - our own file, no shell, no user text in it
            [sys.executable, "-I", str(_CHILD)],
            input=json.dumps({**order, "fonts": str(_FONTS)}).encode(),
            capture_output=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FileNotWritten from None
    if child.returncode or not child.stdout.startswith(b"%PDF-"):
        raise FileNotWritten
    return child.stdout
