"""One piece of feedback: where it lies, what it says, what was done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account, Branch, RoleGrant
from app.accounts.rules import PERMISSIONS, Permission, Role
from app.extensions import blind_index
from app.feedback.models import Feedback, FeedbackEntry, FeedbackPhoto
from app.feedback.rules.notes import Category, Level, Source, code_hash
from app.feedback.rules.states import FeedbackAct, FeedbackState
from app.workforce.models import Worker

HANDLERS = tuple(role for role in PERMISSIONS if Permission.HANDLE_FEEDBACK in PERMISSIONS[role])


@dataclass(frozen=True, slots=True)
class NoteShown:
    """Feedback on its own page; `path` is its branch's."""

    id: str
    source: Source
    path: str
    place: str
    company: str | None
    company_id: int | None
    worker_id: str | None
    worker_name: str | None
    worker_phone: str | None
    category: Category
    text: str
    caller: str | None
    noted_by: str
    created_on: date
    received_at: datetime | None
    state: FeedbackState
    level: Level
    owner_id: str | None
    owner_name: str
    due_on: date
    same_as: str | None
    looked_on: date | None
    sent_seq: int | None
    version: int
    photo: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One thing that was done."""

    n: int
    act: FeedbackAct
    at: datetime
    account_id: str | None
    name: str
    level: Level
    words: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What whoever has the code is told."""

    state: FeedbackState
    answer: str | None
    answered_on: date | None


def find_path(session: Session, feedback_id: str) -> str | None:
    """The branch path of feedback."""
    return session.scalar(
        select(Branch.path)
        .join(Feedback, Feedback.branch_id == Branch.id)
        .where(Feedback.id == feedback_id)
    )


def find_note(session: Session, feedback_id: str) -> NoteShown | None:
    """Feedback by its id."""
    company = aliased(Branch)
    found = session.execute(
        select(Feedback, Branch, company.name, Worker, FeedbackPhoto.width, FeedbackPhoto.height)
        .join(Branch, Branch.id == Feedback.branch_id)
        .outerjoin(company, company.id == Feedback.company_id)
        .outerjoin(Worker, Worker.id == Feedback.worker_id)
        .outerjoin(FeedbackPhoto, FeedbackPhoto.feedback_id == Feedback.id)
        .where(Feedback.id == feedback_id)
    ).first()
    if found is None:
        return None
    row, branch, company_name, worker, width, height = found
    return NoteShown(
        row.id,
        Source(row.source),
        branch.path,
        branch.name,
        company_name,
        row.company_id,
        row.worker_id,
        worker.name if worker else None,
        worker.phone if worker else None,
        Category(row.category),
        row.text,
        row.caller,
        row.noted_by,
        row.created_on,
        row.received_at,
        FeedbackState(row.state),
        Level(row.level),
        row.owner_id,
        row.owner_name,
        row.due_on,
        row.same_as,
        row.looked_on,
        row.sent_seq,
        row.version,
        (width, height) if width else None,
    )


def list_entries(session: Session, feedback_id: str) -> list[EntryShown]:
    """What was done with feedback, oldest first."""
    rows = session.scalars(
        select(FeedbackEntry)
        .where(FeedbackEntry.feedback_id == feedback_id)
        .order_by(FeedbackEntry.n)
    ).all()
    return [
        EntryShown(
            row.n,
            FeedbackAct(row.act),
            row.at,
            row.account_id,
            row.name,
            Level(row.level),
            row.words,
            row.undone,
        )
        for row in rows
    ]


def get_photo(session: Session, feedback_id: str) -> bytes | None:
    """The JPEG of feedback."""
    return session.scalar(
        select(FeedbackPhoto.content).where(FeedbackPhoto.feedback_id == feedback_id)
    )


def find_reply(session: Session, code: str) -> Reply | None:
    """How far the feedback came that waits under a code, and its last answer."""
    row = session.execute(
        select(Feedback.id, Feedback.state, Feedback.answered_on).where(
            Feedback.reply_index == reply_index(code_hash(code))
        )
    ).first()
    if row is None:
        return None
    return Reply(FeedbackState(row.state), find_last_answer(session, row.id), row.answered_on)


def find_last_answer(session: Session, feedback_id: str) -> str | None:
    """The words of the last answer to feedback."""
    return session.scalar(
        select(FeedbackEntry.words)
        .where(FeedbackEntry.feedback_id == feedback_id)
        .where(FeedbackEntry.act == FeedbackAct.ANSWER)
        .order_by(FeedbackEntry.n.desc())
        .limit(1)
    )


def reply_index(hashed: str) -> str:
    """What is kept of a code: the keyed digest of its hash, so the table alone gives none away."""
    return blind_index(f"feedback {hashed}")


@dataclass(frozen=True, slots=True)
class Handler:
    """Somebody whom feedback can be given to."""

    id: str
    name: str


def list_handlers(session: Session, path: str, level: Level) -> list[Handler]:
    """Accounts in use with whom feedback of a branch may lie at a level, by name."""
    roles = {
        Level.TEAM: (Role.TEAM_MEMBER, Role.SAFETY_OFFICER),
        Level.COMPANY: (Role.SAFETY_OFFICER,),
    }.get(level, (Role.PARK_MANAGER,))
    return _holders(session, path, [role for role in roles if role in HANDLERS])


def has_team(session: Session, path: str) -> bool:
    """Whether a safety team looks after a branch."""
    return bool(_holders(session, path, [Role.TEAM_MEMBER]))


def _holders(session: Session, path: str, roles: Sequence[Role]) -> list[Handler]:
    above = [int(part) for part in path.split("/") if part]
    rows = session.execute(
        select(Account.id, Account.name)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(Account.active, RoleGrant.role.in_(roles), RoleGrant.branch_id.in_(above))
        .distinct()
        .order_by(Account.name, Account.id)
    ).all()
    return [Handler(account_id, name) for account_id, name in rows]


def count_people(session: Session, company_id: int) -> int:
    """How many work at a company now."""
    return (
        session.scalar(
            select(func.count(Worker.id)).where(
                Worker.company_id == company_id, Worker.left_on.is_(None)
            )
        )
        or 0
    )


def answer_words() -> dict[str, Any]:
    """Title of the message that brings an answer, by language."""
    return _words()


def reply_words() -> dict[str, Any]:
    """What is answered to who writes over Zalo, by topic and language."""
    replies: dict[str, Any] = _words()["replies"]
    return replies


@cache
def _words() -> dict[str, Any]:
    path = Path(__file__).parent.parent / "data" / "words.yaml"
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read
