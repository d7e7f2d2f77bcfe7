"""`follow_up`: a worker in follow-up answers for a day without a shift."""

from typing import Any

from sqlalchemy.orm import Session

from app.accounts.queries.consent import find_agreed
from app.cases.actions.following import record_own_day
from app.checkins.forms import parse_answers_object, parse_day
from app.checkins.rules.requests import ConsentNeeded
from app.kernel.clock import local_day
from app.kernel.ids import is_id
from app.kernel.refusals import BadFields, NotFound
from app.outbox.actions import Deed
from app.outbox.forms.circumstances import Circumstances
from app.outbox.rules import CommandEnvelope
from app.web.notice import NOTICE_VERSION


def parse_follow_up(envelope: CommandEnvelope, around: Circumstances) -> Deed:
    """`follow_up`: {"case", "on", "answers"}, one's own answer of one day of follow-up."""
    body, actor = envelope.body, around.actor
    case_id, worker_id = body.get("case"), actor.worker_id
    if not is_id(case_id):
        raise BadFields([("/body/case", "fields.missing")])
    today = local_day(around.now, around.settings.timezone)
    on, answers = parse_day(body.get("on"), today, "/body/on"), parse_answers_object(body)
    if worker_id is None:
        raise NotFound

    def deed(session: Session) -> dict[str, Any]:
        if worker_id not in find_agreed(session, [worker_id], NOTICE_VERSION):
            raise ConsentNeeded
        record_own_day(session, str(case_id), on, answers, actor=actor, now=around.now)
        return {"case": case_id, "on": on.isoformat()}

    return deed
