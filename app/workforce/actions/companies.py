"""The first company of a fresh park, and every one after it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.accounts.actions.branches import ensure_root
from app.accounts.queries.branches import find_company
from app.kernel.actors import Actor
from app.kernel.text import squeeze
from app.workforce.actions.sites import add_company
from app.workforce.rules.importing import CompanyCodeTaken


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
    park = ensure_root(session, park_name)
    return add_company(session, park, code, name, from_on=from_on, actor=actor, now=now).id
