"""The recovery sheet on paper: shown once, in answer to the press of a button, and never again."""

import segno
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.audit.actions import record_act
from app.settings import Settings
from app.upkeep.actions.sheets import make_sheet
from app.upkeep.rules.refusals import SheetExists
from app.upkeep.views.backups import upkeep_backups
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact


@upkeep_backups.post("/backups/sheet")
@access(Permission.MANAGE_NODE)
def make_recovery_sheet() -> ResponseReturnValue:
    settings: Settings = current_app.config["SETTINGS"]
    now, actor = current_app.extensions["clock"].now(), current_actor()
    try:
        sheet = make_sheet(settings.instance, again=request.form.get("again") == "1", now=now)
    except SheetExists as refusal:
        flash(sentence(refusal.code))
        return redirect(url_for("upkeep_backups.show_backups"))
    name = sheet.key.name

    def work(session: Session) -> None:
        record_act(session, "upkeep.sheet_made", actor=actor, now=now, subject_id=name)

    transact(work)
    drawn = segno.make(sheet.code, error="q", micro=False, boost_error=False)
    return render_template(
        "upkeep/print_recovery_sheet.html",
        sheet=sheet,
        settings=settings,
        drawing=drawn.svg_data_uri(scale=4, border=2),
    )
