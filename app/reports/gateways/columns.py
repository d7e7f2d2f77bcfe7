"""The column sets of reports as they lie on disk."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from app.reports.rules.forms import Form, read_forms

DATA = Path(__file__).parent.parent / "data"


@functools.cache
def report_forms(language: str = "vi") -> Mapping[str, Form]:
    """Every form by id, in the language of whoever reads it."""
    content = yaml.safe_load((DATA / "report_columns.yaml").read_text(encoding="utf-8"))
    return read_forms(content, language)


@functools.cache
def proposed_codes() -> Mapping[str, Any]:
    """The codes that come with the program, until the province enters its own."""
    content: Mapping[str, Any] = yaml.safe_load(
        (DATA / "dhis2_codes.yaml").read_text(encoding="utf-8")
    )
    return content
