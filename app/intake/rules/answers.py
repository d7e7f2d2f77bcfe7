"""What goes down to a park: answers, and tasks out of the hotline's calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.feedback.rules.notes import Category, Level
from app.intake.rules.items import LONGEST_NAME, LONGEST_TEXT, bounded_text
from app.intake.rules.refusals import NotAnItem
from app.intake.rules.states import ItemKind
from app.kernel.ids import is_id

TASK_LEVELS = (Level.PARK, Level.COMPANY)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a case or to feedback; `number` tells the answers to one thing apart."""

    kind: ItemKind
    ref: str
    number: int
    text: str
    answered_by: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody told the province's hotline, for a park to see to by a day."""

    id: str
    category: Category
    text: str
    company_code: str
    level: Level
    called_on: date
    due_on: date
    noted_by: str

    def body(self) -> dict[str, Any]:
        """As it is sealed: who called stays at the province."""
        return {
            "task": self.id,
            "category": str(self.category),
            "text": self.text,
            "company": self.company_code,
            "level": str(self.level),
            "called_on": self.called_on.isoformat(),
            "due_on": self.due_on.isoformat(),
            "noted_by": self.noted_by,
        }


def read_answer(body: Mapping[str, Any], made_at: datetime) -> Answer:
    """An answer out of its sealed body."""
    kind = ItemKind.CASE if "case" in body else ItemKind.FEEDBACK
    ref, number = body.get(str(kind)), body.get("n", 0)
    text, said_by = (
        bounded_text(body.get("text"), LONGEST_TEXT),
        bounded_text(body.get("answered_by"), 120),
    )
    if not isinstance(ref, str) or not is_id(ref) or not text or not isinstance(number, int):
        raise NotAnItem
    try:
        at = datetime.fromisoformat(str(body.get("answered_at")))
    except ValueError:
        at = made_at
    return Answer(kind, ref, number, text, said_by, at if at.tzinfo else made_at)


def read_task(body: Mapping[str, Any]) -> Task:
    """A task out of its sealed body; a level that is unknown here lies with the park."""
    ref, text = body.get("task"), bounded_text(body.get("text"), LONGEST_TEXT)
    category, level = body.get("category"), body.get("level")
    try:
        called_on = date.fromisoformat(str(body.get("called_on")))
        due_on = date.fromisoformat(str(body.get("due_on")))
    except ValueError:
        raise NotAnItem from None
    if not isinstance(ref, str) or not is_id(ref) or not text:
        raise NotAnItem
    return Task(
        ref,
        Category(category) if category in tuple(Category) else Category.OTHER,
        text,
        bounded_text(body.get("company"), 40),
        Level(level) if level in TASK_LEVELS else Level.PARK,
        called_on,
        due_on,
        bounded_text(body.get("noted_by"), LONGEST_NAME),
    )
