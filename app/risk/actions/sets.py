"""The park's own index sets: entering a version, and taking one out of use."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.risk.models import RiskSet
from app.risk.queries.sets import OWN, body_digest, body_of, set_of
from app.risk.rules.index_sets import IndexSet
from app.risk.rules.reading import index_set
from app.risk.rules.refusals import SameSet, SetWithdrawn


def add_own_set(
    session: Session, row: Mapping[str, Any], *, actor: Actor, now: datetime
) -> IndexSet:
    """Keep the next version of an own set; what was assessed by the last one stays as it is."""
    versions = select(RiskSet).where(RiskSet.origin == OWN, RiskSet.code == row["id"])
    newest = session.scalars(versions.order_by(RiskSet.version.desc()).limit(1)).first()
    held = session.scalar(select(func.max(RiskSet.version)).where(RiskSet.code == row["id"]))
    body = body_of(dict(row) | {"version": (held or 0) + 1}, {})
    made = index_set(body["row"], {})
    if newest is not None and newest.withdrawn_at is None and _same(newest, body):
        raise SameSet(version=newest.version)
    kept = RiskSet(
        id=new_id(now),
        code=made.id,
        version=made.version,
        digest=body_digest(body),
        origin=OWN,
        valid_from_on=made.valid_from_on,
        body=body,
        added_at=now,
        added_by=actor.name,
    )
    session.add(kept)
    session.flush()
    record_act(
        session, "risk.set_added", actor=actor, now=now, subject_id=kept.id, version=made.version
    )
    return made


def _same(kept: RiskSet, body: Mapping[str, Any]) -> bool:
    return {**kept.body["row"], "version": 0} == {**body["row"], "version": 0}


def withdraw_set(session: Session, set_id: str, *, actor: Actor, now: datetime) -> IndexSet:
    """No place is assessed by this version any more; assessments made by it stay."""
    kept = session.get_one(RiskSet, set_id)
    if kept.withdrawn_at is not None:
        raise SetWithdrawn
    kept.withdrawn_at, kept.withdrawn_by = now, actor.name
    session.flush()
    record_act(session, "risk.set_withdrawn", actor=actor, now=now, subject_id=set_id)
    return set_of(kept)
