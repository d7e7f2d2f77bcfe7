"""GET /today/live: the figures of the board alone, for a board that is open; names nobody."""

from flask import Blueprint, Response, current_app, make_response, render_template, request

from app.accounts.rules import Permission
from app.dashboards.queries.today import get_pulse
from app.dashboards.views.today import look, pulse_marks, shown_figures
from app.extensions import db
from app.web.access import access
from app.web.filters import clock

live_board_pages = Blueprint("live_board", __name__)


@live_board_pages.get("/today/live")
@access(Permission.SEE_HEALTH)
def show_figures() -> Response:
    """304 where a board shows these figures already: nothing is drawn and nothing sent."""
    place, figures, now = look()
    pulse = get_pulse(db.session(), place.company.id, place.paths)
    marks = pulse_marks(figures, pulse)
    if request.if_none_match.contains_weak(marks["board_mark"]):
        answer = make_response("", 304)
    else:
        shown = shown_figures(place, figures, pulse, now)
        answer = make_response(render_template("dashboards/_live.html", **shown))
    answer.set_etag(marks["board_mark"])
    answer.headers["X-People"] = marks["people_mark"]
    answer.headers["X-As-Of"] = clock(now, current_app.config["SETTINGS"].timezone)
    return answer
