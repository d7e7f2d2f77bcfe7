"""Doing each command once: its answer is kept in the transaction of what it did."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row, insert
from sqlalchemy.orm import Session

from app.accounts.queries.tokens import HeldToken, find_tokens
from app.kernel.actors import Actor
from app.kernel.refusals import Refusal
from app.outbox.models import Command
from app.outbox.queries import find_commands
from app.outbox.rules import CommandEnvelope, KeyReused, Outcome
from app.web.access import SignInNeeded

Result = dict[str, Any]
Deed = Callable[[Session], Result]
COMMANDS: Any = Command.__table__
KEEP = insert(COMMANDS)


class JoinedDeed(Protocol):
    """A deed that is done together with others of its kind; refusals are given back."""

    @property
    def together(self) -> "Callable[[Session, Sequence[Any]], list[Result | Refusal]]":
        """Does many of them, in order; the same function for all that may be joined."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command is answered; `params` fill the sentence of a refusal."""

    key: str | None
    outcome: Outcome
    code: str | None
    result: Result
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A command with the token (its digest) that brought it, when, and what it asks of whom."""

    envelope: CommandEnvelope
    token_hash: str
    now: datetime
    deed_by: Callable[[Actor], Deed | JoinedDeed | Refusal]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a command, with the token that brought it."""

    token: HeldToken
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Asked:
    """A command with whose it is, and its deed or why there is none."""

    envelope: CommandEnvelope
    account_id: str
    now: datetime
    deed: Deed | JoinedDeed | Refusal


def answer_commands(session: Session, handed: Sequence[HandedIn]) -> list[Answered | SignInNeeded]:
    """Do commands in their order, or give the answers that their keys got before.

    A refusal is an answer too: it is kept, and nothing of what was tried. Nothing at all is kept
    of a command whose token is unknown or revoked.
    """
    tokens = find_tokens(session, [each.token_hash for each in handed])
    asked = [
        _asked(each, tokens[each.token_hash].actor) for each in handed if each.token_hash in tokens
    ]
    answers = (answer for run in _runs(asked) for answer in _answer_run(session, run))
    return [
        Answered(tokens[each.token_hash], next(answers))
        if each.token_hash in tokens
        else SignInNeeded()
        for each in handed
    ]


def _asked(handed: HandedIn, actor: Actor) -> _Asked:
    return _Asked(handed.envelope, str(actor.account_id), handed.now, handed.deed_by(actor))


def _runs(asked: Sequence[_Asked]) -> Iterator[list[_Asked]]:
    """Neighbours that can be done together, every key once."""
    run: list[_Asked] = []
    keys: set[str] = set()
    for each in asked:
        together = _together(each)
        if run and (
            together is None or together is not _together(run[0]) or each.envelope.key in keys
        ):
            yield run
            run, keys = [], set()
        run.append(each)
        keys.add(each.envelope.key)
    if run:
        yield run


def _together(asked: _Asked) -> Any:
    return getattr(asked.deed, "together", None)


def _answer_run(session: Session, run: Sequence[_Asked]) -> list[Answer]:
    known = find_commands(session, [each.envelope.key for each in run])
    new = [each for each in run if each.envelope.key not in known]
    outcomes = iter(_outcomes(session, new))
    answers = [
        _again(known[each.envelope.key], each)
        if each.envelope.key in known
        else _first(each, next(outcomes))
        for each in run
    ]
    rows = [
        {
            "key": each.envelope.key,
            "account_id": each.account_id,
            "kind": each.envelope.kind,
            "digest": each.envelope.digest,
            "outcome": answer.outcome,
            "code": answer.code,
            "result": {"result": answer.result, "params": answer.params},
            "received_at": each.now,
        }
        for each, answer in zip(run, answers, strict=True)
        if each.envelope.key not in known
    ]
    if rows:
        session.connection().execute(KEEP, rows)
    return answers


def _outcomes(session: Session, new: Sequence[_Asked]) -> Sequence[Result | Refusal]:
    if not new:
        return []
    together = _together(new[0])
    if together is not None:
        joined: Sequence[Result | Refusal] = together(session, [each.deed for each in new])
        return joined
    return [_tried(session, each.deed) for each in new]


def _tried(session: Session, deed: Any) -> Result | Refusal:
    if isinstance(deed, Refusal):
        return deed
    try:
        with session.begin_nested():
            result: Result = deed(session)
            return result
    except Refusal as refusal:
        return refusal


def _first(asked: _Asked, outcome: Result | Refusal) -> Answer:
    if isinstance(outcome, Refusal):
        return refused(asked.envelope.key, outcome)
    return Answer(asked.envelope.key, Outcome.APPLIED, None, outcome, {})


def _again(known: Row[Any], asked: _Asked) -> Answer:
    envelope = asked.envelope
    if known.account_id != asked.account_id or known.digest != envelope.digest:
        return refused(envelope.key, KeyReused())
    return Answer(
        envelope.key,
        Outcome.ALREADY_APPLIED,
        known.code,
        known.result["result"],
        known.result["params"],
    )


def refused(key: str | None, refusal: Refusal) -> Answer:
    """The answer that a refusal makes."""
    return Answer(key, Outcome.REFUSED, refusal.code, {}, dict(refusal.params))
