"""The worker's pass and the guard's gate: nameless shells of the browser."""

from flask import Blueprint, Response

from app.web.access import public
from app.web.headers import POLICY
from app.web.shells import shell

gate_pages = Blueprint("gate", __name__)
# The reader of camera pictures is WebAssembly; it may be compiled on this page alone.
READER_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")


@gate_pages.get("/pass")
@public
def show_pass() -> Response:
    return shell("gate/show_pass.html")


@gate_pages.get("/gate")
@public
def show_gate() -> Response:
    page = shell("gate/show_gate.html")
    page.headers["Content-Security-Policy"] = READER_POLICY
    return page
