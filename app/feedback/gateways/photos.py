"""The picture that may go with a note, as phones send it."""

from base64 import b64decode

from app.feedback.rules.refusals import NotAPicture
from app.web.photos import Drawing, NotAPictureError, Photo, TooManyPixelsError, drawn_anew

LARGEST_BYTES = 700 * 1024
DRAWING = Drawing({"JPEG": 16_000_000}, longest_side=1280, quality=75)


def read_photo(told: object) -> Photo | None:
    """The picture in a payload (base64 of a JPEG, perhaps behind `data:…,`), drawn anew."""
    if told is None or told == "":
        return None
    if not isinstance(told, str):
        raise NotAPicture
    try:
        content = b64decode(told.rpartition(",")[2], validate=True)
    except ValueError:
        raise NotAPicture from None
    if not 0 < len(content) <= LARGEST_BYTES:
        raise NotAPicture
    try:
        return drawn_anew(content, DRAWING)
    except (NotAPictureError, TooManyPixelsError):
        raise NotAPicture from None
