"""Which language a page speaks: `?lang=`, then the choice kept in a cookie, then the node's."""

from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import get_locale

from app.settings import Settings
from app.web.cookies import keep_cookie, kept_cookie

LOCALES = ("vi", "en")
COOKIE = "anca_lang"
ONE_YEAR_SECONDS = 365 * 24 * 3600


def choose_locale() -> str:
    """The language of this request."""
    settings: Settings = current_app.config["SETTINGS"]
    if not has_request_context():
        return settings.locale
    wanted = request.args.get("lang") or kept_cookie(COOKIE)
    if wanted in LOCALES:
        return wanted
    actor = g.get("actor")
    if actor is not None and request.path.startswith("/api/"):
        return request.accept_languages.best_match(LOCALES) or str(actor.locale)
    return settings.locale


def keep_choice(response: Response) -> Response:
    """Remember a language asked for by `?lang=` in this browser."""
    wanted = request.args.get("lang")
    if wanted in LOCALES and kept_cookie(COOKIE) != wanted:
        keep_cookie(response, COOKIE, wanted, ONE_YEAR_SECONDS)
    return response


def current_language() -> str:
    """The short code of the language being spoken, "vi" or "en"."""
    locale: Any = get_locale()
    return str(locale.language) if locale else LOCALES[0]


def register(app: Flask) -> None:
    """Remember choices made by address."""
    app.after_request(keep_choice)
