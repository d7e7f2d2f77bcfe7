"""What a browser is called in lists of signed-in browsers, and the cookie it is known by."""

import secrets

from flask import Response, request

DEVICE_COOKIE = "anca_device"
TEN_YEARS_SECONDS = 10 * 365 * 24 * 3600
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
    return (request.form.get("device") or request.cookies.get(DEVICE_COOKIE, ""))[:64]


def with_device(response: Response) -> Response:
    """Give the browser its id, unless it has one."""
    if DEVICE_COOKIE not in request.cookies:
        response.set_cookie(
            DEVICE_COOKIE,
            secrets.token_urlsafe(24),
            max_age=TEN_YEARS_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response
