"""Index sets to go by: those of the program and the park's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_park
from app.kernel.canonical import digest
from app.risk.models import RiskSet
from app.risk.queries.data_files import list_built_in_sets, set_data
from app.risk.rules.index_sets import IndexSet, is_in_force, newest_in_force
from app.risk.rules.reading import index_set
from app.risk.rules.refusals import SetNotInForce, UnknownSet

BUILT_IN, OWN = "built_in", "own"


@dataclass(frozen=True, slots=True)
class SetShown:
    """A set with where it comes from; `id` is None for one of the program not used yet."""

    index_set: IndexSet
    origin: str
    id: str | None = None
    added_at: datetime | None = None
    added_by: str = ""
    withdrawn_at: datetime | None = None


def body_of(row: Mapping[str, Any], sources: Mapping[str, str]) -> dict[str, Any]:
    """A set's data as it is kept: plain JSON, with the words of its sources."""
    return {"row": _plain(row), "sources": dict(sources)}


def built_in_body(set_id: str) -> dict[str, Any]:
    """The data of one of the program's sets."""
    data = set_data()
    row = next(each for each in data["index_sets"] if each["id"] == set_id)
    return body_of(row, data["sources"])


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    # As text a number keeps its digits, whatever a database makes of binary fractions.
    if isinstance(value, float | date):
        return str(value)
    return value


def body_digest(body: Mapping[str, Any]) -> str:
    """What tells two bodies apart."""
    return digest(body)


def set_of(kept: RiskSet) -> IndexSet:
    """The set of a row."""
    return index_set(kept.body["row"], kept.body["sources"])


def list_own_sets(session: Session) -> list[SetShown]:
    """The park's own sets, newest first, those taken out of use too."""
    rows = session.scalars(
        select(RiskSet).where(RiskSet.origin == OWN).order_by(RiskSet.added_at.desc(), RiskSet.id)
    )
    return [
        SetShown(set_of(row), OWN, row.id, row.added_at, row.added_by, row.withdrawn_at)
        for row in rows
    ]


def list_sets(session: Session) -> list[SetShown]:
    """Every set there is: the program's, then the park's own."""
    return [*(SetShown(each, BUILT_IN) for each in list_built_in_sets()), *list_own_sets(session)]


def list_sets_in_force(session: Session, on: date) -> list[SetShown]:
    """Of every set the version that a place may be assessed by on a day."""
    in_use = [each for each in list_sets(session) if each.withdrawn_at is None]
    found = []
    for code in dict.fromkeys(each.index_set.id for each in in_use):
        versions = [each for each in in_use if each.index_set.id == code]
        newest = newest_in_force([each.index_set for each in versions], on)
        found += [each for each in versions if each.index_set == newest]
    return found


def get_set_named(session: Session, code: str, on: date) -> IndexSet:
    """The version of a set that counts on a day; refused where there is none."""
    versions: Sequence[IndexSet] = [
        each.index_set
        for each in list_sets(session)
        if each.index_set.id == code and each.withdrawn_at is None
    ]
    found = newest_in_force(versions, on)
    if found is not None:
        return found
    ahead = [each.valid_from_on for each in versions if not is_in_force(each, on)]
    if ahead:
        raise SetNotInForce(from_on=min(ahead))
    raise UnknownSet


def find_own_set_path(session: Session, set_id: str) -> str | None:
    """The branch path of an own set: it belongs to the park as a whole."""
    kept = session.get(RiskSet, set_id)
    park = find_park(session)
    return park.path if park and kept and kept.origin == OWN else None
