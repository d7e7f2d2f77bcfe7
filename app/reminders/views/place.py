"""Which company a page is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request

from app.accounts.queries.branches import get_branch, list_companies
from app.accounts.rules import Permission, branches_for, may
from app.extensions import db
from app.kernel.refusals import NotFound
from app.web.access import current_actor

if TYPE_CHECKING:
    from app.accounts.models import Branch


@dataclass(frozen=True, slots=True)
class Place:
    """The company that is looked at, and all the visitor keeps reminders for."""

    company: "Branch"
    companies: Sequence["Branch"]

    @property
    def kept(self) -> dict[str, Any]:
        """What addresses carry on so that the company stays the same."""
        return {"company": self.company.code} if len(self.companies) > 1 else {}


def companies_kept() -> Sequence["Branch"]:
    """The companies whose reminders the visitor keeps, as a whole."""
    actor = current_actor()
    reach = branches_for(actor, Permission.MANAGE_REMINDERS)
    return [
        company
        for company in list_companies(db.session(), reach)
        if may(actor, Permission.MANAGE_REMINDERS, company.path)
    ]


def place_asked() -> Place:
    """The company that the address names, or the first one."""
    companies = companies_kept()
    wanted = request.values.get("company")
    company = next((each for each in companies if not wanted or each.code == wanted), None)
    if company is None:
        raise NotFound
    return Place(company, companies)


def place_of(company_id: int) -> Place:
    """The company something belongs to."""
    return Place(get_branch(db.session(), company_id), companies_kept())
