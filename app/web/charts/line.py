"""Shares in percent over days: one line a frame, never joined across a gap, the target dashed."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.web.charts.points import Point, known, picture, short, words

LEAST, FULL, USUAL_TOP = 90, 100, 98


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a line is drawn, and the values at its lower and upper edge."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float

    def y(self, value: float) -> float:
        """The height of a value; what lies outside stands on the edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.bottom - share * (self.bottom - self.top)

    def step(self, count: int) -> float:
        """How far two of so many points lie apart."""
        return (self.right - self.left) / max(count - 1, 1)


def line(
    points: Sequence[Point],
    label: object,
    *,
    low: float | None = None,
    high: float | None = None,
    target: float | None = None,
    ticks: Sequence[float] | None = None,
    labels: Sequence[tuple[int, object]] = (),
    last_text: object = "",
) -> Markup:
    """A line with its scale; `last_text` is the last known value as the reader writes numbers."""
    values = known(points)
    lowest = min([LEAST, *(value // 5 * 5 for value in values)]) if low is None else low
    highest = (USUAL_TOP if max([0, *values]) <= USUAL_TOP else FULL) if high is None else high
    frame = Frame(28, 468, 10, 106, lowest, highest)
    drawn = [_tick(frame, tick, target) for tick in ticks or _ticks(lowest, highest, target)]
    drawn += _trace(points, frame, 4)
    if (end := _end(points, frame)) and last_text:
        y = end[1] + (20 if _comes_down(points) or end[1] <= 24 else -10)
        drawn.append(words(last_text, x=478, y=y, classes="plot-text plot-text-ink text-end"))
    drawn += [_label(frame, len(points), place, text) for place, text in labels]
    return picture('class="plot" width="100%" viewBox="0 0 484 132"', label, drawn)


def spark(
    points: Sequence[Point],
    label: object,
    low: float,
    high: float,
    target: float | None = None,
) -> Markup:
    """A small line without a scale of its own; beside others of the same `low` and `high`."""
    frame = Frame(0, 212, 3, 35, low, high)
    drawn = []
    if target:
        drawn.append(f'<path class="plot-target" d="M0 {short(frame.y(target))}H216"/>')
    return picture(
        'width="216" height="38" viewBox="0 0 216 38"', label, drawn + _trace(points, frame, 3)
    )


def _ticks(low: float, high: float, target: float | None) -> list[float]:
    return [low, high, *([target] if target else [])]


def _tick(frame: Frame, value: float, target: float | None) -> str:
    y = frame.bottom - (value - frame.low) / (frame.high - frame.low) * (frame.bottom - frame.top)
    kind = "plot-target" if value == target else "plot-grid"
    return f'<path class="{kind}" d="M28 {short(y)}H476"/>' + words(
        short(value), x=22, y=y + 4, classes="plot-text text-end"
    )


def _label(frame: Frame, count: int, place: int, text: object) -> str:
    is_last = place == count - 1
    side = " text-end" if is_last else (" text-mid" if place else "")
    x = 478 if is_last else frame.left + place * frame.step(count)
    return words(text, x=x, y=126, classes=f"plot-text{side}")


def _trace(points: Sequence[Point], frame: Frame, dot: float) -> list[str]:
    step = frame.step(len(points))
    path, hatched, alone = [], [], []
    pen = False
    for place, point in enumerate(points):
        x = frame.left + place * step
        if isinstance(point, int | float):
            at = f"{short(x)} {short(frame.y(point))}"
            follows = place + 1 < len(points) and isinstance(points[place + 1], int | float)
            if not pen and not follows:
                alone.append((x, frame.y(point)))
            path.append(f"{'L' if pen else 'M'}{at}")
            pen = True
            continue
        pen = False
        if point is not None:
            hatched.append(_hatched(frame, x, step))
    drawn = hatched
    if path:
        drawn.append(f'<path class="plot-line" d="{"".join(path)}"/>')
    drawn += [_dot(x, y, 1.5) for x, y in alone]
    end = _end(points, frame)
    return [*drawn, _dot(*end, dot)] if end else drawn


def _end(points: Sequence[Point], frame: Frame) -> tuple[float, float] | None:
    step = frame.step(len(points))
    for place in range(len(points) - 1, -1, -1):
        point = points[place]
        if isinstance(point, int | float):
            return frame.left + place * step, frame.y(point)
    return None


def _comes_down(points: Sequence[Point]) -> bool:
    """Whether the line falls towards its end, so that a label above it would stand on it."""
    last = known(points)[-2:]
    return len(last) > 1 and last[0] > last[1]


def _dot(x: float, y: float, radius: float) -> str:
    return f'<circle class="fill-brand" cx="{short(x)}" cy="{short(y)}" r="{short(radius)}"/>'


def _hatched(frame: Frame, x: float, step: float) -> str:
    left = max(x - step / 2, frame.left)
    width = min(x + step / 2, frame.right) - left
    return (
        f'<rect fill="url(#hatch)" x="{short(left)}" y="{short(frame.top)}" '
        f'width="{short(width)}" height="{short(frame.bottom - frame.top)}"/>'
    )
