"""The inbox of feedback: what waits, overdue first; and how long things took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.feedback.models import Feedback
from app.feedback.rules.notes import Category, Level, Source
from app.feedback.rules.reach import AT_PARK, Reach
from app.feedback.rules.states import WAITING, FeedbackState
from app.feedback.rules.times import Stay
from app.workforce.models import Worker


class View(StrEnum):
    """Which feedback a list shows."""

    HELD = "held"
    OVERDUE = "overdue"
    MINE = "mine"
    PASSED = "passed"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to; `account_id` is who looks."""

    reach: Reach
    view: View
    account_id: str
    today: date
    category: str = ""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """Feedback in a list; `name` only for those who may read it."""

    id: str
    source: Source
    place: str
    name: str | None
    category: Category
    text: str
    created_on: date
    due_on: date
    state: FeedbackState
    level: Level
    owner_name: str
    same_as: str | None
    alike: int


def list_notes(
    session: Session, asked: Asked, *, limit: int, offset: int
) -> tuple[list[NoteRow], int]:
    """Feedback within reach, the longest overdue first, of what is over the newest; how many."""
    chosen = (
        select(Feedback, Branch, Worker.name)
        .join(Branch, Branch.id == Feedback.branch_id)
        .outerjoin(Worker, Worker.id == Feedback.worker_id)
        .where(seen(asked.reach), *_of_view(asked))
    )
    if asked.category:
        chosen = chosen.where(Feedback.category == asked.category)
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    over = asked.view in (View.ANSWERED, View.CLOSED)
    order = Feedback.created_on.desc() if over else Feedback.due_on
    rows = session.execute(chosen.order_by(order, Feedback.id).limit(limit).offset(offset)).all()
    alike = _count_alike(session, [row.id for row, _branch, _name in rows])
    return [
        NoteRow(
            row.id,
            Source(row.source),
            branch.name,
            name if asked.reach.knows_name(branch.path) else None,
            Category(row.category),
            row.text,
            row.created_on,
            row.due_on,
            FeedbackState(row.state),
            Level(row.level),
            row.owner_name,
            row.same_as,
            alike.get(row.id, 0),
        )
        for row, branch, name in rows
    ], total


def count_views(session: Session, asked: Asked) -> dict[View, int]:
    """How much each view of what is not over has."""
    return {
        view: _count(session, Asked(asked.reach, view, asked.account_id, asked.today))
        for view in (View.HELD, View.OVERDUE, View.MINE, View.PASSED)
    }


def count_held(session: Session, reach: Reach) -> int:
    """How much feedback waits with somebody of this reach."""
    return _count(session, Asked(reach, View.HELD, "", date.min))


def list_heads(session: Session, reach: Reach, feedback_id: str) -> list[NoteRow]:
    """What else waits here that feedback may be the same as, oldest first."""
    asked = Asked(reach, View.HELD, "", date.min)
    rows, _total = list_notes(session, asked, limit=60, offset=0)
    return [row for row in rows if row.id != feedback_id and row.same_as is None]


def list_same(session: Session, head_id: str) -> list[tuple[str, str, date]]:
    """What was put together with feedback: id, text, day."""
    rows = session.execute(
        select(Feedback.id, Feedback.text, Feedback.created_on)
        .where(Feedback.same_as == head_id)
        .order_by(Feedback.created_on, Feedback.id)
    ).all()
    return [(row.id, row.text, row.created_on) for row in rows]


def list_stays(session: Session, reach: Reach, since: date) -> list[Stay]:
    """The days of all feedback within reach since a day, by category."""
    rows = session.execute(
        select(Feedback)
        .join(Branch, Branch.id == Feedback.branch_id)
        .where(seen(reach), Feedback.created_on >= since)
    ).scalars()
    return [
        Stay(
            row.category,
            row.created_on,
            row.due_on,
            row.looked_on,
            row.answered_on,
            row.closed_on,
        )
        for row in rows
    ]


def seen(reach: Reach) -> ColumnElement[bool]:
    """What may be read."""
    return or_(_under(reach.inside), and_(Feedback.level.in_(AT_PARK), _under(reach.park)))


def _held(reach: Reach) -> ColumnElement[bool]:
    return or_(
        and_(Feedback.level == Level.TEAM, _under(reach.inside)),
        and_(Feedback.level == Level.COMPANY, _under(reach.officer)),
        and_(Feedback.level == Level.PARK, _under(reach.park)),
    )


def _under(paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(false(), *[Branch.path.startswith(path) for path in paths])


def _of_view(asked: Asked) -> list[ColumnElement[bool]]:
    waits, held = Feedback.state.in_(WAITING), _held(asked.reach)
    return {
        View.HELD: [waits, held],
        View.OVERDUE: [waits, held, Feedback.due_on < asked.today],
        View.MINE: [waits, Feedback.owner_id == asked.account_id],
        View.PASSED: [waits, ~held],
        View.ANSWERED: [Feedback.state == FeedbackState.ANSWERED],
        View.CLOSED: [Feedback.state == FeedbackState.CLOSED],
    }[asked.view]


def _count(session: Session, asked: Asked) -> int:
    return (
        session.scalar(
            select(func.count(Feedback.id))
            .join(Branch, Branch.id == Feedback.branch_id)
            .where(seen(asked.reach), *_of_view(asked))
        )
        or 0
    )


def _count_alike(session: Session, ids: Sequence[str]) -> dict[str, int]:
    rows = session.execute(
        select(Feedback.same_as, func.count())
        .where(Feedback.same_as.in_(ids))
        .group_by(Feedback.same_as)
    ).all()
    return {str(row[0]): row[1] for row in rows}
