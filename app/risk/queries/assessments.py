"""Assessments of places: the newest of each, one with its versions, and where they belong."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.risk.models import RiskAssessment, RiskSet, RiskVersion
from app.risk.queries.sets import set_of
from app.risk.rules.changes import Stated
from app.risk.rules.index_sets import HUNDRED, Band, IndexSet
from app.risk.rules.records import Kept, kept_of, stated_of_row
from app.risk.rules.scoring import Score, score, shown_pct

LONGEST_TREND = 12


@dataclass(frozen=True, slots=True)
class Result:
    """What an assessment came to: None for what is not complete."""

    id: str
    on: date
    index_set: IndexSet
    missing: int
    points: Fraction | None
    saved_at: datetime | None
    saved_by: str

    @property
    def pct(self) -> Fraction | None:
        """The exact percent."""
        return None if self.points is None else HUNDRED * self.points / self.index_set.max_points

    @property
    def shown(self) -> Fraction | None:
        """The percent as it is written."""
        return None if self.pct is None else shown_pct(self.index_set, self.pct)

    @property
    def band(self) -> Band | None:
        """The band it falls into."""
        return None if self.pct is None else self.index_set.band_at(self.pct)


def trend_of(results: Sequence[Result], set_id: str) -> tuple[Result, ...]:
    """Of results, newest first, the last complete ones by one set, oldest first."""
    same = [each for each in results if each.points is not None and each.index_set.id == set_id]
    return tuple(reversed(same[:LONGEST_TREND]))


@dataclass(frozen=True, slots=True)
class Place:
    """A company, or a unit that was assessed, with its results, newest first."""

    id: int
    name: str
    company: str
    kind: str
    path: str
    results: tuple[Result, ...]

    @property
    def scored(self) -> Result | None:
        """The newest complete assessment."""
        return next((each for each in self.results if each.points is not None), None)

    @property
    def unfinished(self) -> Result | None:
        """The newest assessment, where it is not complete."""
        newest = self.results[0] if self.results else None
        return newest if newest and newest.points is None else None

    @property
    def trend(self) -> tuple[Result, ...]:
        """The last complete assessments by the set of the newest, oldest first."""
        return trend_of(self.results, self.scored.index_set.id) if self.scored else ()


@dataclass(frozen=True, slots=True)
class Version:
    """One saved version of an assessment."""

    number: int
    answers: Mapping[str, Kept]
    stated: Mapping[str, Stated]
    note: str
    saved_at: datetime
    saved_by: str
    score: Score | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessment with every version, newest first, and where it stands."""

    id: str
    branch_id: int
    place: str
    company: str
    kind: str
    path: str
    on: date
    set_id: str
    index_set: IndexSet
    origin: str
    is_withdrawn: bool
    begun_at: datetime
    begun_by: str
    versions: tuple[Version, ...]

    @property
    def newest(self) -> Version | None:
        """What stands now."""
        return self.versions[0] if self.versions else None


def find_assessment_path(session: Session, assessment_id: str) -> str | None:
    """The branch path of an assessment."""
    return session.scalar(
        select(Branch.path)
        .join(RiskAssessment, RiskAssessment.branch_id == Branch.id)
        .where(RiskAssessment.id == assessment_id)
    )


def list_places(session: Session, paths: Sequence[str]) -> list[Place]:
    """Companies within reach, the units of theirs that were assessed, and the park if it was."""
    reach = or_(*[Branch.path.startswith(path) for path in paths])
    results = _results(session, reach)
    branches = session.scalars(
        select(Branch)
        .where(reach)
        .where(
            or_(
                Branch.id.in_(list(results)),
                and_(Branch.kind == "company", Branch.closed_on.is_(None)),
            )
        )
        .order_by(Branch.path)
    ).all()
    names = _names(session, [branch.path for branch in branches])
    return [
        Place(
            branch.id,
            _place_name(branch, names),
            names.get(branch.company_id or 0, branch.name),
            branch.kind,
            branch.path,
            tuple(results.get(branch.id, ())),
        )
        for branch in branches
    ]


def list_results(session: Session, branch_id: int) -> list[Result]:
    """Every assessment of one place, newest first."""
    return _results(session, Branch.id == branch_id).get(branch_id, [])


def list_scores(session: Session, branch_ids: Sequence[int]) -> dict[int, Result]:
    """The newest complete assessment of each of these places as a whole, by place."""
    found = _results(session, Branch.id.in_(branch_ids))
    scored = {
        branch_id: next((each for each in results if each.points is not None), None)
        for branch_id, results in found.items()
    }
    return {branch_id: each for branch_id, each in scored.items() if each is not None}


def _results(session: Session, of_places: ColumnElement[bool]) -> dict[int, list[Result]]:
    rows = session.execute(
        select(
            RiskAssessment.id,
            RiskAssessment.branch_id,
            RiskAssessment.assessed_on,
            RiskAssessment.set_id,
            RiskVersion.missing,
            RiskVersion.points,
            RiskVersion.saved_at,
            RiskVersion.saved_by,
        )
        .join(Branch, Branch.id == RiskAssessment.branch_id)
        .outerjoin(
            RiskVersion,
            and_(
                RiskVersion.assessment_id == RiskAssessment.id,
                RiskVersion.number == RiskAssessment.version,
            ),
        )
        .where(of_places)
        .order_by(RiskAssessment.assessed_on.desc(), RiskAssessment.id.desc())
    ).all()
    sets = {
        row.id: set_of(row)
        for row in session.scalars(select(RiskSet).where(RiskSet.id.in_({r[3] for r in rows})))
    }
    found: dict[int, list[Result]] = defaultdict(list)
    for id_, branch_id, on, set_id, missing, points, saved_at, saved_by in rows:
        chosen = sets[set_id]
        lacking = len(chosen.components) if missing is None else missing
        exact = None if points is None else Fraction(points)
        found[branch_id].append(Result(id_, on, chosen, lacking, exact, saved_at, saved_by or ""))
    return found


def _names(session: Session, paths: Sequence[str]) -> dict[int, str]:
    wanted = {int(part) for path in paths for part in path.split("/") if part}
    rows = session.execute(select(Branch.id, Branch.name).where(Branch.id.in_(wanted))).all()
    return dict(rows)


def _place_name(branch: Branch, names: Mapping[int, str]) -> str:
    """A unit with what it is part of, below its company: "Xưởng 1 · Chuyền 3"."""
    ids = [int(part) for part in branch.path.split("/") if part]
    if branch.company_id is None or branch.company_id == branch.id:
        return branch.name
    inside = ids[ids.index(branch.company_id) + 1 :]
    return " · ".join(names.get(each, "") for each in inside)


def get_assessment(session: Session, assessment_id: str) -> Assessment:
    """An assessment with every version."""
    row = session.get_one(RiskAssessment, assessment_id)
    branch = session.get_one(Branch, row.branch_id)
    kept = session.get_one(RiskSet, row.set_id)
    chosen = set_of(kept)
    names = _names(session, [branch.path])
    versions = session.scalars(
        select(RiskVersion)
        .where(RiskVersion.assessment_id == assessment_id)
        .order_by(RiskVersion.number.desc())
    ).all()
    return Assessment(
        row.id,
        branch.id,
        _place_name(branch, names),
        names.get(branch.company_id or 0, branch.name),
        branch.kind,
        branch.path,
        row.assessed_on,
        kept.id,
        chosen,
        kept.origin,
        kept.withdrawn_at is not None,
        row.begun_at,
        row.begun_by,
        tuple(_version(each, chosen) for each in versions),
    )


def _version(row: RiskVersion, chosen: IndexSet) -> Version:
    answers = {name: kept_of(each) for name, each in row.answers.items()}
    plain = {name: kept.answer for name, kept in answers.items()}
    return Version(
        row.number,
        answers,
        {name: stated_of_row(each) for name, each in row.stated.items()},
        row.note,
        row.saved_at,
        row.saved_by,
        None if row.missing else score(chosen, plain),
    )
