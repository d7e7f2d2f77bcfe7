"""GET /today/live: the figures of the board alone, for a board that is open; names nobody."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import Blueprint, Response, current_app, make_response, render_template, request

from app.accounts.rules import Permission
from app.dashboards.queries.today import get_pulse
from app.dashboards.views.today import Place, figures_of, place_of, pulse_marks, shown_figures
from app.extensions import db
from app.web.access import access
from app.web.filters import clock
from app.web.language import current_language

live_board_pages = Blueprint("live_board", __name__)
# Thirty boards of one company ask every moment; what one was shown just now does for the others.
SHARED_FOR = timedelta(milliseconds=500)
MOST_KEPT = 200
Look = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Figures as they were drawn for everybody who has the same look at the same units."""

    at: datetime
    mark: str
    people: str
    body: str

    def is_new(self, now: datetime) -> bool:
        """Whether it may still be shared; a clock that stands still says nothing of that."""
        return timedelta() < now - self.at < SHARED_FOR


class Drawings:
    """The newest drawing of each look; while somebody draws one anew, the others see the last."""

    def __init__(self) -> None:
        self._kept: dict[Look, Drawing] = {}
        self._under_way: set[Look] = set()
        self._lock = threading.Lock()

    @property
    def looks(self) -> Collection[Look]:
        """Of what there is a drawing."""
        return self._kept.keys()

    def get(self, look: Look) -> Drawing | None:
        """The last one."""
        return self._kept.get(look)

    @contextmanager
    def turn(self, look: Look) -> Iterator[bool]:
        """Whether it is the caller's turn to draw this look."""
        with self._lock:
            mine = look not in self._under_way
            self._under_way.add(look)
        try:
            yield mine
        finally:
            if mine:
                self._under_way.discard(look)

    def keep(self, look: Look, drawing: Drawing) -> Drawing:
        """Show this one to everybody from now on."""
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[look] = drawing
        return drawing


@live_board_pages.get("/today/live")
@access(Permission.SEE_HEALTH)
def show_figures() -> Response:
    """304 where a board shows these figures already: nothing is drawn and nothing sent."""
    place = place_of(Permission.SEE_HEALTH)
    now = current_app.extensions["clock"].now()
    drawings: Drawings = current_app.extensions.setdefault("board_drawings", Drawings())
    look = (*place.paths, current_language(), request.full_path)
    drawing = drawings.get(look)
    if drawing is None or not drawing.is_new(now):
        with drawings.turn(look) as mine:
            if mine or drawing is None:
                drawing = drawings.keep(look, _draw(place, drawing, now))
    shown = request.if_none_match.contains_weak(drawing.mark)
    answer = make_response("", 304) if shown else make_response(drawing.body)
    answer.set_etag(drawing.mark)
    answer.headers["X-People"] = drawing.people
    answer.headers["X-As-Of"] = clock(drawing.at, current_app.config["SETTINGS"].timezone)
    return answer


def _draw(place: Place, before: Drawing | None, now: datetime) -> Drawing:
    figures = figures_of(place, (), now)
    pulse = get_pulse(db.session(), place.company.id, place.paths)
    marks = pulse_marks(figures, pulse)
    if before is not None and before.mark == marks["board_mark"]:
        return replace(before, at=now)
    body = render_template("dashboards/_live.html", **shown_figures(place, figures, pulse, now))
    return Drawing(now, marks["board_mark"], marks["people_mark"], body)
