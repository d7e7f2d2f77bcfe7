"""What is drawn of one day, and how SVG is written: numbers short, text escaped."""

from collections.abc import Iterable
from typing import Final, Literal

from markupsafe import Markup, escape

NO_DATA: Final = "nodata"
# A number; None is a day off, which leaves a gap; NO_DATA is a gap with hatching.
Point = float | Literal["nodata"] | None


def known(points: Iterable[Point]) -> list[float]:
    """The numbers among the points."""
    return [point for point in points if isinstance(point, int | float)]


def short(value: float) -> str:
    """A coordinate with one digit, and none where it says nothing."""
    return f"{value:.1f}".removesuffix(".0")


def picture(size: str, label: object, parts: Iterable[str]) -> Markup:
    """An SVG of these parts; without a label it says nothing that does not stand beside it."""
    name = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(f"<svg {size} {name}>{''.join(parts)}</svg>")  # noqa: S704 - parts are ours


def words(text: object, *, x: float, y: float, classes: str) -> str:
    """A text in a picture."""
    return f'<text class="{classes}" x="{short(x)}" y="{short(y)}">{escape(text)}</text>'
