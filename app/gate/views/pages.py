"""The worker's pass and the guard's gate: nameless shells of the browser."""

from flask import Blueprint, Response

from app.web.access import public
from app.web.headers import CAMERA_POLICY
from app.web.shells import shell

gate_pages = Blueprint("gate", __name__)


@gate_pages.get("/pass")
@public
def show_pass() -> Response:
    return shell("gate/show_pass.html")


@gate_pages.get("/gate")
@public
def show_gate() -> Response:
    page = shell("gate/show_gate.html")
    page.headers["Content-Security-Policy"] = CAMERA_POLICY
    return page
