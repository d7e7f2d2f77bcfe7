"""PDF files of cards and posters."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.workforce.gateways.drawing import draw_pdf
from app.workforce.rules.timetables import PaperNotDrawn

_CHILD = Path(__file__).with_name("paper_child.py")
_LONGEST_SECONDS = 180


@dataclass(frozen=True, slots=True)
class CardFace:
    """What stands on one card; `code` is the content of its QR code and holds the secret."""

    code: str
    name: str
    badge: str
    company: str
    unit: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PosterFace:
    """What stands on a poster; each of `steps` in Vietnamese and in English."""

    code: str
    address: str
    company: str
    unit: str
    asks: str
    asks_en: str
    steps: tuple[tuple[str, str], ...]
    call: str


def draw_cards(title: str, cards: Sequence[CardFace]) -> bytes:
    """A PDF of A4 pages with ten cards each."""
    return _drawn({"kind": "cards", "title": title, "cards": [asdict(card) for card in cards]})


def draw_poster(title: str, poster: PosterFace) -> bytes:
    """A PDF of one A4 page."""
    return _drawn({"kind": "poster", "title": title, "poster": asdict(poster)})


def _drawn(order: dict[str, Any]) -> bytes:
    drawn = draw_pdf(_CHILD, order, longest_seconds=_LONGEST_SECONDS)
    if drawn is None:
        raise PaperNotDrawn
    return drawn
