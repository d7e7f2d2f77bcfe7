"""Pictures from cameras, drawn anew: only what is seen is kept, not where or by which phone."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from app.risk.rules.findings import NotAPhoto, PhotoTooLarge

LARGEST_BYTES = 10 * 2**20
# A phone's 48 million pixels; a JPEG is unpacked smaller than it is, the others are not.
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
LONGEST_SIDE = 1600
QUALITY = 80


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG without notes of the camera; sides in pixels."""

    content: bytes
    width: int
    height: int


def drawn_anew(content: bytes) -> Photo:
    """The picture upright, at most 1600 pixels long, as a JPEG of nothing but its pixels."""
    if len(content) > LARGEST_BYTES:
        raise PhotoTooLarge(megabytes=LARGEST_BYTES // 2**20)
    try:
        with Image.open(io.BytesIO(content), formats=tuple(MOST_PIXELS)) as opened:
            if opened.width * opened.height > MOST_PIXELS[str(opened.format)]:
                raise PhotoTooLarge(megabytes=LARGEST_BYTES // 2**20)
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            plain = _on_white(ImageOps.exif_transpose(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise PhotoTooLarge(megabytes=LARGEST_BYTES // 2**20) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError):
        raise NotAPhoto from None
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A fresh picture has none of the notes that the opened one carries along.
    fresh = Image.new("RGB", plain.size)
    fresh.paste(plain)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Photo(out.getvalue(), fresh.width, fresh.height)


def _on_white(image: Image.Image) -> Image.Image:
    """The picture without anything to see through."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return image.convert("RGB")
