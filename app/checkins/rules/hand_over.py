"""What one shift leaves to the next: a note, kept as it was written, and who has read it."""

from app.kernel.refusals import Refusal
from app.kernel.text import nfc

LONGEST_NOTE = 1000


class NothingWritten(Refusal):
    """A note to the next shift says something."""

    code = "hand_over.nothing_written"


class NoteTooLong(Refusal):
    """A note to the next shift is short enough to be read at the door."""

    code = "hand_over.too_long"


def note_text(written: str) -> str:
    """The note as it is kept: as written, but for blank ends and lines."""
    lines = [line.strip() for line in nfc(written).strip().splitlines()]
    text = "\n".join(line for line in lines if line)
    if not text:
        raise NothingWritten
    if len(text) > LONGEST_NOTE:
        raise NoteTooLong(most=LONGEST_NOTE)
    return text
