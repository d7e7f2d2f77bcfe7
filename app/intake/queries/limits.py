"""The limits of the province's answers, out of their file."""

from functools import cache
from pathlib import Path

import yaml

from app.intake.rules.times import Limits


@cache
def get_limits() -> Limits:
    """How long answers may take, and how long what is closed is kept."""
    path = Path(__file__).parent.parent / "data" / "limits.yaml"
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Limits(
        int(read["case_hours"]),
        int(read["feedback_working_days"]),
        int(read["keep_closed_days"]),
        str(read["source"]).strip(),
    )
