"""Assessing a place: beginning, and saving a version over the one that was seen."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.audit.actions import record_act
from app.extensions import upsert
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.text import squeeze
from app.risk.models import RiskAssessment, RiskSet, RiskVersion
from app.risk.queries.sets import SetShown, body_digest, built_in_body, set_of
from app.risk.rules.changes import Stated
from app.risk.rules.index_sets import is_in_force, written
from app.risk.rules.records import Kept, kept_row, stated_row
from app.risk.rules.refusals import DayAhead, SavedMeanwhile, SetNotInForce, SetWithdrawn
from app.risk.rules.scoring import check_maxima, missing, score

LONGEST_NOTE = 500


def begin_assessment(
    session: Session,
    branch: Branch,
    shown: SetShown,
    on: date,
    *,
    today: date,
    actor: Actor,
    now: datetime,
) -> str:
    """An assessment of a place by a set on a day, with nothing in it yet; returns its id."""
    if on > today:
        raise DayAhead
    if not is_in_force(shown.index_set, on):
        raise SetNotInForce(from_on=shown.index_set.valid_from_on)
    set_id = shown.id or _kept_set(session, shown, now=now)
    if session.get_one(RiskSet, set_id).withdrawn_at is not None:
        raise SetWithdrawn
    assessment_id = new_id(now)
    session.add(
        RiskAssessment(
            id=assessment_id,
            branch_id=branch.id,
            set_id=set_id,
            assessed_on=on,
            version=0,
            begun_at=now,
            begun_by=actor.name,
        )
    )
    session.flush()
    return assessment_id


def _kept_set(session: Session, shown: SetShown, *, now: datetime) -> str:
    """A set of the program as it stands now, kept once."""
    made, body = shown.index_set, built_in_body(shown.index_set.id)
    key = {"code": made.id, "version": made.version, "digest": body_digest(body)}
    session.execute(
        upsert(session, RiskSet)
        .values(
            id=new_id(now),
            **key,
            origin=shown.origin,
            valid_from_on=made.valid_from_on,
            body=body,
            added_at=now,
            added_by="",
        )
        .on_conflict_do_nothing(index_elements=list(key))
    )
    return session.scalars(select(RiskSet.id).filter_by(**key)).one()


def save_assessment(
    session: Session,
    assessment_id: str,
    seen: int,
    answers: Mapping[str, Kept],
    stated: Mapping[str, Stated],
    note: str,
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Save the next version over version `seen`; refused when somebody saved another meanwhile.

    What lacks components is kept, without a score.
    """
    assessment = session.get_one(RiskAssessment, assessment_id)
    won = session.execute(
        update(RiskAssessment)
        .where(RiskAssessment.id == assessment_id, RiskAssessment.version == seen)
        .values(version=seen + 1)
        .returning(RiskAssessment.id)
    ).first()
    if won is None:
        raise _saved_by(session, assessment_id)
    chosen_set = set_of(session.get_one(RiskSet, assessment.set_id))
    plain = {name: kept.answer for name, kept in answers.items()}
    lacking = missing(chosen_set, plain)
    check_maxima(chosen_set, plain)
    result = None if lacking else score(chosen_set, plain)
    session.add(
        RiskVersion(
            assessment_id=assessment_id,
            number=seen + 1,
            answers={name: kept_row(kept) for name, kept in answers.items()},
            stated={name: stated_row(each) for name, each in stated.items()},
            note=squeeze(note)[:LONGEST_NOTE],
            missing=len(lacking),
            points=written(result.points) if result else None,
            band=result.band.id if result else None,
            saved_at=now,
            saved_by=actor.name,
            account_id=actor.account_id,
        )
    )
    session.flush()
    record_act(
        session,
        "risk.assessment_saved",
        actor=actor,
        now=now,
        subject_id=assessment_id,
        company_id=session.get_one(Branch, assessment.branch_id).company_id,
        version=seen + 1,
    )
    return seen + 1


def _saved_by(session: Session, assessment_id: str) -> SavedMeanwhile:
    newest = session.scalars(
        select(RiskVersion)
        .where(RiskVersion.assessment_id == assessment_id)
        .order_by(RiskVersion.number.desc())
        .limit(1)
    ).first()
    return SavedMeanwhile(name=newest.saved_by if newest else "")
