"""The kiosk's own page, and the pages where a company keeps its kiosks."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import choices, typed
from app.accounts.queries.branches import list_branches
from app.accounts.rules import BranchKind, Permission, branches_for
from app.accounts.views.once import one_use, spend
from app.extensions import db
from app.gate.actions.kiosk import (
    add_kiosk,
    leave_lock,
    new_code,
    new_leave_pin,
    renew_code,
    revoke_kiosk,
)
from app.gate.actions.returns import settle_return
from app.gate.forms.kiosks import KioskForm
from app.gate.queries.kiosks import (
    find_path,
    find_return_path,
    find_set_up,
    list_kiosks,
    list_returns,
)
from app.gate.rules.kiosk import CODE_LASTS, KioskRevoked
from app.web.access import access, current_actor, locates, public
from app.web.headers import CAMERA_POLICY
from app.web.sentences import sentence
from app.web.shells import shell
from app.web.transaction import transact

kiosk_pages = Blueprint("kiosks", __name__)
locates("kiosk_id")(find_path)
locates("return_key")(find_return_path)
PLACES = (BranchKind.PARK, BranchKind.COMPANY)


@kiosk_pages.get("/kiosk")
@public
def show_kiosk() -> Response:
    page = shell("gate/show_kiosk.html")
    page.headers["Content-Security-Policy"] = CAMERA_POLICY
    return page


@kiosk_pages.get("/kiosks")
@access(Permission.MANAGE_KIOSKS)
def list_company_kiosks() -> ResponseReturnValue:
    return _list_page(_offering_places(KioskForm()))


def _list_page(form: KioskForm) -> str:
    reach = branches_for(current_actor(), Permission.MANAGE_KIOSKS)
    returns = [
        {"row": row, "reason": sentence(row.code, {"minutes": 15, "kind": ""})}
        for row in list_returns(db.session(), reach)
    ]
    return render_template(
        "gate/list_kiosks.html",
        form=form,
        kiosks=list_kiosks(db.session(), reach),
        returns=returns,
        once=one_use(),
    )


def _offering_places(form: KioskForm) -> KioskForm:
    reach = branches_for(current_actor(), Permission.MANAGE_KIOSKS)
    found = list_branches(db.session(), reach)
    form.branch.choices = choices((each.id, each.name) for each in found if each.kind in PLACES)
    return form


@kiosk_pages.post("/kiosks")
@access(Permission.MANAGE_KIOSKS)
def create_kiosk() -> ResponseReturnValue:
    form = _offering_places(KioskForm())
    if not form.validate():
        return _list_page(form), 422
    spend(request.form.get("once", ""))
    actor, now = current_actor(), current_app.extensions["clock"].now()
    name, place, branch_id = typed(form.name), typed(form.place), form.branch.data
    code, pin = new_code(), new_leave_pin()
    lock = leave_lock(pin)

    def work(session: Session) -> str:
        return add_kiosk(session, branch_id, name, place, code, lock, actor=actor, now=now)

    return _set_up_sheet(transact(work), code, pin)


@kiosk_pages.post("/kiosks/<kiosk_id>/code")
@access(Permission.MANAGE_KIOSKS, of="kiosk_id")
def make_new_code(kiosk_id: str) -> ResponseReturnValue:
    spend(request.form.get("once", ""))
    actor, now = current_actor(), current_app.extensions["clock"].now()
    code, pin = new_code(), new_leave_pin()
    lock = leave_lock(pin)

    def work(session: Session) -> None:
        renew_code(session, kiosk_id, code, lock, actor=actor, now=now)

    transact(work)
    return _set_up_sheet(kiosk_id, code, pin)


def _set_up_sheet(kiosk_id: str, code: str, pin: str) -> str:
    """What is printed once: the address, the code, and the PIN for leaving."""
    set_up = find_set_up(db.session(), kiosk_id)
    if set_up is None:
        raise KioskRevoked
    now = current_app.extensions["clock"].now()
    return render_template(
        "gate/show_kiosk_code.html",
        kiosk=set_up,
        code=code,
        pin=pin,
        made_at=now,
        good_until=now + CODE_LASTS,
    )


@kiosk_pages.post("/kiosks/<kiosk_id>/revoke")
@access(Permission.MANAGE_KIOSKS, of="kiosk_id")
def revoke_one_kiosk(kiosk_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        revoke_kiosk(session, kiosk_id, actor=actor, now=now)

    transact(work)
    flash(_("Đã thu hồi kiosk"))
    return redirect(url_for("kiosks.list_company_kiosks"))


@kiosk_pages.post("/kiosks/returns/<return_key>/seen")
@access(Permission.MANAGE_KIOSKS, of="return_key")
def settle_returned_answer(return_key: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        settle_return(session, return_key, actor=actor, now=now)

    transact(work)
    flash(_("Đã ghi là đã hỏi lại"))
    return redirect(url_for("kiosks.list_company_kiosks"))


@kiosk_pages.get("/kiosks/guide")
@access(Permission.MANAGE_KIOSKS)
def show_kiosk_guide() -> ResponseReturnValue:
    return render_template("gate/show_kiosk_guide.html")
