"""PDF files are drawn by programs of their own, so that check-ins go on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.settings import ROOT

_FONTS = ROOT / "static" / "fonts"


def draw_pdf(program: Path, order: dict[str, Any], *, longest_seconds: int) -> bytes | None:
    """What a program draws of an order; None when it fails or takes too long.

    The order goes in by the pipe: neither a command line nor a file may show its secrets.
    """
    try:
        child = subprocess.run(  # noqa: S603 - our own file, no shell, no user text in it
            [sys.executable, "-I", str(program)],
            input=json.dumps({**order, "fonts": str(_FONTS)}).encode(),
            capture_output=True,
            timeout=longest_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return None if child.returncode or not child.stdout.startswith(b"%PDF-") else child.stdout
