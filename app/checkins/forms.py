"""Payloads of answers: the `check_in` command out of plain JSON."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from app.checkins.rules.keying import LONGEST_TEXT, MOST_KEYED, KeyedList, KeyedRow
from app.checkins.rules.requests import Source
from app.kernel.refusals import BadFields
from app.workforce.rules.shifts import ShiftCode, shift_code

TODAY = "today"


class ReasonForm(FlaskForm):
    """A level is cleared with a reason."""

    reason = StringField(
        _("Lý do"),
        [DataRequired(_("Cần ghi lý do")), Length(max=500, message=_("Nhiều nhất 500 ký tự"))],
    )


def parse_day(raw: object, today: date, at: str) -> date:
    """A day out of "YYYY-MM-DD" or "today"."""
    if raw == TODAY:
        return today
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        raise BadFields([(at, "fields.day_wanted")]) from None


def parse_shift(raw: object) -> ShiftCode:
    """A shift out of its code."""
    return shift_code(raw if isinstance(raw, str) else "")


def parse_answers_object(body: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a check-in, still to be judged by the rule set in force."""
    answers = body.get("answers")
    if not isinstance(answers, dict):
        raise BadFields([("/body/answers", "fields.object_wanted")])
    return answers


def parse_source(body: Mapping[str, Any], *, by_other: bool) -> Source:
    """Whether an answer was written down first, told to another, or given on the phone."""
    if body.get("source") == Source.PAPER:
        return Source.PAPER
    return Source.OTHER if by_other else Source.PHONE


def parse_badge(body: Mapping[str, Any]) -> tuple[str, str] | None:
    """The badge (and company code, maybe empty) that an answer is for; None for one's own."""
    badge, company = body.get("badge"), body.get("company") or ""
    if badge is None:
        return None
    if not isinstance(badge, str) or not isinstance(company, str) or not badge.strip():
        raise BadFields([("/body/badge", "fields.text_wanted")])
    return badge, company


def parse_keyed(form: MultiDict[str, str]) -> KeyedList:
    """A keyed list as it was typed, in the order of its rows; nothing of it is judged yet."""
    who = form.getlist("who")
    if len(who) > 2 * MOST_KEYED:
        raise BadFields([("/who", "fields.invalid")])
    rows = [_keyed_row(form, place, *each.partition(" ")) for place, each in enumerate(who)]
    return KeyedList(tuple(rows), form.get("written-at", "")[:LONGEST_TEXT])


def _keyed_row(
    form: MultiDict[str, str], place: int, worker_id: str, _space: str, known: str
) -> KeyedRow:
    def typed(name: str) -> str:
        return form.get(f"{name}-{place}", "")[:LONGEST_TEXT]

    signs = tuple(form.getlist(f"sign-{place}")[:LONGEST_TEXT])
    return KeyedRow(
        worker_id,
        known,
        result=typed("result"),
        warm=typed("warm"),
        signs=signs,
        other=typed("other"),
        at=typed("at"),
    )
