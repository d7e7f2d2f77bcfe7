"""What the province's people do with what came in; each act is judged, written down, audited."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.intake.models import IntakeEntry, IntakeItem
from app.intake.queries.items import VIEWED, list_staff
from app.intake.rules.items import LONGEST_TEXT
from app.intake.rules.refusals import (
    ContentGone,
    ItemMoved,
    NoOwner,
    NothingChosen,
    NothingToUndo,
    WordsNeeded,
)
from app.intake.rules.states import UNDOABLE, ItemAct, ItemKind, ItemState, next_state
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.kernel.refusals import NotFound, Refusal
from app.kernel.text import nfc
from app.settings import Settings
from app.sync.actions.receiving import locked_park
from app.sync.actions.sending_down import append_down, sealed_for
from app.sync.rules import DownKind

KEPT_BACK = ("state", "owner_id", "owner_name")
DAYS_KEPT_BACK = ("answered_on", "closed_on")
LONGEST_CASE_WORDS = 1000  # as long as a line of a case's timeline may be


def note_view(
    session: Session, item_id: str, kind: ItemKind, *, actor: Actor, now: datetime
) -> None:
    """Somebody opened what names somebody, a case or a call: every time is kept."""
    record_act(session, VIEWED[kind], actor=actor, now=now, subject_id=item_id)
    note_look(session, item_id, now=now)


def note_look(session: Session, item_id: str, *, now: datetime) -> None:
    """The day on which somebody first opened it."""
    session.execute(
        update(IntakeItem)
        .where(IntakeItem.id == item_id, IntakeItem.looked_on.is_(None))
        .values(looked_on=_today(session, now))
    )


def take(session: Session, item_id: str, *, seen: int, actor: Actor, now: datetime) -> None:
    """Whoever takes it sees to it."""
    row = _hold(session, item_id, seen)
    _step(session, row, ItemAct.TAKE, actor=actor, now=now)
    row.owner_id, row.owner_name = actor.account_id, actor.name


def assign(
    session: Session,
    item_id: str,
    owner_id: str,
    words: str,
    *,
    seen: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Give it to a colleague; whoever hands over what somebody holds says what to know."""
    row = _hold(session, item_id, seen)
    name = dict(list_staff(session)).get(owner_id)
    if name is None or owner_id == row.owner_id:
        raise NoOwner
    said = _words(words, LONGEST_TEXT) if row.owner_id is not None else nfc(words).strip()
    told = f"{name}: {said[:LONGEST_TEXT]}" if said else name
    _step(session, row, ItemAct.ASSIGN, actor=actor, now=now, words=told)
    row.owner_id, row.owner_name = owner_id, name


def assign_many(
    session: Session,
    item_ids: Iterable[str],
    owner_id: str,
    *,
    kind: ItemKind,
    actor: Actor,
    now: datetime,
) -> tuple[int, int]:
    """Give what nobody holds to a colleague; how many were given, and how many stayed."""
    chosen, given = list(dict.fromkeys(item_ids)), 0
    if not chosen:
        raise NothingChosen
    if owner_id not in dict(list_staff(session)):
        raise NoOwner
    for item_id in chosen:
        row = session.get(IntakeItem, item_id)
        if row is None or row.kind != kind:
            continue
        try:
            assign(session, item_id, owner_id, "", seen=None, actor=actor, now=now)
        except Refusal:
            continue
        given += 1
    return given, len(chosen) - given


def start(session: Session, item_id: str, *, seen: int, actor: Actor, now: datetime) -> None:
    """Somebody works on it now; who held it stays, else it is theirs."""
    row = _hold(session, item_id, seen)
    _step(session, row, ItemAct.START, actor=actor, now=now)
    if row.owner_id is None:
        row.owner_id, row.owner_name = actor.account_id, actor.name


def note(
    session: Session, item_id: str, words: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Something to remember, for the province's own eyes."""
    row = _hold(session, item_id, seen)
    _step(session, row, ItemAct.NOTE, actor=actor, now=now, words=_words(words, LONGEST_TEXT))


def answer(
    session: Session, item_id: str, words: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Answer the park: sealed for it alone, into its log down, in the same transaction.

    The park is held before the item, as whoever takes its entries in: two never wait in a ring.
    """
    node = session.scalar(select(IntakeItem.node).where(IntakeItem.id == item_id))
    if node is None:
        raise NotFound
    locked_park(session, node)
    row = _hold(session, item_id, seen)
    is_case = row.kind == ItemKind.CASE
    said = _words(words, LONGEST_CASE_WORDS if is_case else LONGEST_TEXT)
    number = _step(session, row, ItemAct.ANSWER, actor=actor, now=now, words=said)
    if row.content is None:
        raise ContentGone
    row.answered_on = row.answered_on or _today(session, now)
    if row.owner_id is None:
        row.owner_id, row.owner_name = actor.account_id, actor.name
    body = {
        row.kind: row.ref,
        "n": number,
        "text": said,
        "answered_by": actor.name,
        "answered_at": now.isoformat(),
    }
    session.flush()
    jwe = sealed_for(session, row.node, body)
    append_down(session, row.node, DownKind.ANSWER, {"jwe": jwe}, now)


def close(
    session: Session, item_id: str, words: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """It is over for the province, with the reason."""
    row = _hold(session, item_id, seen)
    _step(session, row, ItemAct.CLOSE, actor=actor, now=now, words=_words(words, LONGEST_TEXT))
    row.closed_on = _today(session, now)


def reopen(
    session: Session, item_id: str, words: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """It is not over after all."""
    row = _hold(session, item_id, seen)
    _step(session, row, ItemAct.REOPEN, actor=actor, now=now, words=_words(words, LONGEST_TEXT))
    row.closed_on = None
    row.owner_id, row.owner_name = actor.account_id, actor.name


def undo_last(session: Session, item_id: str, *, seen: int, actor: Actor, now: datetime) -> None:
    """Take back the last thing that was done here, if one did it oneself and no park was told."""
    row = _hold(session, item_id, seen)
    entry = session.scalars(
        select(IntakeEntry)
        .where(IntakeEntry.item_id == item_id)
        .order_by(IntakeEntry.n.desc())
        .limit(1)
    ).first()
    if (
        entry is None
        or entry.undone
        or entry.act not in UNDOABLE
        or entry.account_id != actor.account_id
    ):
        raise NothingToUndo
    for name in KEPT_BACK:
        setattr(row, name, entry.before[name])
    for name in DAYS_KEPT_BACK:
        on = entry.before[name]
        setattr(row, name, date.fromisoformat(on) if on else None)
    entry.undone = True
    row.version += 1
    record_act(session, "intake.undone", actor=actor, now=now, subject_id=row.id, undone=entry.act)


def _hold(session: Session, item_id: str, seen: int | None) -> IntakeItem:
    row = session.get(IntakeItem, item_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if seen is not None and row.version != seen:
        raise ItemMoved
    return row


def _words(words: str, most: int) -> str:
    said = nfc(words).strip()
    if not 0 < len(said) <= most:
        raise WordsNeeded(most=most)
    return said


def _step(
    session: Session,
    row: IntakeItem,
    act: ItemAct,
    *,
    actor: Actor,
    now: datetime,
    words: str = "",
) -> int:
    """Let the table judge, and write it down; the number of the entry."""
    state = next_state(ItemKind(row.kind), ItemState(row.state), act)
    of_item = IntakeEntry.item_id == row.id
    number = 1 + (session.scalar(select(func.max(IntakeEntry.n)).where(of_item)) or 0)
    session.add(
        IntakeEntry(
            item_id=row.id,
            n=number,
            act=act,
            at=now,
            account_id=actor.account_id,
            name=actor.name,
            words=words,
            before=_before(row),
            seq=None,
            undone=False,
        )
    )
    row.state, row.version = state, row.version + 1
    record_act(session, f"intake.{act}", actor=actor, now=now, subject_id=row.id, kind=row.kind)
    return number


def _before(row: IntakeItem) -> dict[str, Any]:
    days = {name: getattr(row, name) for name in DAYS_KEPT_BACK}
    return {name: getattr(row, name) for name in KEPT_BACK} | {
        name: on.isoformat() if on else None for name, on in days.items()
    }


def _today(session: Session, now: datetime) -> date:
    settings: Settings = session.info["settings"]
    return local_day(now, settings.timezone)
