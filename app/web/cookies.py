"""Cookies that stay: kept for this host alone, unseen by scripts, over TLS where there is TLS."""

from flask import Response, request


def kept_cookie(name: str) -> str | None:
    """What the browser keeps for this host under a name."""
    return request.cookies.get(_full(name))


def keep_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    """Have the browser keep a value for so many seconds."""
    response.set_cookie(
        _full(name),
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def _full(name: str) -> str:
    # No other host of the domain, and nobody over plain HTTP, can put such a cookie in place.
    return f"__Host-{name}" if request.is_secure else name
