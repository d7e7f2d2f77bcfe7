"""The JSON body of a call: an object, of bounded size, in composed text."""

from typing import Any

from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.kernel.refusals import Refusal
from app.web.incoming import read_json


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
    if not request.is_json:
        raise NotJson
    try:
        body = read_json(request.get_data())
    except ValueError:
        raise NotJson from None
    if not isinstance(body, dict):
        raise NotJson
    return body
