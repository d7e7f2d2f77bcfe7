"""The index sets that come with the program."""

import functools
from pathlib import Path
from typing import Any

import yaml

from app.risk.rules.index_sets import IndexSet
from app.risk.rules.reading import index_set

DATA = Path(__file__).resolve().parent.parent / "data"


@functools.cache
def set_data() -> Any:
    """The data file as it stands."""
    return yaml.safe_load((DATA / "risk_index.yaml").read_text(encoding="utf-8"))


@functools.cache
def list_built_in_sets() -> tuple[IndexSet, ...]:
    """Every set of the data file, the national one first."""
    data = set_data()
    return tuple(index_set(row, data["sources"]) for row in data["index_sets"])
