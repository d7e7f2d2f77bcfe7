"""What has not reached the province yet, for the people whose work it is: by name and reason."""

from collections.abc import Sequence

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.rules import Permission, branches_for
from app.audit.actions import record_health_view
from app.extensions import db
from app.feedback.views.frame import CATEGORIES
from app.sync.queries.logs import list_waiting
from app.sync.queries.states import get_status
from app.sync.queries.unsent import UnsentCase, list_unsent_cases, list_unsent_notes
from app.sync.rules import UpKind
from app.sync.views.pages import ENTRY_KINDS, why_waiting
from app.sync.views.park import park_sync_pages
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact


@park_sync_pages.get("/sync/waiting")
@access(Permission.MANAGE_CASES)
def show_waiting() -> ResponseReturnValue:
    session, settings = db.session(), current_app.config["SETTINGS"]
    status = get_status(session, settings)
    paths = branches_for(current_actor(), Permission.MANAGE_CASES)
    cases = list_unsent_cases(session, paths)
    waiting = list_waiting(session, status.node, status.accepted_through) if status.node else []
    page = render_template(
        "sync/show_waiting.html",
        status=status,
        pending=sum(each.count for each in waiting),
        waiting=[(each, why_waiting(status, each.kind)) for each in waiting],
        problems=[(each, sentence(each.code, each.params)) for each in status.problems],
        cases=cases,
        notes=list_unsent_notes(session, paths),
        reasons={kind: why_waiting(status, kind) for kind in (UpKind.ESCALATION, UpKind.FEEDBACK)},
        kinds=ENTRY_KINDS,
        categories=CATEGORIES,
    )
    _keep_view(cases)
    return page


def _keep_view(cases: Sequence[UnsentCase]) -> None:
    """One row a view for each company: whose names the page showed."""
    actor, now = current_actor(), current_app.extensions["clock"].now()
    by_company: dict[int, list[str]] = {}
    for each in cases:
        by_company.setdefault(each.company_id, []).append(each.worker_id)

    def work(session: Session) -> None:
        for company_id, shown in by_company.items():
            ids = list(dict.fromkeys(shown))
            record_health_view(session, "unsent", ids, company_id=company_id, actor=actor, now=now)

    if by_company:
        transact(work)
