"""Tables of the risk index: sets as they stood, assessments with every version, findings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class RiskSet(Model):
    """An index set as it stood when a place was assessed by it; its body never changes."""

    __tablename__ = "risk_set"
    __table_args__ = (UniqueConstraint("code", "version", "digest"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(10))
    valid_from_on: Mapped[date]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[str] = mapped_column(String(120))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_by: Mapped[str | None] = mapped_column(String(120))


class RiskAssessment(Model):
    """A place assessed on a day by a set; `version` counts what was saved of it, 0 is nothing."""

    __tablename__ = "risk_assessment"
    __table_args__ = (Index("ix_risk_assessment_place", "branch_id", "assessed_on"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    set_id: Mapped[str] = mapped_column(ForeignKey("risk_set.id"))
    assessed_on: Mapped[date]
    version: Mapped[int]
    begun_at: Mapped[datetime] = mapped_column(Moment)
    begun_by: Mapped[str] = mapped_column(String(120))


class RiskVersion(Model):
    """What was saved of an assessment, once; points and band stay null until it is complete."""

    __tablename__ = "risk_version"

    assessment_id: Mapped[str] = mapped_column(ForeignKey("risk_assessment.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    answers: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON)
    stated: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(500))
    missing: Mapped[int]
    points: Mapped[str | None] = mapped_column(String(40))
    band: Mapped[str | None] = mapped_column(String(60))
    saved_at: Mapped[datetime] = mapped_column(Moment)
    saved_by: Mapped[str] = mapped_column(String(120))
    account_id: Mapped[str | None] = mapped_column(String(36))


class RiskFinding(Model):
    """Something found wrong at a place, who mends it by which day, and what became of it."""

    __tablename__ = "risk_finding"
    __table_args__ = (Index("ix_risk_finding_place", "branch_id", "due_on"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    assessment_id: Mapped[str | None] = mapped_column(ForeignKey("risk_assessment.id"))
    component: Mapped[str] = mapped_column(String(300), default="")
    finding: Mapped[str] = mapped_column(String(500))
    action: Mapped[str] = mapped_column(String(500))
    owner: Mapped[str] = mapped_column(String(120))
    due_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    found_at: Mapped[datetime] = mapped_column(Moment)
    found_by: Mapped[str] = mapped_column(String(120))
    outcome: Mapped[str] = mapped_column(String(500), default="")
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by: Mapped[str | None] = mapped_column(String(120))


class RiskPhoto(Model):
    """A picture of a finding or of what was mended, drawn anew without what the camera noted."""

    __tablename__ = "risk_photo"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    finding_id: Mapped[str] = mapped_column(ForeignKey("risk_finding.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[str] = mapped_column(String(120))
