"""Who wears which badge, asked for many at once."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.queries.branches import list_companies
from app.accounts.rules import badge_key
from app.kernel.actors import Grant
from app.kernel.text import fold
from app.workforce.models import Worker

# A badge and the code of its company, which may be empty.
Named = tuple[str, str]
worker, branch = Worker.__table__.c, Branch.__table__.c
# A badge of a record that was merged away is its owner's old one.
STANDS = Worker.__table__.alias("stands")
WEARERS = (
    select(worker.company_id, worker.badge_key, STANDS.c.id, branch.path)
    .select_from(Worker.__table__)
    .join(STANDS, STANDS.c.id == func.coalesce(worker.merged_into_id, worker.id))
    .join(Branch.__table__, branch.id == STANDS.c.branch_id)
    .where(
        worker.company_id.in_(bindparam("companies", expanding=True)),
        worker.badge_key.in_(bindparam("badges", expanding=True)),
    )
)


def find_by_badges(
    session: Session, named: Sequence[tuple[Named, Sequence[Grant]]]
) -> list[tuple[str, str] | None]:
    """Worker and branch path of each badge, in order, or None.

    Without the code of a company it is the one company within the asker's reach.
    """
    if not named:
        return []
    companies = _Companies(session)
    keys = [
        (companies.find(company, grants), badge_key(badge)) for (badge, company), grants in named
    ]
    asked = {
        "companies": sorted({company_id for company_id, _ in keys if company_id is not None}),
        "badges": sorted({badge for _, badge in keys}),
    }
    rows = session.connection().execute(WEARERS, asked).all()
    wearers = {
        (company_id, badge): (worker_id, path) for company_id, badge, worker_id, path in rows
    }
    return [wearers.get((company_id or 0, badge)) for company_id, badge in keys]


class _Companies:
    """Ids of companies by code or by reach, each looked up once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._ids: dict[object, int | None] = {}
        self._by_code: dict[str, int] | None = None

    def find(self, code: str, grants: Sequence[Grant]) -> int | None:
        if code:
            if self._by_code is None:
                everybody = list_companies(self.session)
                self._by_code = {fold(each.code): each.id for each in everybody}
            return self._by_code.get(fold(code))
        reach = tuple(grant.path for grant in grants)
        if reach not in self._ids:
            reached = list_companies(self.session, reach) if reach else ()
            self._ids[reach] = reached[0].id if len(reached) == 1 else None
        return self._ids[reach]
