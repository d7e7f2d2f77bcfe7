"""Smaller answers for slow phones, of what is the same for everybody.

Nothing that holds a form's token or a person's data is compressed: its length would tell of it.
"""

import gzip

from flask import Flask, Response, g, request

WORTH_BYTES = 600
KINDS = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "image/svg+xml",
    }
)
MOST_KEPT = 400


def same_for_everybody(response: Response) -> Response:
    """Say that this answer holds nothing of the visitor."""
    g.same_for_everybody = True
    return response


def register(app: Flask) -> None:
    """Compress after the view, once for each content."""
    kept: dict[tuple[str, str], bytes] = {}

    def smaller(address: str, tag: str, body: bytes) -> bytes:
        if (address, tag) not in kept:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[address, tag] = gzip.compress(body, 9, mtime=0)
        return kept[address, tag]

    @app.after_request
    def compress(response: Response) -> Response:
        if not (g.get("same_for_everybody") or request.endpoint == "static"):
            return response
        if response.status_code != 200 or response.mimetype not in KINDS:
            return response
        response.vary.add("Accept-Encoding")
        tag, _ = response.get_etag()
        if tag is None or not request.accept_encodings["gzip"] or "Range" in request.headers:
            return response
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) < WORTH_BYTES:
            return response
        response.set_data(smaller(request.full_path, tag, body))
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(tag, weak=True)
        return response
