"""Where somebody is written to, and what is known of each address, on the record."""

from flask import current_app, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import typed
from app.accounts.rules import Permission
from app.audit.actions import record_act
from app.delivery.actions.contacts import change_address_state, keep_address
from app.delivery.rules.roads import AddressKind, AddressState
from app.kernel.refusals import NotFound
from app.web.access import access, current_actor
from app.web.transaction import transact
from app.workforce.forms.workers import EmailForm
from app.workforce.views.records import record_page, to_record
from app.workforce.views.workers import get_record, workers_pages


@workers_pages.post("/<worker_id>/addresses/<point_id>")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def change_address(worker_id: str, point_id: str) -> ResponseReturnValue:
    """Nothing is sent to an address any more, or it is again; told by whoever was asked."""
    wanted = request.values.get("state", "")
    if wanted not in set(AddressState):
        raise NotFound
    state, code = AddressState(wanted), request.args.get("code", "")[:40] or None
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> tuple[str, str | None]:
        return change_address_state(
            session, worker_id, point_id, state, code=code, actor=actor, now=now
        )

    was, was_code = transact(work)
    opted_out = state is AddressState.OPTED_OUT
    told = _("Không nhắn vào địa chỉ này nữa") if opted_out else _("Nhắn lại vào địa chỉ này")
    undo = url_for(
        "workers.change_address", worker_id=worker_id, point_id=point_id, state=was, code=was_code
    )
    flash({"text": told, "undo_url": undo})  # type: ignore[arg-type]
    return to_record(worker_id)


@workers_pages.post("/<worker_id>/email")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def change_email(worker_id: str) -> ResponseReturnValue:
    """The e-mail address of somebody, or none."""
    record = get_record(worker_id)
    form = EmailForm(prefix="email-")
    if not form.validate():
        return record_page(record, {"email": form}, 422)
    address = typed(form.address).strip().lower() or None
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        keep_address(session, worker_id, AddressKind.EMAIL, address, now=now)
        record_act(
            session,
            "delivery.address_changed",
            actor=actor,
            now=now,
            subject_id=worker_id,
            company_id=record.worker.company_id,
            kind=str(AddressKind.EMAIL),
        )

    transact(work)
    flash(_("Đã lưu e-mail") if address else _("Đã bỏ e-mail"))
    return to_record(worker_id)
