"""A gateway that does nothing but say yes and count, as SMS or as Zalo, in its own process."""

import asyncio
import json
import sys
import time
from collections import deque

NUMBER = "ebe101db-87cd-4285-b97b-6a7a90455ded30"
QUOTA = {"dailyQuota": "500000", "remainingQuota": "499999"}
ANSWER = json.dumps(
    {
        "CodeResult": "100",
        "SMSID": NUMBER,
        "error": 0,
        "message": "Success",
        "data": {"msg_id": NUMBER, "sending_mode": "1", "quota": QUOTA},
    }
)


class Counter:
    """How many calls came, when the last one did (seconds since 1970), and the fullest minute."""

    def __init__(self) -> None:
        self.calls, self.last_at, self.fullest = 0, 0.0, 0
        self.lately: deque[float] = deque()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(_length(head))
                writer.write(_answer(self._told() if head.startswith(b"GET / ") else self._taken()))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _taken(self) -> str:
        self.calls, self.last_at = self.calls + 1, time.time()
        while self.lately and self.last_at - self.lately[0] >= 60:
            self.lately.popleft()
        self.lately.append(self.last_at)
        self.fullest = max(self.fullest, len(self.lately))
        return ANSWER

    def _told(self) -> str:
        told = {"calls": self.calls, "last_at": self.last_at, "fullest": self.fullest}
        return json.dumps({**told, "at": time.time()})


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def _answer(text: str) -> bytes:
    body = text.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def main(port: int) -> None:
    server = await asyncio.start_server(Counter().serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main(int(sys.argv[1])))
    except KeyboardInterrupt:
        sys.exit(0)
