"""Pictures of findings, as cameras and phones give them."""

from app.risk.rules.findings import NotAPhoto, PhotoTooLarge
from app.web.photos import Drawing, NotAPictureError, Photo, TooManyPixelsError, drawn_anew

LARGEST_BYTES = 10 * 2**20
# A phone's 48 million pixels; a JPEG is unpacked smaller than it is, the others are not.
DRAWING = Drawing(
    {"JPEG": 50_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}, longest_side=1600, quality=80
)


def read_photo(content: bytes) -> Photo:
    """The picture drawn anew; refused when it is none or too large."""
    if len(content) > LARGEST_BYTES:
        raise PhotoTooLarge(megabytes=LARGEST_BYTES // 2**20)
    try:
        return drawn_anew(content, DRAWING)
    except TooManyPixelsError:
        raise PhotoTooLarge(megabytes=LARGEST_BYTES // 2**20) from None
    except NotAPictureError:
        raise NotAPhoto from None
