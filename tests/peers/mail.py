"""A mail server in the test process: a real socket that speaks SMTP as a story tells it to."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class MailServer:
    """What it answers to each command, what it took, and how often somebody came.

    An answer of "" ends the connection instead, one of "?" says nothing until let go.
    """

    answers: dict[str, list[str]] = field(default_factory=dict)
    letters: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    visits: int = 0
    offers: tuple[str, ...] = ("SIZE 1000000",)
    released: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def answer(self, command: str, usual: str) -> str:
        """What is said to this command now."""
        waiting = self.answers.get(command)
        return waiting.pop(0) if waiting else usual


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that listens as long as the story lasts."""
    told = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            told.visits += 1
            going = self._say("greeting", "220 peer.example")
            while going:
                line = self.rfile.readline().decode("utf-8", "replace").strip()
                if not line:
                    return
                told.said.append(line)
                going = self._do(line.split()[0].upper())

        def _do(self, command: str) -> bool:
            if command == "EHLO":
                offers = "".join(f"250-{offer}\r\n" for offer in told.offers)
                return self._say(command, f"250-peer.example\r\n{offers}250 HELP")
            if command == "DATA":
                if not self._say(command, "354 go on"):
                    return False
                if told.said[-1] == "DATA" and self._last.startswith("354"):
                    return self._take_letter()
                return True
            if command == "QUIT":
                self._say(command, "221 bye")
                return False
            return self._say(command, "250 ok")

        def _take_letter(self) -> bool:
            lines = []
            for line in iter(self.rfile.readline, b""):
                if line == b".\r\n":
                    break
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            told.letters.append(b"".join(lines))
            return self._say("letter", "250 taken")

        def _say(self, command: str, usual: str) -> bool:
            self._last = told.answer(command, usual)
            if self._last == "?":
                told.released.wait(30)
                return False
            if not self._last:
                return False
            self.wfile.write(f"{self._last}\r\n".encode())
            return True

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield told
    finally:
        told.released.set()
        server.shutdown()
        server.server_close()
