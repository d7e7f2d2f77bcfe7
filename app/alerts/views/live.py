"""Figures of a notice for a page that stays open."""

from typing import Any

from flask import Response, current_app, jsonify, make_response, request

from app.accounts.rules import Permission
from app.alerts.queries.records import get_progress
from app.alerts.rules.told import AlertProgress
from app.alerts.views.frame import alert_pages, clock_now, get_alert
from app.extensions import db
from app.kernel.canonical import digest
from app.notices.rules.progress import seconds_left
from app.web.access import access
from app.web.filters import clock, number
from app.web.language import current_language


@alert_pages.get("/<alert_id>/live")
@access(Permission.WARN_PARKS, of="alert_id")
def show_live(alert_id: str) -> Response:
    """State and figures as JSON; 304 where the page shows these already."""
    alert, now = get_alert(alert_id), clock_now()
    figures = figures_of(get_progress(db.session(), alert, now))
    mark = digest({"state": alert.state, "touched": alert.touched, **figures})[:24]
    if request.if_none_match.contains_weak(mark):
        answer = make_response("", 304)
    else:
        language, zone = current_language(), current_app.config["SETTINGS"].timezone
        answer = jsonify(
            {
                "state": alert.state,
                "touched": alert.touched,
                "figures": figures,
                "texts": {name: number(count, language) for name, count in figures.items()},
                "seconds": seconds_left(alert.sends_at, now) if alert.sends_at else 0,
                "as_of": clock(now, zone),
            }
        )
    answer.set_etag(mark)
    return answer


def figures_of(progress: AlertProgress) -> dict[str, Any]:
    """People and parks as numbers; the meter shows `left`, who has read it."""
    return {
        "audience": progress.audience,
        "reached": progress.reached,
        "read": progress.read,
        "parks": len(progress.parks),
        "taken": progress.taken,
        "untold": len(progress.silent),
        "left": progress.read,
        "failed": 0,
    }
