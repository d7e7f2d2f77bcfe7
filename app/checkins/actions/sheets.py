"""Sheets that come back filled: kept until each line was taken over or left."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.audit.actions import record_act
from app.checkins.actions.answers import GivenAnswer, record_check_ins
from app.checkins.actions.levels import mark_absent
from app.checkins.models import AnswerSheet
from app.checkins.queries.sheets import find_on_shift
from app.checkins.queries.standing import rules_by_company
from app.checkins.rules.requests import CheckInRequest, Source
from app.checkins.rules.sheets import (
    Fault,
    Outcome,
    Said,
    SheetDone,
    SheetHead,
    SheetLine,
    observed_moment,
    outcome_of,
)
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound, Refusal
from app.settings import Settings
from app.workforce.rules.shifts import shift_code, shift_window


@dataclass(frozen=True, slots=True)
class Settled:
    """How many lines of a sheet were kept and discarded, and how many changed under the hand."""

    kept: int
    discarded: int
    changed: int


def keep_sheet(
    session: Session,
    head: SheetHead,
    lines: Sequence[SheetLine],
    *,
    actor: Actor,
    now: datetime,
    sheet_id: str | None = None,
) -> str:
    """Put a read sheet aside for review; returns its id.

    A list that its own writer sends again under the same `sheet_id` takes the place of what it
    said before, as long as no line of that was kept or discarded.
    """
    branch = session.get(Branch, head.branch_id)
    if branch is None or branch.company_id is None:
        raise NotFound
    before = _find_again(session, sheet_id)
    if before is not None and _is_untouched(before, head, actor):
        sheet = before
        sheet.read_at = now
    else:
        sheet = AnswerSheet(
            id=sheet_id if sheet_id and before is None else new_id(now),
            company_id=branch.company_id,
            branch_id=branch.id,
            shift_on=head.shift_on,
            shift=head.shift,
            account_id=actor.account_id,
            read_at=now,
        )
        session.add(sheet)
    sheet.lines = packed(line for line in lines if line.said is not None or line.faults)
    record_act(
        session,
        "checkins.sheet_read",
        actor=actor,
        now=now,
        subject_id=sheet.id,
        company_id=branch.company_id,
        shift_on=head.shift_on.isoformat(),
        shift=head.shift,
        lines=len(lines),
    )
    return sheet.id


def _find_again(session: Session, sheet_id: str | None) -> AnswerSheet | None:
    asked = select(AnswerSheet).where(AnswerSheet.id == sheet_id).with_for_update()
    return session.scalar(asked) if sheet_id else None


def _is_untouched(sheet: AnswerSheet, head: SheetHead, actor: Actor) -> bool:
    return (
        sheet.account_id == actor.account_id
        and SheetHead(sheet.branch_id, sheet.shift_on, sheet.shift) == head
        and sheet.lines is not None
        and not (sheet.kept or sheet.discarded)
    )


def settle_lines(
    session: Session,
    sheet_id: str,
    wanted: Mapping[str, str],
    *,
    keep: bool,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> Settled:
    """Keep or discard lines of a sheet, by worker id, each with the mark that the page showed.

    A line whose person has answered since the page was made is left for another look.
    """
    sheet = session.scalar(select(AnswerSheet).where(AnswerSheet.id == sheet_id).with_for_update())
    if sheet is None:
        raise NotFound
    if sheet.lines is None:
        raise SheetDone
    lines = unpacked(sheet.lines)
    path = session.get_one(Branch, sheet.branch_id).path
    present = find_on_shift(
        session, path, [line.worker_id for line in lines], sheet.shift_on, sheet.shift
    )
    chosen, changed = [], 0
    for line in lines:
        found = present.get(line.worker_id)
        if line.worker_id not in wanted:
            continue
        if found is not None and keep and found.present.mark != wanted[line.worker_id]:
            changed += 1
            continue
        outcome = outcome_of(line, found.present if found else None)
        if not keep or outcome in {Outcome.NEW, Outcome.CONFLICT}:
            chosen.append(line)
    if keep:
        _take_over(session, sheet, chosen, settings=settings, actor=actor, now=now)
        sheet.kept += len(chosen)
    else:
        sheet.discarded += len(chosen)
    gone = {line.row for line in chosen}
    left = [line for line in lines if line.row not in gone]
    sheet.lines, sheet.done_at = (packed(left), None) if left else (None, now)
    record_act(
        session,
        "checkins.sheet_kept" if keep else "checkins.sheet_discarded",
        actor=actor,
        now=now,
        subject_id=sheet.id,
        company_id=sheet.company_id,
        workers=[line.worker_id for line in chosen],
    )
    discarded = 0 if keep else len(chosen)
    return Settled(len(chosen) - discarded, discarded, changed)


def _take_over(
    session: Session,
    sheet: AnswerSheet,
    lines: Sequence[SheetLine],
    *,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> None:
    code = shift_code(sheet.shift)
    hours = rules_by_company(session, [sheet.company_id])[sheet.company_id].hours
    starts_at = shift_window(
        hours.at(code, sheet.shift_on), sheet.shift_on, settings.timezone
    ).starts_at
    given = []
    for line in lines:
        if line.said is Said.ABSENT:
            mark_absent(
                session, line.worker_id, sheet.shift_on, sheet.shift, "", actor=actor, now=now
            )
            continue
        observed = observed_moment(line.at, starts_at, settings.timezone) if line.at else None
        given.append(
            GivenAnswer(
                CheckInRequest(
                    line.worker_id,
                    sheet.shift_on,
                    code,
                    dict(line.answers),
                    made_at=now,
                    offset_ms=0,
                    observed_at=min(observed, now) if observed else None,
                    source=Source.PAPER,
                ),
                actor,
                now,
            )
        )
    for outcome in record_check_ins(session, given, settings=settings) if given else ():
        if isinstance(outcome, Refusal):
            raise outcome


def packed(lines: Iterable[SheetLine]) -> str:
    """Lines as the text that is sealed."""
    return json.dumps([_plain(line) for line in lines], ensure_ascii=False)


def unpacked(text: str) -> tuple[SheetLine, ...]:
    """Lines out of the sealed text."""
    return tuple(_line(plain) for plain in json.loads(text))


def _plain(line: SheetLine) -> dict[str, Any]:
    return {
        "row": line.row,
        "worker_id": line.worker_id,
        "known": line.known,
        "said": line.said,
        "answers": dict(line.answers),
        "at": line.at.isoformat() if line.at else None,
        "faults": list(line.faults),
    }


def _line(plain: Mapping[str, Any]) -> SheetLine:
    return SheetLine(
        row=plain["row"],
        worker_id=plain["worker_id"],
        known=plain["known"],
        said=Said(plain["said"]) if plain["said"] else None,
        answers=plain["answers"],
        at=time.fromisoformat(plain["at"]) if plain["at"] else None,
        faults=tuple(Fault(each) for each in plain["faults"]),
    )
