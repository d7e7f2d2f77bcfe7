"""What the three inboxes share: their words, the list, and giving many items to a colleague."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.extensions import db
from app.feedback.rules.notes import Category
from app.intake.actions import working
from app.intake.actions.again import hear_again
from app.intake.queries.items import Asked, View, count_views, list_items, list_staff
from app.intake.queries.limits import get_limits
from app.intake.queries.parks import list_park_names, list_unopened
from app.intake.rules.states import ItemKind
from app.kernel.refusals import Refusal
from app.sync.rules import UpKind
from app.web.access import current_actor
from app.web.pagination import page_from_args
from app.web.sentences import sentence
from app.web.tables import TableState, table_from_args
from app.web.transaction import transact

MOST_TURNS = 10  # by hand; each hour all of it is tried
BOXES: Mapping[ItemKind, str] = {
    ItemKind.CASE: "intake_cases",
    ItemKind.FEEDBACK: "intake_feedback",
    ItemKind.CALL: "intake_calls",
}
STATES: Mapping[str, Any] = {
    "new": _("Mới"),
    "accepted": _("Đã nhận việc"),
    "working": _("Đang xử lý"),
    "answered": _("Đã trả lời"),
    "closed": _("Đã đóng"),
}
# What a park says of feedback and of a task; a case's words are those of app.web.words.
PARK_STATES: Mapping[str, Any] = {
    "": _("chưa có tin từ khu"),
    "new": _("khu chưa xem"),
    "taken_up": _("khu đang xử lý"),
    "passed_on": _("khu đã chuyển"),
    "answered": _("khu đã trả lời"),
    "closed": _("khu đã đóng"),
}
CATEGORIES: Mapping[str, Any] = {
    "masks": _("Khẩu trang, khoảng cách"),
    "canteen": _("Nhà ăn"),
    "bus": _("Xe đưa đón"),
    "dorm": _("Ký túc xá"),
    "forced": _("Ép đi làm khi ốm"),
    "other": _("Chuyện khác"),
}
SOURCES: Mapping[str, Any] = {
    "app": _("Người lao động, không gửi tên"),
    "anonymous": _("Ẩn danh"),
    "hotline": _("Đường dây nóng của khu"),
    "zalo": _("Người lao động viết qua Zalo"),
}
ACTS: Mapping[str, Any] = {
    "take": _("Nhận việc"),
    "assign": _("Giao cho"),
    "start": _("Bắt đầu xử lý"),
    "note": _("Ghi chú"),
    "answer": _("Trả lời"),
    "close": _("Đóng"),
    "reopen": _("Mở lại"),
    "park": _("Tin từ khu"),
}
WORDS = {
    "state": STATES,
    "park": PARK_STATES,
    "category": CATEGORIES,
    "source": SOURCES,
    "act": ACTS,
}


def list_box(kind: ItemKind, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    """The list of an inbox: the next due first, no name of anybody."""
    table = table_from_args(
        request.args,
        sortable=("due",),
        default="due",
        filters={"park": None, "category": set(Category)},
        keeps=("view",),
    )
    wanted = dict(table.kept).get("view", "")
    view = View(wanted) if wanted in set(View) else View.WAITING
    now = current_app.extensions["clock"].now()
    asked = Asked(
        kind,
        view,
        str(current_actor().account_id),
        now,
        table.value("park"),
        table.value("category"),
    )
    page = page_from_args(request.args)
    rows, total = list_items(db.session(), asked, limit=page.limit, offset=page.offset)
    unopened = {ItemKind.CASE: UpKind.ESCALATION, ItemKind.FEEDBACK: UpKind.FEEDBACK}.get(kind)
    found = list_unopened(db.session(), unopened) if unopened else []
    return render_template(
        "intake/list_items.html",
        kind=kind.value,
        box=BOXES[kind],
        words=WORDS,
        table=table,
        page=page.page(rows, total),
        view=view.value,
        views=_views(asked, table),
        parks=list_park_names(db.session()),
        staff=list_staff(db.session()),
        unopened=[(row, sentence(row.code, {})) for row in found],
        limits=get_limits(),
        refusal=refusal,
        now=now,
    ), status


def _views(asked: Asked, table: TableState) -> list[dict[str, Any]]:
    call = asked.kind is ItemKind.CALL
    words = {
        View.WAITING: gettext("Chờ khu làm") if call else gettext("Chờ trả lời"),
        View.OVERDUE: gettext("Quá hạn"),
        View.MINE: gettext("Của tôi"),
        View.ANSWERED: gettext("Khu đã trả lời") if call else gettext("Đã trả lời"),
        View.CLOSED: gettext("Đã đóng"),
    }
    counts = count_views(db.session(), asked)
    return [
        {
            "href": table.query(view=None if view is View.WAITING else view.value),
            "text": words[view],
            "count": counts.get(view),
            "current": view is asked.view,
        }
        for view in View
    ]


def assign_box(kind: ItemKind) -> ResponseReturnValue:
    """Give the ticked items that nobody holds to one colleague."""
    chosen, owner = request.form.getlist("item")[:200], request.form.get("owner", "")
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> tuple[int, int]:
        return working.assign_many(session, chosen, owner, kind=kind, actor=actor, now=now)

    try:
        given, stayed = transact(work)
    except Refusal as refusal:
        told = sentence(refusal.code, refusal.params)
        return list_box(kind, refusal=told, status=refusal.status)
    flash(ngettext("Đã giao %(num)d mục", "Đã giao %(num)d mục", given))
    if stayed:
        flash(
            ngettext(
                "%(num)d mục giữ nguyên vì đã có người phụ trách hoặc đã xong",
                "%(num)d mục giữ nguyên vì đã có người phụ trách hoặc đã xong",
                stayed,
            )
        )
    return redirect(url_for(f"{BOXES[kind]}.list_all"))


def open_box_again(kind: ItemKind) -> ResponseReturnValue:
    """Try what could not be opened once more, at once."""
    now = current_app.extensions["clock"].now()
    tried = transact(partial(hear_again, now=now))
    opened, left, turns = tried.opened, tried.left, 1
    while tried.last is not None and turns < MOST_TURNS:
        tried = transact(partial(hear_again, after=tried.last, now=now))
        opened, left, turns = opened + tried.opened, left + tried.left, turns + 1
    flash(
        ngettext("Đã mở được %(num)d mục", "Đã mở được %(num)d mục", opened)
        if opened or not left
        else gettext("Vẫn chưa mở được mục nào")
    )
    return redirect(url_for(f"{BOXES[kind]}.list_all"))
