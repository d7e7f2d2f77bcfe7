"""Who has a valid card and who has not, by unit and by name, with all that stands on a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Branch, Card
from app.workforce.models import Worker
from app.workforce.queries.units import Unit, list_units

# The one card of a worker that is in use.
_VALID = and_(Card.account_id == Worker.id, Card.revoked_at.is_(None))


@dataclass(frozen=True, slots=True)
class UnitCards:
    """How many people of a unit, all below it included, hold a valid card, and how many do not."""

    unit: Unit
    held: int
    missing: int

    @property
    def people(self) -> int:
        """Everybody who works there."""
        return self.held + self.missing


@dataclass(frozen=True, slots=True)
class CardPerson:
    """Somebody who may get a card; `number` and `made_at` are of the valid one."""

    id: str
    name: str
    badge: str
    unit: str
    unit_id: int
    company: str
    company_id: int
    number: int | None
    made_at: datetime | None


def list_unit_cards(session: Session, paths: Sequence[str]) -> list[UnitCards]:
    """Cards unit by unit, empty units left out."""
    rows = session.execute(
        select(Branch.path, func.count(Worker.id), func.count(Card.id))
        .join(Worker, Worker.branch_id == Branch.id)
        .outerjoin(Card, _VALID)
        .where(or_(*[Branch.path.startswith(path) for path in paths]), Worker.left_on.is_(None))
        .group_by(Branch.path)
    ).all()
    found = []
    for unit in list_units(session, paths):
        inside = [(people, held) for path, people, held in rows if path.startswith(unit.path)]
        people, held = (sum(column) for column in zip(*inside, strict=True)) if inside else (0, 0)
        if people:
            found.append(UnitCards(unit, held, people - held))
    return found


def list_card_people(
    session: Session, path: str, worker_ids: Sequence[str] | None = None
) -> list[CardPerson]:
    """Who works in a unit, or the named ones of them, by unit and name."""
    company = aliased(Branch)
    chosen = (
        select(
            Worker.id,
            Worker.name,
            Worker.badge,
            Branch.name,
            Branch.id,
            company.name,
            company.id,
            Card.number,
            Card.made_at,
        )
        .join(Branch, Branch.id == Worker.branch_id)
        .join(company, company.id == Worker.company_id)
        .outerjoin(Card, _VALID)
        .where(Branch.path.startswith(path), Worker.left_on.is_(None))
        .order_by(Branch.name, Worker.name_folded, Worker.id)
    )
    if worker_ids is not None:
        chosen = chosen.where(Worker.id.in_(worker_ids))
    return [CardPerson(*row) for row in session.execute(chosen).all()]
