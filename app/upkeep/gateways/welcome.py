"""The plain HTTP port of a node with a certificate: how to trust it, and the way to HTTPS."""

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from waitress.server import create_server

from app.settings import Settings

OPEN_PATHS = ("/certificate", "/static/", "/joined/", "/healthz")
HTTPS_PORT = 443
THREADS = 2
log = logging.getLogger(__name__)
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def listen(wsgi: Wsgi, settings: Settings) -> None:
    """Serve the port of ANCA_HTTP_PORT in a thread; another worker of this node may have it."""
    try:
        server = create_server(
            welcome(wsgi, settings.port),
            host=settings.host,
            port=settings.http_port,
            threads=THREADS,
            max_request_body_size=settings.max_body,  # what is led on is kept meanwhile
        )
    except OSError as problem:
        log.warning("port %s is not served: %s", settings.http_port, problem.strerror)
        return
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    threading.Thread(target=server.run, name="welcome", daemon=True).start()


def welcome(wsgi: Wsgi, https_port: int) -> Wsgi:
    """What needs no secret is answered; everything else is sent to HTTPS, unread."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        if path.startswith(OPEN_PATHS):
            return wsgi(environ, start_response)
        host = environ.get("HTTP_HOST", "").rsplit(":", 1)[0] or environ["SERVER_NAME"]
        port = "" if https_port == HTTPS_PORT else f":{https_port}"
        query = environ.get("QUERY_STRING", "")
        location = f"https://{host}{port}{quote(path)}" + (f"?{query}" if query else "")
        start_response("307 Temporary Redirect", [("Location", location), ("Content-Length", "0")])
        return []

    return answer
