"""The body of a call between nodes: JSON, perhaps packed, never larger than it may be."""

import json
import zlib
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from app.web.payload import NotJson

LARGEST_CALL = 8 * 1024 * 1024
GZIP = 16 + zlib.MAX_WBITS


def node_body(most: int = LARGEST_CALL) -> dict[str, Any]:
    """The object that another node sent; the limit in bytes counts packed and unpacked."""
    request.max_content_length = most
    if request.content_length is not None and request.content_length > most:
        raise RequestEntityTooLarge
    text = request.get_data(cache=False)
    if request.headers.get("Content-Encoding", "identity").lower() == "gzip":
        text = _unpacked(text, most)
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise NotJson from None
    if not isinstance(body, dict):
        raise NotJson
    return body


def _unpacked(packed: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(GZIP)
    try:
        text = unpacker.decompress(packed, most + 1)
    except zlib.error:
        raise NotJson from None
    if len(text) > most:
        raise RequestEntityTooLarge
    return text
