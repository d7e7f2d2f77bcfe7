"""A notice of the province as a file for other programs."""

from flask import Response, current_app
from flask.typing import ResponseReturnValue

from app.accounts.queries.branches import find_park
from app.accounts.rules import Permission
from app.alerts.queries.parks import list_park_choices
from app.alerts.rules.audience import kept_audience
from app.alerts.views.frame import alert_pages, get_alert
from app.extensions import db
from app.notices.rules.cap import write_alert
from app.notices.rules.cap.exporting import NoticeTold, Place, alert_of, sender_of
from app.notices.rules.wording import MessageType
from app.notices.views.cap import CAP_TYPE
from app.web.access import access


@alert_pages.get("/<alert_id>/cap")
@access(Permission.WARN_PARKS, of="alert_id")
def export_cap(alert_id: str) -> ResponseReturnValue:
    """One that no park was told of is a draft to whoever reads it."""
    alert, zone = get_alert(alert_id), current_app.config["SETTINGS"].timezone
    earlier = get_alert(alert.corrects_id) if alert.corrects_id else None
    names = dict(list_park_choices(db.session()))
    told = NoticeTold(
        alert.id,
        MessageType.UPDATE if earlier else MessageType.ALERT,
        alert.titles,
        alert.texts,
        alert.severity,
        "Immediate",
        "Observed",
        alert.sender,
        "",
        alert.written_at,
        alert.begun_at,
        alert.expires_at,
        (earlier.id, earlier.begun_at or earlier.written_at) if earlier else None,
        [Place(node, names.get(node, node)) for node in kept_audience(alert.to).parks],
    )
    root = find_park(db.session())
    xml = write_alert(alert_of(told, sender_of(root.code if root else ""), zone))
    file = Response(xml, mimetype=CAP_TYPE)
    file.headers["Content-Disposition"] = f'attachment; filename="cap-{alert_id[-12:]}.xml"'
    return file
