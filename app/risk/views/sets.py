"""The index sets: what each says, where it comes from, and the park's own."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.rules import Permission
from app.extensions import db
from app.risk.queries.sets import list_sets
from app.risk.views.frame import risk_pages
from app.web.access import access
from app.web.present import today


@risk_pages.get("/sets")
@access(Permission.ASSESS_RISK)
def show_sets() -> ResponseReturnValue:
    return render_template("risk/show_sets.html", sets=list_sets(db.session()), today=today())
