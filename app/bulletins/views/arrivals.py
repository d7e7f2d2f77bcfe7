"""/rules/from-province: the rules and hotlines that the province sent to this park."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.rules import Permission
from app.bulletins.queries.board import get_heard
from app.bulletins.queries.rule_documents import list_arrivals as find_arrivals
from app.bulletins.queries.rule_documents import list_refused
from app.extensions import db
from app.reminders.queries.hotlines import get_hotlines
from app.web.access import access
from app.web.present import today
from app.web.sentences import sentence

# The log keeps the code of why, not the place in the document.
UNKNOWN_HERE = dict.fromkeys(("row", "version", "where", "total", "wanted", "from_on"), "?")
province_rule_pages = Blueprint("province_rules", __name__, url_prefix="/rules")


@province_rule_pages.get("/from-province")
@access(Permission.SEE_RULES)
def list_arrivals() -> ResponseReturnValue:
    return render_template(
        "bulletins/list_arrivals.html",
        arrivals=find_arrivals(db.session()),
        refused=[(each, sentence(each.code, UNKNOWN_HERE)) for each in list_refused(db.session())],
        hotlines=get_hotlines(db.session(), today()),
        today=today(),
        heard=get_heard(db.session()),
    )
