"""Built-in texts and the values that fill placeholders, out of the data files."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import get_branch
from app.reminders.queries.hotlines import hotline
from app.reminders.rules import (
    Anchor,
    Occurrence,
    PlaceholderUnfilled,
    Schedule,
    Template,
    anchored_at,
    built_in_templates,
    check_placeholders,
)
from app.reminders.rules.planning import NoBuses, needs_shift
from app.workforce.models import Membership, Worker, WorkGroup
from app.workforce.queries.schedules import get_hours
from app.workforce.rules.groups import GroupKind

DATA = Path(__file__).resolve().parent.parent / "data"
LANGUAGES = ("vi", "en")
# Differ from person to person: filled when the message is read, from the group of that kind.
GROUP_OF = {"bus": GroupKind.BUS, "room": GroupKind.DORM_ROOM}
PERSONAL = frozenset({"line", *GROUP_OF})

Filled = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A built-in text with the name of its schedule; `offered` in the ready-made timetable."""

    template: Template
    name_vi: str
    name_en: str
    offered: bool

    @property
    def texts(self) -> dict[str, str]:
        """The text by language."""
        return {"vi": self.template.vi, "en": self.template.en}


@functools.cache
def _data(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


@functools.cache
def built_ins() -> Mapping[str, BuiltIn]:
    """The built-in texts by id, in the order of the data."""
    templates, known = built_in_templates(_data("reminders_5k.yaml")), _data("defaults.yaml")
    return {
        template_id: BuiltIn(
            template,
            known["names"][template_id]["vi"],
            known["names"][template_id]["en"],
            template_id in known["offered"],
        )
        for template_id, template in templates.items()
    }


def source_of_texts() -> Mapping[str, str]:
    """Where the built-in texts are from, by language, and as of which day."""
    source: Mapping[str, str] = _data("defaults.yaml")["source"]
    return source


def shared_values(
    session: Session, company_id: int, schedule: Schedule, occurrence: Occurrence, zone: ZoneInfo
) -> Filled:
    """Values that are the same for every receiver of a message, by language; empty means none.

    The time is that of the shift's start, meal or end a reminder is tied to, or its own.
    """
    words, shift = _data("words.yaml"), occurrence.shift
    at = anchored_at(schedule, get_hours(session, company_id), occurrence, zone)
    if shift is None and len(schedule.shifts) == 1:
        shift = min(schedule.shifts)
    company = get_branch(session, company_id).name
    return {
        language: {
            "company": company,
            "shift": words["shift"][shift][language] if shift else "",
            "time": f"{at.astimezone(zone):%H:%M}",
            "hotline": hotline(session, occurrence.on),
            "link": words["link"][language],
        }
        for language in LANGUAGES
    }


def check_fillable(
    session: Session, company_id: int, schedule: Schedule, texts: Mapping[str, str], on: date
) -> None:
    """Refuse a schedule whose text has a placeholder that nothing in this company can fill."""
    for text in texts.values():
        used = check_placeholders(text)
        if needs_shift(used, schedule.shifts, by_clock=schedule.anchor is Anchor.CLOCK):
            raise PlaceholderUnfilled(placeholder="{shift}")
        if schedule.anchor is Anchor.BUS_DEPARTURE and not _has_group(
            session, company_id, GroupKind.BUS
        ):
            raise NoBuses
        if "hotline" in used and not hotline(session, on):
            raise PlaceholderUnfilled(placeholder="{hotline}")
        for name, kind in GROUP_OF.items():
            if name in used and not _has_group(session, company_id, kind):
                raise PlaceholderUnfilled(placeholder="{" + name + "}")


def _has_group(session: Session, company_id: int, kind: GroupKind) -> bool:
    found = select(WorkGroup.id).where(WorkGroup.company_id == company_id, WorkGroup.kind == kind)
    return session.scalar(found.limit(1)) is not None


def values_of(session: Session, worker: Worker, on: date) -> dict[str, str]:
    """What differs by person, for one worker on a day; empty means none."""
    groups = {name: group_names(session, [worker.id], kind, on) for name, kind in GROUP_OF.items()}
    return {
        "line": get_branch(session, worker.branch_id).name,
        **{name: found.get(worker.id, "") for name, found in groups.items()},
    }


def group_names(
    session: Session, worker_ids: Sequence[str], kind: GroupKind, on: date
) -> Mapping[str, str]:
    """The name of each worker's group of a kind on a day; the first by name of several."""
    rows = session.execute(
        select(Membership.worker_id, WorkGroup.name)
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .where(Membership.worker_id.in_(worker_ids), WorkGroup.kind == kind)
        .where(Membership.from_on <= on)
        .where(or_(Membership.to_on.is_(None), Membership.to_on >= on))
        .order_by(WorkGroup.name.desc())
    ).all()
    return {row.worker_id: row.name for row in rows}
