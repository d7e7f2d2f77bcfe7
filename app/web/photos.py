"""Pictures of phones and cameras, drawn anew: only what is seen is kept, not where or by which."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError


class NotAPictureError(ValueError):
    """The bytes are no picture of a format that is taken."""


class TooManyPixelsError(ValueError):
    """The picture would need more memory than it is given."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG without notes of the camera; sides in pixels."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is taken, as the most pixels by format, and how it is drawn; sides in pixels."""

    most_pixels: Mapping[str, int]
    longest_side: int
    quality: int


def drawn_anew(content: bytes, drawing: Drawing) -> Photo:
    """The picture upright and no longer than wanted, as a JPEG of nothing but its pixels.

    Raises NotAPictureError or TooManyPixelsError.
    """
    sides = (drawing.longest_side, drawing.longest_side)
    try:
        with Image.open(io.BytesIO(content), formats=tuple(drawing.most_pixels)) as opened:
            if opened.width * opened.height > drawing.most_pixels[str(opened.format)]:
                raise TooManyPixelsError
            opened.draft("RGB", sides)
            plain = _on_white(ImageOps.exif_transpose(opened))
    except TooManyPixelsError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise TooManyPixelsError from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError):
        raise NotAPictureError from None
    plain.thumbnail(sides)
    # A fresh picture has none of the notes that the opened one carries along.
    fresh = Image.new("RGB", plain.size)
    fresh.paste(plain)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=drawing.quality, optimize=True)
    return Photo(out.getvalue(), fresh.width, fresh.height)


def _on_white(image: Image.Image) -> Image.Image:
    """The picture without anything to see through."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return image.convert("RGB")
