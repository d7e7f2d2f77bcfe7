"""What a browser is called in lists of signed-in browsers, and the cookie it is known by."""

import re
import secrets

from flask import Response, request

from app.web.cookies import keep_cookie, kept_cookie

DEVICE_COOKIE = "anca_device"
TEN_YEARS_SECONDS = 10 * 365 * 24 * 3600
DEVICE_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Zalo", "Zalo"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser_label(user_agent: str) -> str:
    """A browser and its system by name, "Chrome · Windows"; empty when neither is known."""
    found = [
        next((name for mark, name in names if mark in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(name for name in found if name)


def is_in_the_clear() -> bool:
    """Whether others on the network could read this request: no TLS, and not on this machine."""
    host = request.host.rsplit(":", 1)[0]
    return not (request.is_secure or host in THIS_MACHINE)


def device_id() -> str:
    """The random id of this browser: the one its script keeps, else the cookie of its first visit.

    A browser that was let in by the API a moment ago is known by that id; empty before any visit.
    """
    found = request.form.get("device") or kept_cookie(DEVICE_COOKIE) or ""
    return found if DEVICE_ID.fullmatch(found) else ""


def with_device(response: Response) -> Response:
    """Give the browser its id, unless it has one."""
    if kept_cookie(DEVICE_COOKIE) is None:
        keep_cookie(response, DEVICE_COOKIE, secrets.token_urlsafe(24), TEN_YEARS_SECONDS)
    return response
