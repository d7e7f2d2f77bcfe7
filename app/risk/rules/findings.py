"""What was found wrong at a place: how it stands on a day, and what is refused of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.kernel.refusals import Refusal

SOON_DAYS = 3


class Standing(StrEnum):
    """How a finding stands; in the order in which they are looked at."""

    OVERDUE = "overdue"
    SOON = "soon"
    OPEN = "open"
    DONE = "done"


class PhotoKind(StrEnum):
    """What a picture shows."""

    FOUND = "found"
    MENDED = "mended"


@dataclass(frozen=True, slots=True)
class Findings:
    """How many findings of a place are not mended, and how many of these are overdue."""

    open: int = 0
    overdue: int = 0


def standing(due_on: date, *, done: bool, today: date) -> Standing:
    """How a finding stands: due today it is not overdue yet."""
    if done:
        return Standing.DONE
    if due_on < today:
        return Standing.OVERDUE
    return Standing.SOON if (due_on - today).days <= SOON_DAYS else Standing.OPEN


class FindingDone(Refusal):
    """The finding was noted as mended before."""

    code = "risk.finding_done"
    status = 409


class FindingOpen(Refusal):
    """The finding is not mended, so there is nothing to take back."""

    code = "risk.finding_open"
    status = 409


class FindingChanged(Refusal):
    """Somebody else changed the finding since this page was opened."""

    code = "risk.finding_changed"
    status = 409


class NotAPhoto(Refusal):
    """The file is no picture that this program can draw anew."""

    code = "risk.not_a_photo"


class PhotoTooLarge(Refusal):
    """The file, or the picture in it, is larger than allowed; `megabytes`."""

    code = "risk.photo_too_large"
    status = 413


class TooManyPhotos(Refusal):
    """A finding has as many pictures as it may have; `most`."""

    code = "risk.too_many_photos"
