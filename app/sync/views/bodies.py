"""The body of a call between nodes: JSON, perhaps packed, never larger than it may be."""

import zlib
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from app.extensions import db
from app.sync.forms import parse_entries
from app.sync.gateways.calls import TIGHT, Call, read_edges, read_texts
from app.sync.queries.logs import find_compact
from app.web.incoming import read_json
from app.web.payload import NotJson

LARGEST_CALL = 8 * 1024 * 1024
GZIP = 16 + zlib.MAX_WBITS


def node_body(most: int = LARGEST_CALL) -> dict[str, Any]:
    """The object that another node sent; the limit in bytes counts packed and unpacked."""
    try:
        body = read_json(_text(most))
    except ValueError:
        raise NotJson from None
    if not isinstance(body, dict):
        raise NotJson
    return body


def node_call() -> Call:
    """The entries that another node sent, in either form."""
    if request.mimetype != TIGHT:
        return Call(*parse_entries(node_body()), [])
    edges = read_edges(_text(LARGEST_CALL))
    like = find_compact(db.session(), edges.node, edges.like) if edges.like else None
    try:
        call = read_texts(edges, like, LARGEST_CALL)
    except ValueError:
        raise NotJson from None  # the sender tries again in the form that every province reads
    parse_entries({"node": call.node, "entries": call.compacts})
    return call


def _text(most: int) -> bytes:
    request.max_content_length = most
    if request.content_length is not None and request.content_length > most:
        raise RequestEntityTooLarge
    text = request.get_data(cache=False)
    if request.headers.get("Content-Encoding", "identity").lower() == "gzip":
        return _unpacked(text, most)
    return text


def _unpacked(packed: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(GZIP)
    try:
        text = unpacker.decompress(packed, most + 1)
    except zlib.error:
        raise NotJson from None
    if len(text) > most:
        raise RequestEntityTooLarge
    return text
