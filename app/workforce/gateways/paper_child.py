"""Draws cards and posters as PDF; a program of its own, told what to draw on standard input."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

INK, SOFT, CUT, BRAND = (HexColor(each) for each in ("#131a26", "#465165", "#9aa3b2", "#2450b5"))
WIDTH, HEIGHT = A4
CARD_WIDTH, CARD_HEIGHT = 85.6 * mm, 54 * mm  # ISO/IEC 7810 ID-1, as wide as a bank card
COLUMNS, ROWS = 2, 5
GAP, LEFT, TOP = 4 * mm, 17.4 * mm, 13.5 * mm
PADDING, QR_SIDE = 4 * mm, 34 * mm
QUIET_MODULES = 2  # beside the white of the card itself
NORMAL, STRONG, BOLD = "Normal", "Strong", "Bold"
WEIGHTS = {NORMAL: 400, STRONG: 600, BOLD: 700}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: how it is set, and the space above it."""

    text: str
    font: str = NORMAL
    size: float = 9
    above: float = 0
    colour: Any = INK

    @property
    def height(self) -> float:
        """From the line before to this one."""
        return self.size * 1.35 + self.above


def main() -> None:
    """Draw what standard input asks for; the file goes to standard output."""
    order = json.load(sys.stdin.buffer)
    for name, weight in WEIGHTS.items():
        registerFont(TTFont(name, f"{order['fonts']}/be-vietnam-pro-{weight}.ttf"))
    paper = BytesIO()
    canvas = Canvas(paper, pagesize=A4, pageCompression=1)
    canvas.setTitle(order["title"])
    canvas.setAuthor("An Ca")
    canvas.setCreator("An Ca")
    if order["kind"] == "cards":
        draw_cards(canvas, order["cards"])
    else:
        draw_poster(canvas, order["poster"])
    canvas.save()
    sys.stdout.buffer.write(paper.getvalue())


def draw_cards(canvas: Canvas, cards: Sequence[dict[str, Any]]) -> None:
    """Ten cards a page, side by side and downwards."""
    for at, card in enumerate(cards):
        place = at % (COLUMNS * ROWS)
        if at and place == 0:
            canvas.showPage()
        row, column = divmod(place, COLUMNS)
        left = LEFT + column * (CARD_WIDTH + GAP)
        draw_card(canvas, left, HEIGHT - TOP - (row + 1) * CARD_HEIGHT, card)
    canvas.showPage()


def draw_card(canvas: Canvas, left: float, bottom: float, card: dict[str, Any]) -> None:
    """The frame to cut along, the code on the left, the words on the right."""
    canvas.setStrokeColor(CUT)
    canvas.setLineWidth(0.2 * mm)
    canvas.setDash(1.2 * mm, 0.8 * mm)
    canvas.rect(left, bottom, CARD_WIDTH, CARD_HEIGHT)
    canvas.setDash()
    draw_code(canvas, left + PADDING, bottom + (CARD_HEIGHT - QR_SIDE) / 2, QR_SIDE, card["code"])
    text_left = left + PADDING + QR_SIDE + 3 * mm
    room = left + CARD_WIDTH - PADDING - text_left
    lines = [
        *set_in(card["name"], BOLD, 12, room, most=3, above=1 * mm),
        *set_in(card["badge"], STRONG, 9, room, above=1 * mm),
        *set_in(card["company"], NORMAL, 9, room, most=2),
        *set_in(card["unit"], NORMAL, 9, room, most=2),
        *(each for text in card["notes"] for each in notes_in(text, room)),
    ]
    head = 4 * mm
    top = bottom + CARD_HEIGHT / 2 + (head + sum(line.height for line in lines)) / 2
    draw_mark(canvas, text_left, top - head, head)
    canvas.setFillColor(INK)
    canvas.setFont(STRONG, 7.5)
    canvas.drawString(text_left + head + 1.5 * mm, top - head + 1.15 * mm, "An Ca")
    write(canvas, text_left, top - head, lines)


def notes_in(text: str, room: float) -> list[Line]:
    """A note in small letters, a little apart from what stands above it."""
    return set_in(text, NORMAL, 7.5, room, most=2, above=1.5 * mm)


def draw_poster(canvas: Canvas, poster: dict[str, Any]) -> None:
    """The unit in large letters, a code to be read from two metres, three steps twice told."""
    margin = 18 * mm
    room = WIDTH - 2 * margin
    top = HEIGHT - margin
    draw_mark(canvas, margin, top - 9 * mm, 9 * mm)
    canvas.setFillColor(INK)
    canvas.setFont(STRONG, 16)
    canvas.drawString(margin + 12 * mm, top - 6.6 * mm, "An Ca")
    head = [
        *set_in(poster["company"], STRONG, 16, room, above=3 * mm, colour=SOFT),
        *set_in(poster["unit"], BOLD, 40, room, most=2),
        *set_in(poster["asks"], STRONG, 17, room, most=2, above=2 * mm),
        *set_in(poster["asks_en"], NORMAL, 12, room, most=2, colour=SOFT),
    ]
    bottom = write(canvas, margin, top - 10 * mm, head)
    side = 120 * mm
    bottom -= side + 4 * mm
    draw_code(canvas, (WIDTH - side) / 2, bottom, side, poster["code"])
    canvas.setFillColor(SOFT)
    canvas.setFont(NORMAL, 12)
    canvas.drawCentredString(WIDTH / 2, bottom - 3 * mm, poster["address"])
    bottom -= 8 * mm
    for number, (step, step_en) in enumerate(poster["steps"], start=1):
        bottom = draw_step(canvas, margin, bottom, room, number, step, step_en)
    if poster["call"]:
        write(canvas, margin, bottom - 5 * mm, set_in(poster["call"], BOLD, 16, room, most=2))
    canvas.showPage()


def draw_step(
    canvas: Canvas, left: float, top: float, room: float, number: int, step: str, step_en: str
) -> float:
    """A number in a disc and the step beside it; where the next one begins."""
    disc, indent = 4.5 * mm, 13 * mm
    canvas.setFillColor(BRAND)
    canvas.circle(left + disc, top - 8.5 * mm, disc, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#ffffff"))
    canvas.setFont(BOLD, 15)
    canvas.drawCentredString(left + disc, top - 10.4 * mm, str(number))
    lines = [
        *set_in(step, STRONG, 15, room - indent, most=2, above=2.5 * mm),
        *set_in(step_en, NORMAL, 12, room - indent, most=2, colour=SOFT),
    ]
    return write(canvas, left + indent, top, lines)


def write(canvas: Canvas, left: float, top: float, lines: Sequence[Line]) -> float:
    """Set lines from the top down; where the last one ends."""
    for line in lines:
        top -= line.height
        canvas.setFillColor(line.colour)
        canvas.setFont(line.font, line.size)
        canvas.drawString(left, top + 0.3 * line.size, line.text)
    return top


def set_in(
    text: str,
    font: str,
    size: float,
    room: float,
    *,
    most: int = 1,
    above: float = 0,
    colour: Any = INK,
) -> list[Line]:
    """The text in at most so many lines: smaller letters first, three dots at the very last."""
    if not text:
        return []
    smallest = size * 0.75
    lines = broken(text, font, size, room)
    while len(lines) > most and size > smallest:
        size -= 0.5
        lines = broken(text, font, size, room)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    lines = [cut(line, font, size, room) for line in lines]
    return [Line(line, font, size, 0 if at else above, colour) for at, line in enumerate(lines)]


def broken(text: str, font: str, size: float, room: float) -> list[str]:
    """The text in lines as wide as the room, broken at spaces."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip(" ")
        if lines[-1] and stringWidth(longer, font, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    # A word wider than the room counts as one line too many, so that it is set smaller.
    return [*lines, ""] if any(stringWidth(line, font, size) > room for line in lines) else lines


def cut(line: str, font: str, size: float, room: float) -> str:
    """The line, shortened with three dots where it is still too wide."""
    line = line.rstrip()
    if stringWidth(line, font, size) <= room:
        return line
    while line and stringWidth(line + "…", font, size) > room:
        line = line[:-1]
    return line.rstrip() + "…"


def draw_code(canvas: Canvas, left: float, bottom: float, side: float, content: str) -> None:
    """A QR code as black runs on white, sharp at any size."""
    rows = segno.make(content, error="m", boost_error=False, micro=False).matrix
    module = side / (len(rows) + 2 * QUIET_MODULES)
    left, top = left + QUIET_MODULES * module, bottom + side - QUIET_MODULES * module
    path = canvas.beginPath()
    for y, row in enumerate(rows, start=1):
        for start, length in runs(row):
            path.rect(left + start * module, top - y * module, length * module, module)
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawPath(path, stroke=0, fill=1)


def runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where dark modules begin and how many follow each other."""
    start = None
    for at, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = at
        elif not dark and start is not None:
            yield start, at - start
            start = None


def draw_mark(canvas: Canvas, left: float, bottom: float, side: float) -> None:
    """The three shifts and the tick, as in icons/mark.svg."""
    canvas.saveState()
    canvas.translate(left, bottom)
    canvas.scale(side / 32, side / 32)
    canvas.setStrokeColor(BRAND)
    canvas.setLineWidth(3.6)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    canvas.arc(3, 3, 29, 29, startAng=-10, extent=90)
    tick = canvas.beginPath()
    tick.moveTo(10.2, 15.4)
    tick.lineTo(14.2, 11.5)
    tick.lineTo(21.8, 20.1)
    canvas.drawPath(tick)
    canvas.setStrokeColor(HexColor("#a7b9e2"))
    canvas.arc(3, 3, 29, 29, startAng=-130, extent=90)
    canvas.arc(3, 3, 29, 29, startAng=110, extent=90)
    canvas.restoreState()


if __name__ == "__main__":
    main()
