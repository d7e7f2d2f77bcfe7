"""Calls of nobody: leaving a note, and asking by code what became of one.

Neither looks at a token, a cookie or an address, and neither is written in any log.
"""

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.extensions import csrf, db
from app.feedback.actions.keeping import keep_anonymous
from app.feedback.forms.notes import read_anonymous, read_code
from app.feedback.gateways.flood import too_many_asks, too_many_notes
from app.feedback.queries.notes import find_reply
from app.feedback.rules.refusals import NotKept, TooManyNotes, UnknownCode
from app.kernel.refusals import Refusal
from app.web.access import public
from app.web.payload import json_body
from app.web.present import today
from app.web.transaction import transact

anonymous_api = Blueprint("anonymous", __name__, url_prefix="/api/v1/feedback/anonymous")
csrf.exempt(anonymous_api)  # takes no cookie: a foreign page cannot speak for its visitor
WAIT_SECONDS = 60


@anonymous_api.post("")
@public
def leave_note() -> ResponseReturnValue:
    note = read_anonymous(json_body())
    if too_many_notes():
        raise TooManyNotes(retry_after=WAIT_SECONDS)
    settings, on = current_app.config["SETTINGS"], today()

    def work(session: Session) -> None:
        keep_anonymous(
            session,
            note.key,
            note.category,
            note.text,
            note.photo,
            reply_hash=note.reply_hash,
            company_code=note.company,
            settings=settings,
            today=on,
        )

    try:
        transact(work)
    except Refusal:
        raise
    except Exception:
        # Not even as a fault: its trace would tell the second, and what was written.
        raise NotKept from None
    return jsonify(kept=True)


@anonymous_api.post("/answer")
@public
def show_answer() -> ResponseReturnValue:
    code = read_code(json_body())
    if too_many_asks():
        raise TooManyNotes(retry_after=WAIT_SECONDS)
    reply = find_reply(db.session(), code)
    if reply is None:
        raise UnknownCode
    return jsonify(
        state=reply.state,
        answer=reply.answer,
        answered_on=reply.answered_on.isoformat() if reply.answered_on else None,
    )
