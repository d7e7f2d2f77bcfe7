"""Draws the report of compliance as PDF; a program of its own, told what on standard input."""

import json
import sys
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

INK, SOFT, LINE, HEAD = (HexColor(each) for each in ("#131a26", "#465165", "#c5ccd7", "#eef0f4"))
# The ramp of the pages, light: pale is complete, dark is missing.
DEPTHS = {
    5: HexColor("#e6edf8"),
    4: HexColor("#b4c9ec"),
    3: HexColor("#84a6dd"),
    2: HexColor("#4a74bd"),
    1: HexColor("#1c3c7c"),
}
NORMAL, STRONG, BOLD = "Normal", "Strong", "Bold"
WEIGHTS = {NORMAL: 400, STRONG: 600, BOLD: 700}
MARGIN = 12 * mm
HEAT_WIDTH, HEAT_HEIGHT = 96 * mm, 4.2 * mm
WIDTHS = [13 * mm, 46 * mm, HEAT_WIDTH + 4 * mm, 17 * mm, 17 * mm, 80 * mm]
SMALL = ParagraphStyle("small", fontName=NORMAL, fontSize=8, leading=11, textColor=INK)
PLAIN = ParagraphStyle("plain", fontName=NORMAL, fontSize=9.5, leading=13, textColor=SOFT)
NAME = ParagraphStyle("name", parent=SMALL, fontName=STRONG)
TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=16, leading=21, textColor=INK)
RIGHT = ParagraphStyle("right", parent=SMALL, alignment=2)
CENTRE = ParagraphStyle("centre", parent=SMALL, alignment=1)


class Heat(Flowable):  # type: ignore[misc]  # it has no types
    """A row of days: depth 1 to 5, 0 a day off, None no data; readable without colour."""

    def __init__(self, depths: list[int | None]) -> None:
        super().__init__()
        self.depths = depths
        self.width, self.height = HEAT_WIDTH, HEAT_HEIGHT

    def draw(self) -> None:
        """Cells from left to right."""
        step = HEAT_WIDTH / max(len(self.depths), 30)
        wide = step * 0.86
        for place, depth in enumerate(self.depths):
            x = place * step
            if depth == 0:
                self.canv.setFillColor(LINE)
                self.canv.circle(x + wide / 2, HEAT_HEIGHT / 2, 0.35 * mm, stroke=0, fill=1)
            elif depth is None:
                self.canv.setStrokeColor(SOFT)
                self.canv.setLineWidth(0.3)
                self.canv.rect(x, 0, wide, HEAT_HEIGHT, stroke=1, fill=0)
                self.canv.line(x, 0, x + wide, HEAT_HEIGHT)
            else:
                self.canv.setFillColor(DEPTHS[depth])
                self.canv.rect(x, 0, wide, HEAT_HEIGHT, stroke=0, fill=1)
                if depth == 1:
                    self.canv.setStrokeColor(HexColor("#ffffff"))
                    self.canv.setLineWidth(0.8)
                    middle = HEAT_HEIGHT / 2
                    self.canv.line(x + wide * 0.25, middle, x + wide * 0.75, middle)


def main() -> None:
    """Draw what standard input asks for; the file goes to standard output."""
    order = json.load(sys.stdin.buffer)
    for name, weight in WEIGHTS.items():
        registerFont(TTFont(name, f"{order['fonts']}/be-vietnam-pro-{weight}.ttf"))
    paper = BytesIO()
    page = landscape(A4)
    document = SimpleDocTemplate(
        paper,
        pagesize=page,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=15 * mm,
        title=order["title"],
        author="An Ca",
        creator="An Ca",
    )

    def foot(canvas: Canvas, _: Any) -> None:
        canvas.setFont(NORMAL, 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, 8 * mm, order["foot"])
        canvas.drawRightString(page[0] - MARGIN, 8 * mm, str(canvas.getPageNumber()))

    document.build(story(order), onFirstPage=foot, onLaterPages=foot)
    sys.stdout.buffer.write(paper.getvalue())


def story(order: dict[str, Any]) -> list[Flowable]:
    """Heading, figures, the companies, two places to sign."""
    parts: list[Flowable] = [Paragraph(safe(order["title"]), TITLE)]
    parts += [Paragraph(safe(line), PLAIN) for line in order["lines"]]
    parts += [Spacer(1, 3 * mm), figures(order["figures"]), Spacer(1, 4 * mm)]
    parts += [companies(order), Spacer(1, 2 * mm)]
    parts += [Paragraph(safe(order["note"]), PLAIN), Spacer(1, 8 * mm)]
    parts.append(KeepTogether([signatures(order["sign"])]))
    return parts


def figures(rows: list[list[str]]) -> Table:
    """The figures of the whole, side by side."""
    cells = [
        [
            Paragraph(f'<font name="{BOLD}" size="13">{safe(value)}</font>', SMALL)
            for _, value in rows
        ],
        [Paragraph(safe(label), SMALL) for label, _ in rows],
    ]
    table = Table(cells, colWidths=[273 * mm / max(len(rows), 1)] * len(rows))
    table.setStyle(
        [("LINEABOVE", (0, 0), (-1, 0), 0.6, LINE), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    )
    return table


def companies(order: dict[str, Any]) -> LongTable:
    """One row a company, worst first; the head stands on every page."""
    head = [
        Paragraph(f'<font name="{STRONG}">{safe(text)}</font>', style)
        for text, style in zip(
            order["headings"], (RIGHT, SMALL, SMALL, RIGHT, RIGHT, SMALL), strict=True
        )
    ]
    rows = [
        [
            Paragraph(str(place), RIGHT),
            Paragraph(safe(row["name"]), NAME),
            Heat(row["depths"]),
            Paragraph(safe(row["share"]), RIGHT),
            Paragraph(safe(row["change"]), RIGHT),
            [Paragraph(safe(reason), SMALL) for reason in row["reasons"]],
        ]
        for place, row in enumerate(order["rows"], start=1)
    ]
    table = LongTable([head, *rows], colWidths=WIDTHS, repeatRows=1)
    table.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, 0), HEAD),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    return table


def signatures(texts: list[str]) -> Table:
    """Two places to sign."""
    return Table([[Paragraph(safe(text), CENTRE) for text in texts]], rowHeights=[24 * mm])


def safe(text: str) -> str:
    """Text that is no markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


if __name__ == "__main__":
    main()
