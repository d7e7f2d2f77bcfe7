"""Bars, which always begin at 0: parts of a whole in one, and shares side by side."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from app.web.charts.points import Point, picture, short, words

# The fixed order of the health states, and the names their counts go by.
PARTS = (
    ("risk", "red"),
    ("watch", "amber"),
    ("none", "none"),
    ("absent", "absent"),
    ("ok", "green"),
)
LEAST_SHARE, LEAST_WIDTH, APART = 0.008, 0.8, 0.25


def stacked(counts: Mapping[str, int | None], label: object) -> Markup:
    """One bar of health states: a part that is not 0 keeps 0.8 % of the width, 0.25 % between."""
    given = [(fill, counts.get(name) or 0) for fill, name in PARTS]
    given = [(fill, count) for fill, count in given if count]
    total = sum(count for _, count in given)
    small = sum(1 for _, count in given if count / total < LEAST_SHARE)
    rest = sum(count for _, count in given if count / total >= LEAST_SHARE)
    drawn, x = [], 0.0
    for place, (fill, count) in enumerate(given, start=1):
        is_small = count / total < LEAST_SHARE
        slot = LEAST_WIDTH if is_small else (100 - LEAST_WIDTH * small) * count / rest
        width = slot - (0 if place == len(given) else APART)
        drawn.append(f'<rect class="fill-{fill}" x="{x:.2f}%" width="{width:.2f}%" height="10"/>')
        x += slot
    return picture('class="bar" width="100%" height="10"', label, drawn)


def columns(
    bars: Sequence[tuple[object, Point, object]], label: object, *, target: float | None = None
) -> Markup:
    """Shares of 100 side by side: each the name below, the height, and the text above."""
    drawn, slot = [], 308 / max(len(bars), 1)
    for place, (name, value, text) in enumerate(bars):
        x = 4 + place * slot
        middle = x + slot / 2
        if isinstance(value, int | float):
            high = min(max(value, 0.0), 100.0) * 0.84
            drawn.append(
                f'<rect class="fill-brand" x="{short(x + slot * 0.18)}" y="{short(106 - high)}" '
                f'width="{short(slot * 0.64)}" height="{short(high)}"/>'
            )
            # In one row, so that no number stands on the target's line.
            drawn.append(words(text, x=middle, y=14, classes="plot-text plot-text-ink text-mid"))
        elif value is not None:
            drawn.append(
                f'<rect fill="url(#hatch)" x="{short(x + slot * 0.18)}" y="22" '
                f'width="{short(slot * 0.64)}" height="84"/>'
            )
        else:
            drawn.append(f'<circle class="heat-off" cx="{short(middle)}" cy="100" r="2"/>')
        drawn.append(words(name, x=middle, y=126, classes="plot-text text-mid"))
    if target is not None:
        drawn.append(f'<path class="plot-target" d="M4 {short(106 - target * 0.84)}H312"/>')
    drawn.append('<path class="plot-grid" d="M4 106H312"/>')
    return picture('class="columns" width="100%" viewBox="0 0 316 132"', label, drawn)
