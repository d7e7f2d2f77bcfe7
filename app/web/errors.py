"""Refusals and errors as pages for people and as problem+json (RFC 9457) for programs."""

import logging
from typing import Any

from flask import Flask, Response, current_app, jsonify, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from app.kernel.refusals import Refusal
from app.web.access import API_PREFIX
from app.web.breakdowns import DatabaseDamaged, breakdown_of
from app.web.sentences import sentence

log = logging.getLogger(__name__)
HTTP_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
}


def register(app: Flask) -> None:
    """Answer every refusal and error in the asker's form and language."""
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(CSRFError, lambda _: _answer(400, "form.expired", {}))
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(DBAPIError, _answer_database)
    app.register_error_handler(Exception, _answer_failure)


def answer_refusal(refusal: Refusal) -> Response:
    """The refusal as the asker reads it."""
    return _answer(refusal.status, refusal.code, refusal.params)


def problem(status: int, code: str, params: dict[str, Any]) -> dict[str, Any]:
    """The body of a problem document."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "status": status,
        "code": code,
        "title": sentence(code, params),
        "detail": sentence(code, params),
    }
    if "errors" in params:
        body["errors"] = [
            {"pointer": pointer, "code": field_code, "detail": sentence(field_code)}
            for pointer, field_code in params["errors"]
        ]
    return body


def _answer(status: int, code: str, params: dict[str, Any]) -> Response:
    if request.path.startswith(API_PREFIX):
        response = jsonify(problem(status, code, params))
        response.mimetype = "application/problem+json"
    else:
        text = sentence(code, params)
        response = Response(_page(status, code, params, text))
    response.status_code = status
    if "retry_after" in params:
        response.headers["Retry-After"] = str(params["retry_after"])
    if status == 401 and request.path.startswith(API_PREFIX):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _page(status: int, code: str, params: dict[str, Any], text: str) -> str:
    """The error page, made without asking the session or the database for anything."""
    own_words = status not in {404, 405, 500} and code not in HTTP_CODES.values()
    template = current_app.jinja_env.get_template("errors/error.html")
    return template.render(
        status=status,
        code=code,
        advice=text if own_words else None,
        retry_after_seconds=params.get("retry_after"),
    )


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    return _answer(status, HTTP_CODES.get(status, "refused"), {})


def _answer_database(error: DBAPIError) -> Response:
    """A database that cannot be read is told as such; one that is damaged is written no more."""
    refusal = breakdown_of(error)
    if refusal is None:
        return _answer_failure(error)
    log.error("the database could not be read: %s", refusal.code, exc_info=error)
    if isinstance(refusal, DatabaseDamaged):
        current_app.extensions["writer"].damaged = True
    return answer_refusal(refusal)


def _answer_failure(error: Exception) -> Response:
    log.exception("request failed", exc_info=error)
    return _answer(500, "internal", {})
