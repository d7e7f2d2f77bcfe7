"""Large files of figures: how far one is, when it is given up, and how long it waits."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.refusals import Refusal

WAITS_FOR = timedelta(days=7)
CUT_OFF_AFTER = timedelta(seconds=90)


class FileState(StrEnum):
    """How far a file is."""

    ASKED = "asked"
    WRITTEN = "written"
    FAILED = "failed"


class FileUnderWay(Refusal):
    """Another file of this person is still being written."""

    code = "dashboards.file_under_way"
    status = 409


class NothingToWrite(Refusal):
    """The period holds no figures of these companies."""

    code = "dashboards.nothing_to_write"


class FileNotWritten(Refusal):
    """The program beside the server could not write the file."""

    code = "dashboards.file_not_written"
    status = 503


def is_cut_off(touched_at: datetime, now: datetime) -> bool:
    """Whether whoever wrote a file has fallen silent."""
    return now - touched_at >= CUT_OFF_AFTER
