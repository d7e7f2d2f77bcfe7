"""The first company of a fresh park, and every one after it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.accounts.actions.branches import add_branch
from app.accounts.queries.branches import find_company, find_park
from app.accounts.rules import BranchKind
from app.kernel.actors import Actor
from app.kernel.text import squeeze
from app.workforce.actions.sites import add_company
from app.workforce.rules.importing import CompanyCodeTaken

PARK_CODE = "PARK"


def found_company(
    session: Session,
    code: str,
    name: str,
    *,
    park_name: str,
    from_on: date,
    actor: Actor,
    now: datetime,
) -> int:
    """A company of the park, which is itself made where there is none yet; returns the id."""
    if find_company(session, code) is not None:
        raise CompanyCodeTaken(company=squeeze(code))
    park = find_park(session)
    if park is None:
        park = add_branch(session, None, BranchKind.PARK, PARK_CODE, squeeze(park_name))
    return add_company(session, park, code, name, from_on=from_on, actor=actor, now=now).id
