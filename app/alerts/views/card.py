"""The notice to have in view, beside the parks on the province's first page."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.alerts.actions.releasing import COUNTDOWN
from app.alerts.queries.parks import count_reach
from app.alerts.queries.records import find_current, get_progress
from app.alerts.rules.audience import kept_audience
from app.alerts.rules.reach import AlertReach
from app.alerts.rules.states import AlertState
from app.alerts.rules.told import AlertProgress
from app.alerts.views.acts import BEFORE
from app.alerts.views.frame import alert_pages, clock_now
from app.extensions import db
from app.notices.rules.progress import seconds_left

if TYPE_CHECKING:
    from app.alerts.models import Alert


@dataclass(frozen=True, slots=True)
class AlertCard:
    """A notice on its way or still in force: whom it is for, or how far it came."""

    alert: "Alert"
    state: AlertState
    seconds: int
    whole: int
    reach: AlertReach | None
    progress: AlertProgress | None


def alert_card() -> AlertCard | None:
    """The card of templates/alerts/_card.html; None while no notice is to be seen."""
    now = clock_now()
    alert = find_current(db.session(), now)
    if alert is None:
        return None
    state = AlertState(alert.state)
    before = state in BEFORE
    return AlertCard(
        alert,
        state,
        seconds_left(alert.sends_at, now) if alert.sends_at else 0,
        int(COUNTDOWN.total_seconds()),
        count_reach(db.session(), kept_audience(alert.to), now) if before else None,
        None if before else get_progress(db.session(), alert, now),
    )


@alert_pages.app_context_processor
def offer_card() -> dict[str, Any]:
    """Whoever includes the card needs nothing else; counted only when it is asked for."""
    return {"alert_card": alert_card}
