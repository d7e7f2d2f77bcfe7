"""The description of every call that programs may make, as it stands in its data file."""

import functools
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent.parent / "data"


@functools.cache
def api_document() -> dict[str, Any]:
    """An OpenAPI 3.1 document of the calls of both roles of a node."""
    found: dict[str, Any] = yaml.safe_load((DATA / "openapi.yaml").read_text(encoding="utf-8"))
    return found
