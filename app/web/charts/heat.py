"""A row of days as cells of 13 x 18, 2 apart: dark is missing, hatched no data, a dot off."""

from collections.abc import Sequence

from markupsafe import Markup

from app.web.charts.points import Point, picture, short, words

STEP, WIDE, HIGH = 15, 13, 18
WORST = 1
LIMITS = ((0.98, 5), (0.95, 4), (0.9, 3), (0.8, 2))


def share_depth(share: float) -> int:
    """How dark a share of one is: 5 from 98 %, 1 under 80 %."""
    return next((depth for limit, depth in LIMITS if share >= limit), WORST)


def heat_row(points: Sequence[Point], label: object) -> Markup:
    """The days of one row; cells of one depth are one path, which keeps a long page short."""
    cells: dict[int, list[str]] = {}
    marks, silent, off = [], [], []
    for place, point in enumerate(points):
        x = place * STEP
        if point is None:
            off.append(f'<circle class="heat-off" cx="{x + 6.5}" cy="9" r="1.5"/>')
        elif isinstance(point, str):
            silent.append(f"M{x}.5 .5h12v17h-12z")
        else:
            dark = share_depth(point)
            cells.setdefault(dark, []).append(f"M{x} 0h{WIDE}v{HIGH}h-{WIDE}z")
            if dark == WORST:
                marks.append(f"M{x + 4} 9h5")
    parts = [
        f'<path class="heat-{dark}" d="{"".join(cells[dark])}"/>'
        for dark in sorted(cells, reverse=True)
    ]
    if marks:
        parts.append(f'<path class="heat-mark" d="{"".join(marks)}"/>')
    if silent:
        parts.append(f'<path class="heat-none" fill="url(#hatch)" d="{"".join(silent)}"/>')
    return picture(_size(len(points), HIGH), label, [*parts, *off])


def heat_axis(count: int, labels: Sequence[tuple[int, str]]) -> Markup:
    """The days that are named above the rows, by their places."""
    parts = [
        words(text, x=place * STEP + WIDE, y=11, classes="plot-text text-end")
        if place == count - 1
        else words(text, x=place * STEP + WIDE / 2, y=11, classes="plot-text text-mid")
        for place, text in labels
    ]
    return picture(_size(count, 14), None, parts)


def _size(count: int, height: int) -> str:
    width = short(max(count * STEP - 2, 1))
    return f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
