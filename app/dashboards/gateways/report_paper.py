"""The report of compliance as PDF."""

from pathlib import Path
from typing import Any

from app.dashboards.rules.files import FileNotWritten
from app.workforce.gateways.drawing import draw_pdf

_CHILD = Path(__file__).with_name("report_child.py")
_LONGEST_SECONDS = 60


def draw_report(order: dict[str, Any]) -> bytes:
    """A PDF of A4 pages on their side; see the program beside for what an order holds."""
    drawn = draw_pdf(_CHILD, order, longest_seconds=_LONGEST_SECONDS)
    if drawn is None:
        raise FileNotWritten
    return drawn
