"""The rule sets: where they come from, what they say, and who accepted which."""

from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_park, get_branch, list_companies
from app.accounts.rules import Permission, branches_for, may
from app.checkins.actions.levels import accept_rules
from app.checkins.queries.rule_sets import (
    get_rules,
    list_acceptances,
    list_rule_sets,
    list_sent_sets,
    rules_told,
)
from app.extensions import db
from app.kernel.refusals import NotFound
from app.web.access import access, current_actor
from app.web.language import current_language
from app.web.present import today
from app.web.transaction import transact

rule_set_pages = Blueprint("rule_sets", __name__, url_prefix="/settings")


@dataclass(frozen=True, slots=True)
class Place:
    """Whose rules are looked at: a company's or the park's; `accepts`: for which branch.

    `choices` are the companies (code, name) of somebody who has several.
    """

    park_id: int
    accepts: int | None
    company_id: int | None = None
    code: str | None = None
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def branch_ids(self) -> list[int]:
        """Whose acceptances count here, nearest first."""
        return [each for each in (self.company_id, self.park_id) if each is not None]


@rule_set_pages.get("/rules")
@access(Permission.SEE_RULES)
def show_rule_sets() -> ResponseReturnValue:
    place, language = _place(), current_language()
    sent = list_sent_sets(db.session())
    return render_template(
        "checkins/show_rule_sets.html",
        sets=[
            *((each.rules, rules_told(each.rules, language, each.rows), each) for each in sent),
            *((rules, rules_told(rules, language), None) for rules in list_rule_sets()),
        ],
        today=today(),
        from_province="province_rules.list_arrivals" in current_app.view_functions,
        language=language,
        in_force=get_rules(db.session(), place.branch_ids[0]),
        place_shown=place,
        acceptances=list_acceptances(db.session(), place.branch_ids),
    )


def _place() -> Place:
    actor, park = current_actor(), find_park(db.session())
    if park is None:
        raise NotFound
    if may(actor, Permission.ACCEPT_RULES, park.path):
        return Place(park.id, accepts=park.id)
    companies = list_companies(db.session(), branches_for(actor, Permission.SEE_RULES))
    if not companies:
        raise NotFound
    wanted = request.values.get("company", companies[0].code)
    company = next((each for each in companies if each.code == wanted), None)
    if company is None:
        raise NotFound
    accepts = company.id if may(actor, Permission.ACCEPT_RULES, company.path) else None
    choices = tuple((each.code, each.name) for each in companies) if len(companies) > 1 else ()
    return Place(park.id, accepts, company.id, company.code, choices)


@rule_set_pages.post("/rules/accept")
@access(Permission.ACCEPT_RULES)
def accept_rule_set() -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    place = _place()
    branch_id = place.accepts
    if branch_id is None:
        raise NotFound
    version = request.form.get("rules", "")

    def work(session: Session) -> str:
        return accept_rules(session, get_branch(session, branch_id), version, actor=actor, now=now)

    transact(work)
    flash(_("Đã chấp nhận bộ quy tắc. Các khai báo từ bây giờ tính theo bộ này."))
    return redirect(url_for("rule_sets.show_rule_sets", company=place.code))
