"""/display: a screen in the canteen or at the gate, and what it asks the park for."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import lazy_gettext as _

from app.accounts.queries.branches import find_park, list_companies
from app.accounts.rules import Actor, Permission, branches_for
from app.extensions import db
from app.gate.queries.kiosks import find_set_up
from app.notices.queries.outlets import words_for_all
from app.notices.queries.reminded import Reminded, list_reminded
from app.notices.queries.showing import Showing, list_showing
from app.notices.rules.outlets import for_everybody
from app.notices.rules.wording import Severity
from app.web.access import access, current_actor, public
from app.web.language import LOCALES
from app.web.shells import shell

display_pages = Blueprint("display", __name__)
LABELS = {
    "urgent": _("Thông báo khẩn"),
    "notice": _("Thông báo"),
    "reminder": _("Nhắc hôm nay"),
    "corrected": _("Bản đính chính"),
}
GRAVEST_FIRST = tuple(Severity)
display_api = Blueprint("display_api", __name__, url_prefix="/api/v1/display")


@display_pages.get("/display")
@public
def show_display() -> Response:
    return shell("notices/show_display.html", labels={each: _labels(each) for each in LOCALES})


def _labels(language: str) -> dict[str, str]:
    """What stands over a slide, in the slide's own language whatever the page's is."""
    with force_locale(language):
        return {name: str(words) for name, words in LABELS.items()}


@display_api.get("")
@access(Permission.RUN_KIOSK)
def tell_display() -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    companies = _companies(actor)
    session = db.session()
    words = words_for_all(session, now.astimezone(_zone()).date())
    set_up = find_set_up(session, str(actor.account_id))
    return jsonify(
        place=set_up.name if set_up else current_app.config["SETTINGS"].name,
        server_time=now.isoformat(),
        as_of=_told(now),
        notices=[
            _notice(each, words)
            for each in sorted(list_showing(session, companies, now=now), key=_weight)
            if not each.cancelled
        ],
        reminders=[_reminder(each) for each in list_reminded(session, companies, now=now)],
    )


def _companies(actor: Actor) -> list[int] | None:
    """Whose messages a screen shows: of the companies where it stands, or of the whole park."""
    paths = branches_for(actor, Permission.RUN_KIOSK)
    park = find_park(db.session())
    if park is not None and park.path in paths:
        return None
    return [each.id for each in list_companies(db.session(), paths)]


def _weight(each: Showing) -> int:
    """The gravest first; of the same weight the newest, as they come."""
    return GRAVEST_FIRST.index(each.severity) if each.severity in GRAVEST_FIRST else 9


def _notice(each: Showing, words: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {
        "id": each.id,
        "version": each.version,
        "severity": each.severity,
        "titles": for_everybody(each.title, words),
        "texts": for_everybody(each.text, words),
        "sent_at": _told(each.sent_at),
        "expires_at": _told(each.expires_at),
    }


def _reminder(each: Reminded) -> dict[str, Any]:
    return {
        "id": each.id,
        "titles": dict(each.titles),
        "texts": dict(each.texts),
        "sent_at": _told(each.sent_at),
        "expires_at": _told(each.expires_at),
    }


def _told(moment: Any) -> str:
    """A moment in the park's own time."""
    return str(moment.astimezone(_zone()).isoformat())


def _zone() -> Any:
    return current_app.config["SETTINGS"].timezone
