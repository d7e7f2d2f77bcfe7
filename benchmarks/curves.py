"""The growth curves as plots: one small plot a page, drawn from the results file."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
COLUMNS, WIDE, HIGH, HEAD = 3, 300, 210, 34
LEFT, RIGHT, TOP, BOTTOM = 46, 78, 34, 30
COLOURS = ("#0b6e4f", "#2b6cb0", "#b7791f", "#9b2c2c")
INK, SOFT, LINE = "#1f2933", "#52606d", "#d9e0e6"
FONT = "font-family=\"system-ui, 'Segoe UI', sans-serif\""


@dataclass(frozen=True, slots=True)
class Axis:
    """What runs along the bottom, and what tells the lines apart."""

    along: str
    apart: str
    file: str
    title: str


AXES = (
    Axis("days", "workers", "growth-days.svg", "Page time in ms by days of history"),
    Axis("workers", "days", "growth-workers.svg", "Page time in ms by number of workers"),
)


def draw(results: Path) -> list[Path]:
    """Both plots; where they stand."""
    points: list[dict[str, Any]] = json.loads(results.read_text(encoding="utf-8"))["points"]
    PICTURES.mkdir(exist_ok=True)
    drawn = []
    for axis in AXES:
        path = PICTURES / axis.file
        path.write_text(_picture(axis, points), encoding="utf-8")
        drawn.append(path)
    return drawn


def _picture(axis: Axis, points: Sequence[dict[str, Any]]) -> str:
    pages = list(dict.fromkeys(point["page"] for point in points))
    kinds = sorted({point[axis.apart] for point in points})
    rows = math.ceil(len(pages) / COLUMNS)
    width, height = COLUMNS * WIDE, HEAD + rows * HIGH
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" {FONT} font-size="11" role="img" '
        f'aria-label="{escape(axis.title)}">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text(12, 22, axis.title, INK, size=15, weight=600),
    ]
    for place, page in enumerate(pages):
        own = [point for point in points if point["page"] == page]
        left, top = place % COLUMNS * WIDE, HEAD + place // COLUMNS * HIGH
        parts.append(f'<g transform="translate({left} {top})">{_plot(axis, page, own, kinds)}</g>')
    return "\n".join([*parts, "</svg>", ""])


def _plot(axis: Axis, page: str, points: Sequence[dict[str, Any]], kinds: Sequence[int]) -> str:
    xs = sorted({point[axis.along] for point in points})
    low, high = math.log10(xs[0]), math.log10(xs[-1]) if len(xs) > 1 else math.log10(xs[0]) + 1
    top = _round_up(max(point["ms"] for point in points))
    wide, high_px = WIDE - LEFT - RIGHT, HIGH - TOP - BOTTOM

    def x(value: float) -> float:
        return LEFT + (math.log10(value) - low) / (high - low) * wide

    def y(ms: float) -> float:
        return TOP + (1 - ms / top) * high_px

    parts = [_text(LEFT, 18, page, INK, size=12, weight=600)]
    for share in (0, 0.5, 1):
        level = y(top * share)
        parts.append(f'<path d="M{LEFT} {level:.1f}H{LEFT + wide}" stroke="{LINE}"/>')
        parts.append(_text(LEFT - 6, level + 4, f"{top * share:g}", SOFT, anchor="end"))
    parts += [_text(x(each), HIGH - 14, _short(each), SOFT, anchor="middle") for each in xs]
    ends: list[tuple[float, str, str]] = []
    for kind in kinds:
        line = sorted((p[axis.along], p["ms"]) for p in points if p[axis.apart] == kind)
        if not line:
            continue
        colour = COLOURS[kinds.index(kind) % len(COLOURS)]
        path = "L".join(f"{x(at):.1f} {y(ms):.1f}" for at, ms in line)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        parts += [
            f'<circle cx="{x(at):.1f}" cy="{y(ms):.1f}" r="2.6" fill="{colour}"/>'
            for at, ms in line
        ]
        ends.append((y(line[-1][1]), f"{_short(kind)} {axis.apart}", colour))
    return "".join([*parts, *_names(ends, LEFT + wide + 8)])


def _names(ends: Sequence[tuple[float, str, str]], x: float) -> list[str]:
    """The names of the lines at their ends, none over another."""
    drawn, last = [], 0.0
    for level, name, colour in sorted(ends):
        last = max(level + 4, last + 12)
        drawn.append(_text(x, last, name, colour))
    return drawn


def _short(number: int) -> str:
    return f"{number // 1000}k" if number >= 1000 else str(number)


def _round_up(ms: float) -> float:
    """A round number above: 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(max(ms, 1)))
    return next(float(step * power) for step in (1, 2, 5, 10) if step * power >= ms)


def _text(
    x: float,
    y: float,
    words: str,
    colour: str,
    *,
    size: int = 11,
    weight: int = 400,
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" '
        f'font-weight="{weight}" text-anchor="{anchor}">{escape(words)}</text>'
    )
