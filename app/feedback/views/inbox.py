"""The inbox of feedback, overdue first."""

from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.rules import Permission
from app.extensions import db
from app.feedback.queries.inbox import Asked, View, count_views, list_notes
from app.feedback.rules.notes import Category
from app.feedback.views.frame import CATEGORIES, feedback_pages, own_reach
from app.web.access import access, current_actor
from app.web.pagination import page_from_args
from app.web.present import today
from app.web.tables import TableState, table_from_args


@feedback_pages.get("/feedback/inbox")
@access(Permission.HANDLE_FEEDBACK)
def list_inbox() -> ResponseReturnValue:
    table = table_from_args(
        request.args,
        sortable=("due",),
        default="due",
        filters={"category": set(Category)},
        keeps=("view",),
    )
    wanted = dict(table.kept).get("view", "")
    view = View(wanted) if wanted in set(View) else View.HELD
    asked = Asked(
        own_reach(), view, str(current_actor().account_id), today(), table.value("category")
    )
    page = page_from_args(request.args)
    rows, total = list_notes(db.session(), asked, limit=page.limit, offset=page.offset)
    return render_template(
        "feedback/list_inbox.html",
        table=table,
        page=page.page(rows, total),
        view=view.value,
        views=_views(asked, table),
        categories=list(CATEGORIES.items()),
        today=today(),
        now=current_app.extensions["clock"].now(),
    )


def _views(asked: Asked, table: TableState) -> list[dict[str, Any]]:
    words = {
        View.HELD: _("Chờ mình"),
        View.OVERDUE: _("Quá hạn"),
        View.MINE: _("Của tôi"),
        View.PASSED: _("Nơi khác đang giữ"),
        View.ANSWERED: _("Đã trả lời"),
        View.CLOSED: _("Đã đóng"),
    }
    counts = count_views(db.session(), asked)
    return [
        {
            "href": table.query(view=None if view is View.HELD else view.value),
            "text": words[view],
            "count": counts.get(view),
            "current": view is asked.view,
        }
        for view in View
    ]
