"""Rules for parks: checked when written, sent to all or some, and taken in where they arrive."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.bulletins.models import RuleArrival, RuleDocument
from app.bulletins.rules.refusals import NeverSentOut, NoParkChosen
from app.bulletins.rules.rule_documents import RuleKind, RulesSent, read_rules
from app.checkins.actions.sent_sets import keep_sent_sets, read_sent_sets
from app.kernel.actors import Actor, program
from app.kernel.ids import new_id
from app.reminders.actions.hotlines import take_hotlines
from app.reminders.rules.hotlines import read_hotlines
from app.risk.actions.sets import add_own_set
from app.risk.rules.reading import index_set
from app.risk.rules.refusals import BrokenSet, SameSet
from app.sync.rules import EntryArrived

PROVINCE = program("Tỉnh")


def check_document(kind: RuleKind, document: Mapping[str, Any], valid_from_on: date) -> None:
    """Refuse here what a park would refuse."""
    match kind:
        case RuleKind.HOTLINES:
            read_hotlines(document.get("hotlines"))
        case RuleKind.TRIAGE:
            read_sent_sets(document)
        case RuleKind.RISK:
            _checked_index(document, valid_from_on)


def _checked_index(document: Mapping[str, Any], valid_from_on: date) -> dict[str, Any]:
    """The row of an index set, holding from the day of the document; the park counts versions."""
    row = document.get("index_set")
    if not isinstance(row, Mapping):
        raise BrokenSet(where="index_set")
    whole = dict(row) | {"valid_from_on": valid_from_on.isoformat(), "version": 1}
    try:
        index_set(whole, {})
    except (KeyError, TypeError, AttributeError, ValueError):
        raise BrokenSet(where=str(row.get("id", "?"))) from None
    return whole


def write_rules(
    session: Session,
    kind: RuleKind,
    *,
    title: str,
    valid_from_on: date,
    source: str,
    document: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> str:
    """Keep a checked document to look at before it is sent; its id."""
    check_document(kind, document, valid_from_on)
    row = RuleDocument(
        id=new_id(now),
        kind=kind,
        title=title,
        valid_from_on=valid_from_on,
        source=source,
        document=dict(document),
        made_at=now,
        made_by=actor.name,
    )
    session.add(row)
    session.flush()
    record_act(session, "bulletins.rules_written", actor=actor, now=now, subject_id=row.id)
    return row.id


def send_rules(
    session: Session,
    document_id: str,
    nodes: Sequence[str] | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Order a document to be sent to some parks, or with None to all, also those to come."""
    row = _unsent(session, document_id)
    if nodes is not None and not nodes:
        raise NoParkChosen
    row.nodes = None if nodes is None else sorted(set(nodes))
    row.sent_at, row.sent_by = now, actor.name
    session.flush()
    record_act(
        session,
        "bulletins.rules_sent",
        actor=actor,
        now=now,
        subject_id=document_id,
        parks=row.nodes,
    )


def discard_rules(session: Session, document_id: str, *, actor: Actor, now: datetime) -> None:
    """Throw away a document that no park got."""
    session.delete(_unsent(session, document_id))
    record_act(session, "bulletins.rules_discarded", actor=actor, now=now, subject_id=document_id)


def _unsent(session: Session, document_id: str) -> RuleDocument:
    row = session.get_one(RuleDocument, document_id, with_for_update=True, populate_existing=True)
    if row.sent_at is not None:
        raise NeverSentOut
    return row


def take_rules(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """Take rules of the province in, once; nothing is computed by them that nobody accepted."""
    rules = read_rules(event.body)
    if session.get(RuleArrival, rules.id) is not None:
        return
    _take(session, rules, event.made_at, now)
    session.add(
        RuleArrival(
            id=rules.id,
            kind=rules.kind,
            title=rules.title,
            valid_from_on=rules.valid_from_on,
            source=rules.source,
            arrived_at=now,
        )
    )
    session.flush()


def _take(session: Session, rules: RulesSent, made_at: datetime, now: datetime) -> None:
    match rules.kind:
        case RuleKind.HOTLINES:
            take_hotlines(
                session,
                rules.id,
                rules.document,
                valid_from_on=rules.valid_from_on,
                source=rules.source,
                made_at=made_at,
                now=now,
            )
        case RuleKind.TRIAGE:
            keep_sent_sets(
                session,
                rules.document,
                valid_from_on=rules.valid_from_on,
                source=rules.source,
                now=now,
            )
        case RuleKind.RISK:
            row = _checked_index(rules.document, rules.valid_from_on)
            try:
                add_own_set(session, row, actor=PROVINCE, now=now)
            except SameSet:
                return
