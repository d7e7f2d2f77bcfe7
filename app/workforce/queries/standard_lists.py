"""The lists of the data file, and the workers who are written in one."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.workforce.models import Worker
from app.workforce.queries.reference import DATA
from app.workforce.rules.standard_list import Lack, ListedPerson, StandardList, standard_list


@dataclass(frozen=True, slots=True)
class ListScope:
    """Whose workers are listed: a company's, under some of its units, left ones too or not."""

    company_id: int
    paths: tuple[str, ...]
    only_working: bool


@functools.cache
def _data() -> Any:
    return yaml.safe_load((DATA / "standard_lists.yaml").read_text(encoding="utf-8"))


@functools.cache
def get_standard_list(list_id: str = "vaccination") -> StandardList:
    """One of the lists that a campaign asks for."""
    return standard_list(_data(), list_id)


def get_priority_groups() -> Mapping[int, str]:
    """Groups of people by number, Decision 3355/QĐ-BYT of 8 July 2021."""
    groups: Mapping[int, str] = _data()["priority_groups"]["groups"]
    return groups


def count_lacks(session: Session, scope: ListScope) -> tuple[int, dict[Lack, int]]:
    """How many workers the list has, and about how many each thing is missing."""
    no_day = Worker.born_on.is_(None)
    lacking: dict[Lack, ColumnElement[bool]] = {
        Lack.BORN: and_(no_day, Worker.birth_year.is_(None)),
        Lack.BORN_DAY: and_(no_day, Worker.birth_year.is_not(None)),
        Lack.SEX: Worker.sex.is_(None),
        Lack.PHONE: Worker.phone_index.is_(None),
        Lack.ID_NUMBER: Worker.id_number_index.is_(None),
    }
    counted = [func.count(case((lacks, 1))) for lacks in lacking.values()]
    row = session.execute(
        select(func.count(), *counted)
        .select_from(Worker)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(*_within(scope))
    ).one()
    return row[0], dict(zip(lacking, row[1:], strict=True))


def list_next_people(
    session: Session, scope: ListScope, after: tuple[int, str, str] | None, limit: int
) -> tuple[Sequence[ListedPerson], tuple[int, str, str] | None]:
    """The next workers by unit and name, and the place after which to go on; None at the end."""
    place = tuple_(Worker.branch_id, Worker.name_folded, Worker.id)
    chosen = (
        select(
            Worker.branch_id,
            Worker.name_folded,
            Worker.id,
            Worker.name,
            Worker.badge,
            Worker.born_on,
            Worker.birth_year,
            Worker.sex,
            Worker.phone,
            Worker.id_number,
        )
        .join(Branch, Branch.id == Worker.branch_id)
        .where(*_within(scope))
        .order_by(Worker.branch_id, Worker.name_folded, Worker.id)
        .limit(limit)
    )
    if after is not None:
        chosen = chosen.where(place > tuple_(*after))
    rows = session.execute(chosen).all()
    people = [
        ListedPerson(id_, name, badge, born_on, year, sex, phone, id_number)
        for _, _, id_, name, badge, born_on, year, sex, phone, id_number in rows
    ]
    return people, (rows[-1][0], rows[-1][1], rows[-1][2]) if rows else None


def _within(scope: ListScope) -> list[ColumnElement[bool]]:
    within = [
        Worker.company_id == scope.company_id,
        or_(*[Branch.path.startswith(path) for path in scope.paths]),
    ]
    return [*within, Worker.left_on.is_(None)] if scope.only_working else within
