"""Pictures of phones, drawn anew: only what is seen is kept, not where or by which phone."""

import io
from base64 import b64decode
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from app.feedback.rules.refusals import NotAPicture

LARGEST_BYTES = 700 * 1024
MOST_PIXELS = 16_000_000
LONGEST_SIDE = 1280


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG without notes of the camera; sides in pixels."""

    content: bytes
    width: int
    height: int


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
    return drawn_anew(content)


def drawn_anew(content: bytes) -> Photo:
    """The picture upright, at most 1280 pixels long, as a JPEG of nothing but its pixels."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotAPicture
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            plain = ImageOps.exif_transpose(opened).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise NotAPicture from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError):
        raise NotAPicture from None
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A fresh picture has none of the notes that the opened one carries along.
    fresh = Image.new("RGB", plain.size)
    fresh.paste(plain)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=75)
    return Photo(out.getvalue(), fresh.width, fresh.height)
