"""Large files of figures on disk, written by a program of its own, until their owner took them."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from app.dashboards.rules.files import FileNotWritten

_CHILD = Path(__file__).with_name("figures_child.py")
_FOLDER = "figures"
_LONGEST_SECONDS = 300
Row = Sequence[str | int | float | None]


def figures_path(instance: Path, file_id: str) -> Path:
    """Where a file lies, in a folder that only this program reads."""
    folder = instance / _FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{file_id}.xlsx"


def list_figures_files(instance: Path) -> list[str]:
    """The ids of the files that lie there."""
    folder = instance / _FOLDER
    return sorted(path.stem for path in folder.glob("*.xlsx")) if folder.is_dir() else []


class Sink:
    """Takes rows while the child writes."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe

    def add(self, rows: Sequence[Row]) -> None:
        """Hand on some rows."""
        try:
            self._pipe.write(json.dumps(rows, ensure_ascii=False).encode() + b"\n")
        except OSError:
            raise FileNotWritten from None


@contextmanager
def writing(path: Path, order: dict[str, Any]) -> Iterator[Sink]:
    """A workbook under way; it stands at `path` only when all of it was written."""
    partial = path.with_suffix(".part")
    child = subprocess.Popen(  # noqa: S603 - our own file, no shell, no user text in it
        [sys.executable, "-I", str(_CHILD)], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        if child.stdin is None:
            raise FileNotWritten
        sink = Sink(child.stdin)
        child.stdin.write(json.dumps({**order, "path": str(partial)}).encode() + b"\n")
        yield sink
        child.stdin.close()
        if child.wait(timeout=_LONGEST_SECONDS):
            raise FileNotWritten
        partial.replace(path)
    except (OSError, subprocess.TimeoutExpired):
        raise FileNotWritten from None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        partial.unlink(missing_ok=True)
