"""The weekly digest of a park manager: read, marked as read, switched off and on."""

from datetime import date
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.dashboards.actions.digest_letters import set_digest_address
from app.dashboards.actions.digests import choose_digest as choose
from app.dashboards.actions.digests import read_digest
from app.dashboards.queries.digests import (
    DigestRow,
    find_digest_address,
    find_last_letter,
    list_digests,
    wants_digest,
)
from app.dashboards.rules.digest_letters import NotAnAddress, read_address
from app.dashboards.rules.digests import Change
from app.dashboards.rules.measures import Measure
from app.dashboards.rules.ranking import Reason
from app.dashboards.views.compliance import compliance_pages
from app.dashboards.views.compliance_words import reason_text
from app.delivery.rules import ChannelName
from app.extensions import db
from app.kernel.refusals import BadFields
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.tables import query_with
from app.web.transaction import transact


@compliance_pages.get("/digest")
@access(Permission.READ_DIGEST)
def show_digest() -> ResponseReturnValue:
    actor = current_actor()
    rows = list_digests(db.session(), actor.account_id or "")
    wanted = request.args.get("week", "")
    chosen = next((row for row in rows if row.digest.week_on.isoformat() == wanted), None)
    shown = chosen or next(iter(rows), None)
    return render_template(
        "dashboards/show_digest.html",
        rows=rows,
        shown=shown,
        wanted=wants_digest(db.session(), actor.account_id or ""),
        by_mail=ChannelName.EMAIL in current_app.extensions["channels"],
        address=find_digest_address(db.session(), actor.account_id or "") or "",
        letter=find_last_letter(db.session(), actor.account_id or ""),
        reason_text=reason_text,
        change_href=change_href,
        reason_href=digest_reason_href,
    )


def change_href(row: DigestRow, change: Change) -> str:
    """The company's page over the week of the digest."""
    period = row.digest.period
    values = {"from": period.from_on.isoformat(), "to": period.to_on.isoformat()}
    page = url_for("compliance.show_company", company_code=change.code)
    return f"{page}{query_with(values.items())}"


def digest_reason_href(row: DigestRow, change: Change, reason: Reason) -> str:
    """Where a reason of a digest is seen."""
    measure = "" if reason.measure is Measure.ANSWERED else f"&measure={reason.measure.value}"
    anchor = f"#d{reason.on.isoformat()}" if reason.on else ""
    return f"{change_href(row, change)}{measure}{anchor}"


@compliance_pages.post("/digest/read")
@access(Permission.READ_DIGEST)
def mark_digest_read() -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    try:
        week_on = date.fromisoformat(request.form.get("week", ""))
    except ValueError:
        raise BadFields([("/week", "fields.day_wanted")]) from None

    def work(session: Session) -> None:
        read_digest(session, week_on, actor=actor, now=now)

    transact(work)
    return redirect(url_for("compliance.show_compliance"))


@compliance_pages.post("/digest/choice")
@access(Permission.READ_DIGEST)
def choose_digest() -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    given: Any = request.form.get("wanted", "")
    if given not in {"0", "1"}:
        raise BadFields([("/wanted", "fields.invalid")])

    def work(session: Session) -> None:
        choose(session, wanted=given == "1", actor=actor, now=now)

    transact(work)
    return redirect(url_for("compliance.show_digest"))


@compliance_pages.post("/digest/address")
@access(Permission.READ_DIGEST)
def choose_digest_address() -> ResponseReturnValue:
    """Have the digest sent by e-mail too, or no more."""
    actor, now = current_actor(), current_app.extensions["clock"].now()
    try:
        address = read_address(request.form.get("address", ""))
    except NotAnAddress as refusal:
        flash(sentence(refusal.code))
        return redirect(url_for("compliance.show_digest"))

    def work(session: Session) -> None:
        set_digest_address(session, address, actor=actor, now=now)

    transact(work)
    if address:
        flash(_("Bản tin tuần sau được gửi thêm tới %(address)s.", address=address))
    else:
        flash(_("Bản tin không gửi qua e-mail nữa."))
    return redirect(url_for("compliance.show_digest"))
