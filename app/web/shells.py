"""Pages that open without the park: nameless, the same for everybody, kept by browsers."""

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, request
from flask_babel import lazy_gettext as _

from app.web.compression import same_for_everybody


@dataclass(frozen=True, slots=True)
class Shell:
    """A page that a browser keeps; `address` may have parts `-` that stand for any one part.

    `instead_of`: the page of the server that it takes the place of while the park is not reached.
    `title`: how the page of a lost network names it; without one it is not offered there.
    `roles`: whom it is offered to there; nobody named means everybody.
    `also`: static files too heavy for every phone (`vendor/…`); kept once the page was opened.
    `everywhere`: false for the page of one machine: only what opened it keeps it, whole.
    """

    address: str
    instead_of: str | None = None
    title: Any = None
    roles: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    everywhere: bool = True


CAMERA_READER = (
    "vendor/zxing-wasm-3.1.4/reader/index.js",
    "vendor/zxing-wasm-3.1.4/share.js",
    "vendor/zxing-wasm-3.1.4/zxing_reader.wasm",
)
TEAM = ("team_member", "safety_officer")
WORKERS = ("worker", "team_member")
LEADERS = ("team_member", "safety_officer")
SHELLS: tuple[Shell, ...] = (
    Shell("/groups/-/roll-call"),
    Shell("/roll-call/kept", "/roll-call", title=_("Điểm danh"), roles=LEADERS),
    Shell("/check-in", title=_("Khai báo trước ca"), roles=WORKERS),
    Shell("/inbox", title=_("Hộp thư"), roles=WORKERS),
    Shell("/feedback", title=_("Gửi phản ánh"), roles=WORKERS),
    Shell("/my-record", title=_("Hồ sơ của tôi"), roles=WORKERS),
    Shell("/sign-in/offline", instead_of="/sign-in"),
    Shell(
        "/today/last-known", "/today", title=_("Bảng hôm nay, lần cuối máy này biết"), roles=TEAM
    ),
    Shell("/outbox", title=_("Việc chờ gửi")),
    Shell("/pass", title=_("Thẻ vào ca"), roles=WORKERS),
    Shell(
        "/gate",
        title=_("Cổng"),
        roles=("gate",),
        also=("vendor/noble-ed25519-3.2.0/index.js", *CAMERA_READER),
    ),
    Shell("/kiosk", title=_("Kiosk"), roles=("gate",), also=CAMERA_READER),
    Shell("/display", everywhere=False),
)
OFFLINE = Shell("/offline")


def shell(template: str, **values: Any) -> Response:
    """A page that holds nobody's name, token or form value; only the language is the visitor's.

    It is written without the values that pages of the office get: those ask who is signed in.
    """
    has_outbox = "shells.show_outbox" in current_app.view_functions
    frame = {"has_outbox": has_outbox, "nameless": True}
    page = Response(
        current_app.jinja_env.get_template(template).render(frame | values), mimetype="text/html"
    )
    page.headers["Cache-Control"] = "no-cache"
    page.vary.add("Cookie")
    page.add_etag()
    page.make_conditional(request)
    return same_for_everybody(page)
