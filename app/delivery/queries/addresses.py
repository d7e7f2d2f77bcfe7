"""Where people are written to, and what is known of each address."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.delivery.models import ContactPoint
from app.delivery.queries.phones import rings_still
from app.delivery.rules.roads import USABLE, AddressKind, AddressState


def find_addresses(
    session: Session, person_ids: Collection[str]
) -> Mapping[str, Mapping[AddressKind, str]]:
    """The addresses at which these people can be written to: ids by person and kind."""
    found: dict[str, dict[AddressKind, str]] = {}
    rows = session.execute(
        select(ContactPoint.person_id, ContactPoint.channel, ContactPoint.id)
        .where(ContactPoint.person_id.in_(person_ids), ContactPoint.gone_at.is_(None))
        .where(ContactPoint.state.in_(USABLE))
        .where(or_(ContactPoint.channel != AddressKind.PUSH, rings_still()))
    )
    for person_id, kind, point_id in rows:
        found.setdefault(person_id, {})[AddressKind(kind)] = point_id
    return found


@dataclass(frozen=True, slots=True)
class AddressShown:
    """An address of a person with what is known of it, since when and why."""

    id: str
    kind: AddressKind
    address: str
    state: AddressState
    code: str
    at: datetime

    @property
    def is_used(self) -> bool:
        """Whether messages are sent to it."""
        return self.state in USABLE


def list_addresses(session: Session, person_id: str) -> Sequence[AddressShown]:
    """Where a person is written to, and what is known of each address; phones that ring aside."""
    rows = session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id, ContactPoint.gone_at.is_(None))
        .where(ContactPoint.channel != AddressKind.PUSH)
        .order_by(ContactPoint.channel.desc(), ContactPoint.id)
    )
    return [
        AddressShown(
            row.id,
            AddressKind(row.channel),
            row.address,
            AddressState(row.state),
            row.state_code or "",
            row.state_at,
        )
        for row in rows
    ]
