"""Addresses of people: kept as the lists say, and what is known of each address."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.delivery.models import ContactPoint, Delivery, PushSubscription
from app.delivery.rules.roads import AddressKind, AddressState
from app.extensions import blind_index, upsert
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound

UNLOADED = {"synchronize_session": False}


def keep_address(
    session: Session, person_id: str, kind: AddressKind, address: str | None, *, now: datetime
) -> None:
    """From now on this is a person's one address of its kind; None: they have none."""
    keep_addresses(session, kind, {person_id: address}, now=now)


def keep_addresses(
    session: Session,
    kind: AddressKind,
    address_by_person: Mapping[str, str | None],
    *,
    now: datetime,
) -> None:
    """From now on these are people's addresses of a kind, in a few statements for all.

    What is known of an address holds for whoever gets it: an opt-out, or that nothing arrives.
    """
    if not address_by_person:
        return
    held = session.execute(
        select(
            ContactPoint.id,
            ContactPoint.person_id,
            ContactPoint.address_hash,
            ContactPoint.gone_at,
        ).where(ContactPoint.channel == kind, ContactPoint.person_id.in_(address_by_person))
    ).all()
    hash_by_person = {
        person_id: blind_index(address)
        for person_id, address in address_by_person.items()
        if address
    }
    gone = [
        row.id
        for row in held
        if row.gone_at is None and hash_by_person.get(row.person_id) != row.address_hash
    ]
    back = [
        row.id
        for row in held
        if row.gone_at is not None and hash_by_person.get(row.person_id) == row.address_hash
    ]
    for ids, at in ((gone, now), (back, None)):
        if ids:
            session.execute(
                update(ContactPoint).where(ContactPoint.id.in_(ids)).values(gone_at=at),
                execution_options=UNLOADED,
            )
    known = {(row.person_id, row.address_hash) for row in held}
    new = {who: digest for who, digest in hash_by_person.items() if (who, digest) not in known}
    if not new:
        return
    states = _known_states(session, kind, list(new.values()))
    rows = [
        {
            "id": new_id(now),
            "person_id": person_id,
            "channel": kind,
            "address": address_by_person[person_id],
            "address_hash": digest,
            "state": states.get(digest, (AddressState.UNKNOWN, None, now))[0],
            "state_code": states.get(digest, (AddressState.UNKNOWN, None, now))[1],
            "state_at": states.get(digest, (AddressState.UNKNOWN, None, now))[2],
        }
        for person_id, digest in new.items()
    ]
    session.execute(upsert(session, ContactPoint).on_conflict_do_nothing(), rows)


def _known_states(
    session: Session, kind: AddressKind, hashes: Sequence[str]
) -> dict[str, tuple[str, str | None, datetime]]:
    """What others who have these addresses told of them, by digest of the address."""
    rows = session.execute(
        select(
            ContactPoint.address_hash,
            ContactPoint.state,
            ContactPoint.state_code,
            ContactPoint.state_at,
        )
        .where(ContactPoint.channel == kind, ContactPoint.address_hash.in_(hashes))
        .where(ContactPoint.state != AddressState.UNKNOWN)
    )
    return {digest: (state, code, at) for digest, state, code, at in rows}


def set_address_state(
    session: Session,
    kind: AddressKind,
    address_hash: str,
    state: AddressState,
    *,
    code: str | None,
    now: datetime,
) -> None:
    """What is known of an address from now on, whoever has it."""
    session.execute(
        update(ContactPoint)
        .where(ContactPoint.channel == kind, ContactPoint.address_hash == address_hash)
        .values(state=state, state_code=code, state_at=now),
        execution_options=UNLOADED,
    )


def drop_unused_addresses(session: Session, person_ids: Sequence[str]) -> None:
    """The addresses of people who were added by mistake go, but for those that were written to."""
    used = exists().where(Delivery.contact_point_id == ContactPoint.id)
    of_people = select(ContactPoint.id).where(ContactPoint.person_id.in_(person_ids))
    session.execute(
        delete(PushSubscription).where(PushSubscription.contact_point_id.in_(of_people)),
        execution_options=UNLOADED,
    )
    session.execute(
        delete(ContactPoint).where(ContactPoint.person_id.in_(person_ids), ~used),
        execution_options=UNLOADED,
    )


def change_address_state(
    session: Session,
    person_id: str,
    point_id: str,
    state: AddressState,
    *,
    code: str | None,
    actor: Actor,
    now: datetime,
) -> tuple[str, str | None]:
    """Somebody says what is to hold of a person's address; returns what held before, and why."""
    point = session.get(ContactPoint, point_id, with_for_update=True)
    if point is None or point.person_id != person_id or point.gone_at is not None:
        raise NotFound
    was, hashed = (point.state, point.state_code), point.address_hash
    kind = AddressKind(point.channel)
    told = code or ("told" if state is AddressState.OPTED_OUT else None)
    set_address_state(session, kind, hashed, state, code=told, now=now)
    record_act(
        session,
        "delivery.address_state_changed",
        actor=actor,
        now=now,
        subject_id=person_id,
        kind=str(kind),
        state=str(state),
        before=was[0],
    )
    return was
