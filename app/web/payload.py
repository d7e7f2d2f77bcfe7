"""The JSON body of a call: an object, of bounded size, in composed text."""

from typing import Any

from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.kernel.refusals import Refusal


class NotJson(Refusal):
    """The body is no JSON object."""

    code = "payload.not_json"
    status = 400


def json_body(most: int | None = None) -> dict[str, Any]:
    """The object that was sent; `most` bytes, by default the node's limit for calls."""
    limit = most or current_app.config["SETTINGS"].max_body
    request.max_content_length = limit
    if request.content_length is not None and request.content_length > limit:
        raise RequestEntityTooLarge
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise NotJson
    return body
