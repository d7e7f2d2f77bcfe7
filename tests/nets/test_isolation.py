"""A query of a company's pages cannot be written without saying whose rows it wants."""

from sqlalchemy import Select, exists, func, select

from app.accounts.models import Branch
from app.checkins.models import Duty
from app.workforce.models import Worker
from tests.nets.isolation import read_whole


def test_the_check_knows_a_query_that_says_whose_rows_from_one_that_does_not() -> None:
    bad: list[Select[tuple[int]]] = [
        select(func.count()).select_from(Worker),
        select(func.count()).select_from(Worker).where(Worker.name == "Hoa"),
        select(func.count()).select_from(Worker).where(Worker.left_on.is_(None)),
        select(func.count()).select_from(Duty).join(Worker, Worker.id == Duty.worker_id),
        select(func.count()).select_from(Duty).where(Duty.shift == "ca1"),
    ]
    for each in bad:
        assert read_whole(each)
    under = Branch.path.startswith("/1/2/")
    good: list[Select[tuple[int]]] = [
        select(func.count()).select_from(Worker).where(Worker.company_id == 2),
        select(func.count()).select_from(Worker).where(Worker.id.in_(["a", "b"])),
        select(func.count())
        .select_from(Worker)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(under),
        select(func.count())
        .select_from(Duty)
        .join(Worker, Worker.id == Duty.worker_id)
        .where(Worker.company_id == 2),
        select(func.count())
        .select_from(Duty)
        .where(exists().where(Branch.id == Duty.branch_id, under)),
    ]
    for each in good:
        assert not read_whole(each)
