"""How long requests take, by endpoint and kind of answer, for the node's own metrics."""

import time

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Histogram

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def register(app: Flask) -> None:
    """Time every request from its first hook to its last."""
    registry = app.extensions["metrics"] = CollectorRegistry()
    seconds = Histogram(
        "anca_request_seconds",
        "Time to an answer, by endpoint and kind of answer",
        ("endpoint", "answer"),
        buckets=BUCKETS,
        registry=registry,
    )

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if "began" in g:
            kind = f"{response.status_code // 100}xx"
            spent = time.perf_counter() - g.began
            seconds.labels(request.endpoint or "unknown", kind).observe(spent)
        return response
