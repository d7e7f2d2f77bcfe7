"""Does deeds in processes that may be killed: `python -m tests.durability.acting FOLDER`.

Everything is loaded and built once; each deed is then done by a child of its own, which is armed
to kill itself at a moment of a kind: "change:N" after the Nth statement that changes something,
"commit:N" just before a commit, "committed:N" just after it and before anybody is answered,
"file:N" before something is done to a file. Orders and answers are lines of JSON.
"""

import json
import os
import signal
import sys
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Pool, event

from app.web.schema import upgrade
from tests.durability.deeds import DEEDS
from tests.durability.ground import START, Ground

CHANGES = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP")
FILE_EVENTS = frozenset(
    {
        "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate",
        "shutil.copyfile", "shutil.move", "shutil.rmtree", "sqlite3.connect",
    }
)  # fmt: skip


class Moments:
    """Counts the moments at which a kill may fall, and kills at the chosen one."""

    def __init__(self, die: str) -> None:
        self.seen: Counter[str] = Counter()
        kind, _, number = die.partition(":")
        self.chosen = (kind, int(number or 0))
        self.counting = True

    def meet(self, kind: str) -> None:
        if self.counting:
            self.seen[kind] += 1
            if self.chosen == (kind, self.seen[kind]):
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        def changed(*told: Any) -> None:
            if str(told[2]).lstrip().upper().startswith(CHANGES):
                self.meet("change")

        event.listen(Engine, "after_cursor_execute", changed)
        event.listen(Engine, "commit", lambda _: self.meet("commit"))
        event.listen(Pool, "checkin", lambda *_: self.meet("committed"))
        sys.addaudithook(self._file)

    def _file(self, name: str, told: tuple[Any, ...]) -> None:
        writes = name == "open" and isinstance(told[2], int) and told[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or name in FILE_EVENTS:
            self.meet("file")


def say(told: dict[str, Any]) -> None:
    """One line, whole, whatever happens next."""
    line = json.dumps(told).encode() + b"\n"
    while line:
        line = line[os.write(1, line) :]


def act(ground: Ground, order: dict[str, Any]) -> None:
    """What a child does with an order."""
    if order["act"] == "found":
        for app in ground.apps.values():
            upgrade(app.extensions["writer"].engine)
        return
    deed = DEEDS[order["deed"]]
    ground.clock.at = START + order["attempt"] * deed.pause
    if order["act"] == "prepare":
        deed.prepare(ground)
    elif order["act"] == "check":
        deed.check(ground, order["told"])
    else:
        moments = Moments(order["die"])
        moments.watch()
        deed.do(ground, lambda told: say({"told": told}))
        moments.counting = False
        say({"moments": moments.seen})


def child(ground: Ground, order: dict[str, Any]) -> None:
    """Act, tell what went wrong, and end without the habits of the process it came from."""
    code = 1
    try:
        act(ground, order)
        ground.close()
        code = 0
    except BaseException:
        say({"failed": traceback.format_exc()})
    finally:
        os._exit(code)


def main(folder: Path) -> None:
    """Fork for each order, and say how that ended."""
    ground = Ground(folder)
    ground.build()
    say({"ended": 0})
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            child(ground, order)
        _, status = os.waitpid(pid, 0)
        say({"ended": os.waitstatus_to_exitcode(status)})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
