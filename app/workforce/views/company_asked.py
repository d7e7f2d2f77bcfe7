"""The company that a page is about, for visitors who may look after several."""

from typing import Any

from flask import request

from app.accounts.queries.branches import list_companies
from app.accounts.rules import Permission, branches_for
from app.extensions import db
from app.kernel.refusals import NotFound
from app.web.access import current_actor
from app.web.present import today
from app.workforce.queries.units import Unit, find_unit

LONGEST_ID = 9


def company_asked(permission: Permission = Permission.MANAGE_WORKERS) -> Unit:
    """The company asked for, else the first within reach."""
    reach = branches_for(current_actor(), permission)
    ids = [company.id for company in list_companies(db.session(), reach)]
    wanted = request.values.get("company", "")
    if wanted.isdecimal():
        company_id = int(wanted) if len(wanted) <= LONGEST_ID else 0
    else:
        company_id = next(iter(ids), 0)
    found = find_unit(db.session(), reach, company_id) if company_id in ids else None
    if found is None:
        raise NotFound
    return found


def frame_of(company: Unit) -> dict[str, Any]:
    """What every page about a company shows around itself."""
    reach = branches_for(current_actor(), Permission.MANAGE_WORKERS)
    companies = list_companies(db.session(), reach)
    return {
        "company": company,
        "companies": companies,
        "kept": {"company": company.id} if len(companies) > 1 else {},
        "today": today(),
    }
