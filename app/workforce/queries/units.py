"""Units of companies as forms and slips show them, and who in them needs a PIN."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Branch, Credential
from app.accounts.rules import BranchKind, PinState
from app.workforce.models import Worker, WorkGroup
from app.workforce.rules.groups import UNIT_KINDS

LARGEST_ID = 2**31 - 1  # an address may name any number, a column not


@dataclass(frozen=True, slots=True)
class Unit:
    """A company or a unit inside one; `name` tells what it is part of, `depth` 0 is a company."""

    id: int
    name: str
    path: str
    company_id: int
    depth: int


@dataclass(frozen=True, slots=True)
class UnitPins:
    """How many people of a unit, all below it included, stand where with their PIN."""

    unit: Unit
    none: int
    issued: int
    own: int

    @property
    def people(self) -> int:
        """Everybody who works there."""
        return self.none + self.issued + self.own


@dataclass(frozen=True, slots=True)
class SlipPerson:
    """Somebody who gets a printed PIN, with all that stands on the slip."""

    id: str
    name: str
    badge: str
    unit: str
    company: str
    company_code: str
    pin_set_at: datetime | None


def pin_state() -> ColumnElement[str]:
    """The state of a worker's PIN, where the credential is joined."""
    return case(
        (Credential.pin_hash.is_(None), PinState.NONE.value),
        (Credential.pin_must_change, PinState.ISSUED.value),
        else_=PinState.OWN.value,
    )


def list_units(session: Session, paths: Sequence[str]) -> list[Unit]:
    """Every open company and unit under these branches, top down."""
    rows = session.execute(
        select(Branch.id, Branch.name, Branch.path, Branch.company_id)
        .where(Branch.kind != BranchKind.PARK, Branch.closed_on.is_(None))
        .where(Branch.company_id.is_not(None))
    ).all()
    name_by_id = {row.id: row.name for row in rows}
    units = []
    for id_, name, path, company_id in rows:
        if company_id is None or not path.startswith(tuple(paths)):
            continue
        above = [int(part) for part in path.split("/") if part]
        inner = above[above.index(company_id) + 1 :]
        shown = " · ".join(name_by_id.get(each, "") for each in inner) or name
        units.append(Unit(id_, shown, path, company_id, len(inner)))
    return sorted(units, key=lambda unit: _place(unit, name_by_id))


def _place(unit: Unit, name_by_id: dict[int, str]) -> tuple[str, ...]:
    return tuple(name_by_id.get(int(part), "") for part in unit.path.split("/") if part)


def find_unit(session: Session, paths: Sequence[str], unit_id: int) -> Unit | None:
    """The unit of that id, where it lies under these branches."""
    row = session.get(Branch, unit_id) if unit_id and unit_id <= LARGEST_ID else None
    if row is None or row.company_id is None or row.closed_on is not None:
        return None
    if not row.path.startswith(tuple(paths)):
        return None
    above = [int(part) for part in row.path.split("/") if part]
    inner = above[above.index(row.company_id) + 1 :]
    names = select(Branch.id, Branch.name).where(Branch.id.in_(inner), Branch.closed_on.is_(None))
    name_by_id = {each.id: each.name for each in session.execute(names)}
    shown = " · ".join(name_by_id.get(each, "") for each in inner) or row.name
    return Unit(row.id, shown, row.path, row.company_id, len(inner))


def list_unit_pins(session: Session, paths: Sequence[str]) -> list[UnitPins]:
    """PINs unit by unit, empty units left out."""
    rows = session.execute(
        select(Branch.path, pin_state().label("state"), func.count())
        .join(Worker, Worker.branch_id == Branch.id)
        .join(Credential, Credential.account_id == Worker.id)
        .where(or_(*[Branch.path.startswith(path) for path in paths]), Worker.left_on.is_(None))
        .group_by(Branch.path, "state")
    ).all()
    found = []
    for unit in list_units(session, paths):
        sums = dict.fromkeys(PinState, 0)
        for path, state, count in rows:
            if path.startswith(unit.path):
                sums[PinState(state)] += count
        if any(sums.values()):
            none, issued, own = (sums[state] for state in PinState)
            found.append(UnitPins(unit, none, issued, own))
    return found


def list_slip_people(
    session: Session, path: str, states: Sequence[PinState], worker_id: str | None = None
) -> list[SlipPerson]:
    """Who works in a unit, or one of them, and stands there with the PIN; by unit and name."""
    company = aliased(Branch)
    chosen = (
        select(
            Worker.id,
            Worker.name,
            Worker.badge,
            Branch.name,
            company.name,
            company.code,
            Credential.pin_set_at,
        )
        .join(Branch, Branch.id == Worker.branch_id)
        .join(company, company.id == Worker.company_id)
        .join(Credential, Credential.account_id == Worker.id)
        .where(Branch.path.startswith(path), Worker.left_on.is_(None))
        .where(pin_state().in_([each.value for each in states]))
        .order_by(Branch.name, Worker.name_folded, Worker.id)
    )
    if worker_id is not None:
        chosen = chosen.where(Worker.id == worker_id)
    return [SlipPerson(*row) for row in session.execute(chosen).all()]


def list_unit_group_ids(session: Session, path: str) -> set[str]:
    """Groups that stand for a unit and for the units above it."""
    ids = [int(part) for part in path.split("/") if part]
    # A safety team may belong to a unit too, and nobody joins it by working there.
    standing_for = select(WorkGroup.id).where(
        WorkGroup.branch_id.in_(ids), WorkGroup.kind.in_(UNIT_KINDS), WorkGroup.closed_on.is_(None)
    )
    return set(session.scalars(standing_for))
