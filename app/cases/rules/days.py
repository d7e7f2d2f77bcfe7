"""What is heard of somebody on one day of follow-up."""

from enum import StrEnum


class HeardBy(StrEnum):
    """How a day's answer came: the person's own, somebody's at work, a call, the short form."""

    OWN = "own"
    OTHER = "other"
    CALL = "call"
    FORM = "form"
