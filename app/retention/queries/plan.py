"""The rules and steps out of the program's data, and the days of this node."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.retention.models import RetentionDays
from app.retention.rules.fields import Register, read_register
from app.retention.rules.periods import RetentionRule, read_rules
from app.retention.rules.steps import Plan, read_plan

DATA = Path(__file__).resolve().parent.parent / "data"


@functools.cache
def _document() -> Mapping[str, Any]:
    text = (DATA / "retention.yaml").read_text(encoding="utf-8")
    document: Mapping[str, Any] = yaml.safe_load(text)
    return document


@functools.cache
def get_rules() -> Mapping[str, RetentionRule]:
    """The retention rules by code."""
    return read_rules(_document())


@functools.cache
def get_plan() -> Plan:
    """What a purge does, in order."""
    return read_plan(_document())


def list_other_jobs(locale: str) -> list[str]:
    """What jobs of other features remove, in words."""
    return [row["en" if locale == "en" else "vi"] for row in _document()["by_other_jobs"].values()]


def days_by_rule(session: Session) -> dict[str, int]:
    """How many days each rule keeps on this node; out of bounds the rule's own number holds."""
    rules = get_rules()
    days = {code: rule.days for code, rule in rules.items()}
    for row in session.execute(select(RetentionDays.rule, RetentionDays.days)):
        rule = rules.get(row.rule)
        if rule is not None and rule.least <= row.days <= rule.most:
            days[row.rule] = row.days
    return days


@dataclass(frozen=True, slots=True)
class SetDays:
    """Who changed the days of a rule, and when."""

    at: datetime
    by: str


def list_set_days(session: Session) -> dict[str, SetDays]:
    """The rules whose days were changed on this node."""
    rows = session.scalars(select(RetentionDays)).all()
    return {row.rule: SetDays(row.set_at, row.set_by) for row in rows}


@functools.cache
def get_register() -> Register:
    """What is kept of people, column by column."""
    return read_register(yaml.safe_load((DATA / "fields.yaml").read_text(encoding="utf-8")))
