"""DHIS2 `dataValueSets`: what is posted, and what the answer means.

A 200 with conflicts is no success; what is ignored because it stood there already is none the less.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.kernel.refusals import Refusal
from app.reports.rules.rows import DataRow

STRATEGY = "CREATE_AND_UPDATE"
COUNTS = ("imported", "updated", "ignored", "deleted")
MOST_CONFLICTS = 50
MOST_AT_ONCE = 10_000  # values of one call: two months of a large province take several
LONGEST_WORDS = 300


class NotSet(Refusal):
    """No address or no sign-in of the other system is set."""

    code = "reports.dhis2_not_set"
    status = 409


class NothingToSend(Refusal):
    """No row: no park has a code, or none sent anything."""

    code = "reports.nothing_to_send"


class TooManyDays(Refusal):
    """More days in one call than is sensible."""

    code = "reports.too_many_days"


class SendState(StrEnum):
    """How a call stands."""

    ASKED = "asked"
    SENT = "sent"
    PARTIAL = "partial"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the other side would not take, in its own words."""

    object: str
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call; `problem` is the code of a sentence, empty where all is well."""

    state: SendState
    problem: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()


def data_value_set(rows: Sequence[DataRow]) -> dict[str, Any]:
    """The body of one call: period and place stand on each value, so many days fit."""
    return {"dataValues": [_value(row) for row in rows]}


def _value(row: DataRow) -> dict[str, str]:
    value = {
        "dataElement": row.element,
        "period": f"{row.period:%Y%m%d}",
        "orgUnit": row.org_unit,
        "value": str(row.value),
    }
    if row.combo:
        value["categoryOptionCombo"] = row.combo
    if row.comment:
        value["comment"] = row.comment
    return value


def read_answer(status: int, body: object, *, rows: int, repeats: int) -> Outcome:
    """What an answer means; `body` is its JSON, None where it is none."""
    if status in (301, 302, 303, 307, 308) or (status == 200 and not isinstance(body, dict)):
        return Outcome(SendState.FAILED, "reports.dhis2_not_dhis2")
    if status in (401, 403):
        return Outcome(SendState.REFUSED, "reports.dhis2_sign_in")
    if status == 404:
        return Outcome(SendState.FAILED, "reports.dhis2_not_dhis2")
    if status == 415:
        return Outcome(SendState.REFUSED, "reports.dhis2_wrong_type")
    if status >= 500 or status == 429:
        return Outcome(SendState.UNKNOWN, "reports.dhis2_out_of_order")
    counts, conflicts = _counts(body), _conflicts(body)
    if counts is None:
        return Outcome(
            SendState.REFUSED,
            "reports.dhis2_conflict" if status == 409 else "reports.dhis2_bad_content",
            {},
            conflicts,
        )
    taken = counts["imported"] + counts["updated"]
    if conflicts or status >= 400:
        state = SendState.PARTIAL if taken or status == 200 else SendState.REFUSED
        return Outcome(state, "reports.dhis2_conflict", counts, conflicts)
    if counts["ignored"] > repeats:
        return Outcome(SendState.PARTIAL, "reports.dhis2_ignored", counts)
    if taken + counts["ignored"] < rows:
        return Outcome(SendState.PARTIAL, "reports.dhis2_uncounted", counts)
    return Outcome(SendState.SENT, "", counts)


def _summary(body: object) -> dict[str, Any]:
    inner = body.get("response", body) if isinstance(body, dict) else {}
    return inner if isinstance(inner, dict) else {}


def _counts(body: object) -> dict[str, int] | None:
    found = _summary(body).get("importCount")
    if not isinstance(found, dict):
        return None
    return {name: _count(found.get(name)) for name in COUNTS}


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _conflicts(body: object) -> tuple[Conflict, ...]:
    found = _summary(body).get("conflicts")
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return tuple(
        Conflict(_words(row.get("object")), _words(row.get("value")))
        for row in rows[:MOST_CONFLICTS]
    )


def _words(value: object) -> str:
    text = str(value) if isinstance(value, str | int | float) else ""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:LONGEST_WORDS]


def goes_on(outcome: Outcome) -> bool:
    """Whether the next part of a long table is sent after this one."""
    return outcome.state in (SendState.SENT, SendState.PARTIAL)


def together(parts: Sequence[Outcome]) -> Outcome:
    """What came of a table that went in several calls; what was not sent is not called sent."""
    if len(parts) == 1:
        return parts[0]
    counts = {name: sum(each.counts.get(name, 0) for each in parts) for name in COUNTS}
    conflicts = tuple(found for each in parts for found in each.conflicts)[:MOST_CONFLICTS]
    wrong = [each for each in parts if each.state is not SendState.SENT]
    if not wrong:
        return Outcome(SendState.SENT, "", counts)
    last = wrong[-1]
    state = SendState.UNKNOWN if last.state is SendState.UNKNOWN else SendState.PARTIAL
    return Outcome(state, last.problem, counts, conflicts)


def taken_rows(rows: Sequence[DataRow], outcome: Outcome) -> list[DataRow]:
    """The rows that the other side has, or may have, after a call."""
    if outcome.state in (SendState.SENT, SendState.UNKNOWN):
        return list(rows)
    if outcome.state is not SendState.PARTIAL:
        return []
    words = " ".join(f"{each.object} {each.words}" for each in outcome.conflicts)
    return [row for row in rows if row.element not in words and row.org_unit not in words]
