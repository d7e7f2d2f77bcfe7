"""What is written down of purges, and the days that a node keeps."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.extensions import upsert
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.retention.models import PurgeRun, RetentionDays
from app.retention.queries.plan import days_by_rule, get_rules
from app.retention.rules.periods import check_days


def begin_run(session: Session, *, actor: Actor, now: datetime) -> str:
    """A purge begins; its id."""
    run = PurgeRun(id=new_id(now), began_at=now, by_name=actor.name)
    session.add(run)
    session.flush()
    return run.id


def finish_run(
    session: Session,
    run_id: str,
    counts: Mapping[str, int],
    *,
    people: int,
    keys: int,
    failed: int,
    actor: Actor,
    now: datetime,
) -> None:
    """A purge came to its end: rows by table, people, keys that went; people who could not go."""
    session.execute(
        update(PurgeRun)
        .where(PurgeRun.id == run_id)
        .values(counts=dict(counts), people=people, keys=keys, failed=failed, finished_at=now)
    )
    record_act(
        session,
        "retention.purged",
        actor=actor,
        now=now,
        subject_id=run_id,
        rows=dict(counts),
        people=people,
        keys=keys,
        failed=failed,
    )


def set_days(session: Session, code: str, days: int, *, actor: Actor, now: datetime) -> None:
    """Keep a kind for so many days from now on; refused outside the bounds of its rule."""
    rule = get_rules().get(code)
    if rule is None:
        raise NotFound
    check_days(rule, days)
    before = days_by_rule(session)[code]
    if days == before:
        return
    session.execute(delete(RetentionDays).where(RetentionDays.rule == code))
    if days != rule.days:
        session.execute(
            upsert(session, RetentionDays).values(
                rule=code, days=days, set_at=now, set_by=actor.name
            )
        )
    record_act(
        session, "retention.days_set", actor=actor, now=now, rule=code, days=days, before=before
    )
