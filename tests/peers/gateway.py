"""An SMS gateway in the test process: a real socket that does what a story tells it to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as the gateway saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Says:
    """An answer: `drop` ends the connection without one, `mute` says nothing until let go."""

    status: int = 200
    content: Any = field(default_factory=lambda: {"CodeResult": "100", "SMSID": "s1"})
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    mute: bool = False

    def as_bytes(self) -> bytes:
        """What goes over the wire."""
        if isinstance(self.content, bytes):
            return self.content
        return json.dumps(self.content).encode()


@dataclass(slots=True)
class Gateway:
    """What it will say next, and everything it was asked."""

    says: list[Says] = field(default_factory=list)
    always: Callable[[Asked], Says] | None = None
    asked: list[Asked] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def answer(self, asked: Asked) -> Says:
        """Write down what was asked, and what is said to it."""
        self.asked.append(asked)
        if self.says:
            return self.says.pop(0)
        return self.always(asked) if self.always else Says()


@contextmanager
def gateway(always: Callable[[Asked], Says] | None = None, *, port: int = 0) -> Iterator[Gateway]:
    """A gateway that listens as long as the story lasts, on any free port."""
    told = Gateway(always=always)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
            says = told.answer(asked)
            if says.mute:
                told.released.wait(30)
            if says.drop or says.mute:
                self.close_connection = True
                return
            content = says.as_bytes()
            self.send_response(says.status)
            for name, value in says.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815 - the names are those of the library

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield told
    finally:
        told.released.set()
        server.shutdown()
        server.server_close()
