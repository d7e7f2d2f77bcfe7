"""Keying in a list from paper: typed in its order, then reviewed like every other sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.checkins.actions.sheets import keep_sheet
from app.checkins.forms import parse_day, parse_keyed, parse_shift
from app.checkins.queries.rule_sets import get_rules
from app.checkins.queries.sheets import list_on_shift, list_waiting_sheets, names_on_sheet
from app.checkins.rules.counts import DutyState
from app.checkins.rules.keying import (
    MOST_KEYED,
    KeyedList,
    KeyedRow,
    ReadList,
    TooManyToKey,
    in_order,
    known_to_paper,
    read_keyed,
)
from app.checkins.rules.requests import check_shift_day
from app.checkins.rules.sheets import Said, SheetHead
from app.checkins.views.sheet_words import sign_words, state_told
from app.checkins.views.sheets import unit_asked, window_of
from app.extensions import db
from app.kernel.ids import is_id, new_id
from app.web.access import access, current_actor
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.queries.units import Unit

keying_pages = Blueprint("keying", __name__, url_prefix="/today/sheets/keying")
RESULTS = {"K": Said.WELL, "T": Said.SIGNS, "V": Said.ABSENT}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One person of the form: who, where they stand now, what was typed, what is wrong with it."""

    badge: str
    name: str
    told: str
    has_answered: bool
    typed: KeyedRow
    faults: tuple[str, ...] = ()


@keying_pages.get("")
@access(Permission.ANSWER_FOR_OTHERS)
def key_list() -> ResponseReturnValue:
    unit, head = _asked(request.args.get("unit", ""), request.args.get("on", "today"))
    return _form(unit, head, KeyedList(()), new_id(_now()))


def _asked(unit_id: str, on: str) -> tuple[Unit, SheetHead]:
    """The unit and the shift that a list is for, both within reach."""
    unit, day = unit_asked(unit_id), today()
    shift_on = parse_day(on, day, "/on")
    check_shift_day(shift_on, day)
    return unit, SheetHead(unit.id, shift_on, parse_shift(request.values.get("shift")))


@keying_pages.post("")
@access(Permission.ANSWER_FOR_OTHERS)
def send_list() -> ResponseReturnValue:
    unit, head = _asked(request.form.get("unit", ""), request.form.get("on", ""))
    keyed, asked_id = parse_keyed(request.form), request.form.get("list")
    list_id = str(asked_id) if is_id(asked_id) else new_id(_now())
    actor, now = current_actor(), _now()
    rules = get_rules(db.session(), unit.company_id).rules
    zone = current_app.config["SETTINGS"].timezone
    read = read_keyed(keyed, rules, window_of(unit, head), now, zone)
    if not read.is_good:
        return _form(unit, head, keyed, list_id, read), 422

    def work(session: Session) -> str:
        return keep_sheet(session, head, read.lines, actor=actor, now=now, sheet_id=list_id)

    return redirect(url_for("sheets.review_sheet", sheet_id=transact(work)))


def _form(
    unit: Unit, head: SheetHead, keyed: KeyedList, list_id: str, read: ReadList | None = None
) -> str:
    rows = _shown(unit, head, keyed, read)
    rules = get_rules(db.session(), unit.company_id).rules
    half = (len(rows) + 1) // 2 if len(rows) > 1 else 1
    numbered = list(enumerate(rows))
    return render_template(
        "checkins/key_list.html",
        unit=unit,
        head=head,
        window=window_of(unit, head),
        list_id=list_id,
        written_at=keyed.written_at,
        list_error=sentence(read.fault, {}) if read and read.fault else None,
        wrong=[(place, row) for place, row in numbered if row.faults],
        halves=[part for part in (numbered[:half], numbered[half:]) if part],
        people=len(rows),
        signs=sign_words(rules),
        results=RESULTS,
        waiting=list_waiting_sheets(db.session(), unit.id, head.shift_on, head.shift),
    )


def _shown(
    unit: Unit, head: SheetHead, keyed: KeyedList, read: ReadList | None
) -> Sequence[ShownRow]:
    on_shift = {
        row.worker_id: row
        for row in list_on_shift(db.session(), unit.path, head.shift_on, head.shift)
    }
    if len(on_shift) > MOST_KEYED and not keyed.rows:
        raise TooManyToKey(most=MOST_KEYED)
    typed = {row.worker_id: row for row in keyed.rows}
    faults = {line.worker_id: line.faults for line in read.lines} if read else {}
    order = in_order(keyed.rows, list(on_shift))
    names = names_on_sheet(db.session(), unit.company_id, order)
    return [
        ShownRow(
            *names.get(each, ("", "–")),
            state_told(on_shift.get(each)),
            each in on_shift and on_shift[each].present.state is DutyState.ANSWERED,
            typed.get(each) or KeyedRow(each, known_to_paper(on_shift[each].present)),
            tuple(sentence(fault, {}) for fault in faults.get(each, ())),
        )
        for each in order
    ]


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"].now()
    return now
