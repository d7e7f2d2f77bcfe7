"""An index set as a workbook: a sheet of its document, one of components, one of bands."""

from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import xlsxwriter

from app.risk.rules.index_sets import Evidence, IndexSet, Span
from app.risk.rules.own_sets import BANDS, COMPONENTS, DOCUMENT, FACTS, MEASURES, Tables
from app.workforce.gateways import ReadLimits, read_workbook
from app.workforce.rules.cells import text_of

LIMITS = ReadLimits(file_bytes=2 * 2**20, cells=20_000, area=400_000)
SURE = (Evidence.FOUND, Evidence.ENTERED)
WIDTHS = {DOCUMENT.sheet: (28, 80), COMPONENTS.sheet: (6, 60, 12, 50, 8, 12, 10, 10)}


def read_set_workbook(path: Path, file_name: str) -> Tables:
    """The texts of every sheet of an uploaded workbook, by the sheet's name."""
    book = read_workbook(path, LIMITS, file_name=file_name)
    return {
        sheet.name: [[text_of(cell) for cell in row] for row in sheet.rows] for sheet in book.sheets
    }


def write_set_workbook(chosen: IndexSet) -> bytes:
    """A workbook to complete from the signed annex: what is known of a set stands in it."""
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    for layout, rows in (
        (DOCUMENT, _document(chosen)),
        (COMPONENTS, _components(chosen)),
        (BANDS, _bands(chosen)),
    ):
        sheet = book.add_worksheet(layout.sheet)
        for place, width in enumerate(WIDTHS.get(layout.sheet, (40, 10, 10, 60, 20))):
            sheet.set_column(place, place, width, plain)
        sheet.write_row(0, 0, layout.headings, bold)
        for line, row in enumerate(rows, start=1):
            for place, text in enumerate(row):
                sheet.write_string(line, place, text, plain)
        sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def _document(chosen: IndexSet) -> Sequence[Sequence[str]]:
    issued = f"{chosen.issued_on:%d/%m/%Y}" if chosen.issued_on else ""
    rounded = "có" if chosen.step else "không"
    values = (chosen.vi, "", issued, "", _number(chosen.max_points), rounded)
    return list(zip(FACTS.values(), values, strict=True))


def _components(chosen: IndexSet) -> Sequence[Sequence[str]]:
    rows = []
    for number, component in enumerate(chosen.components, start=1):
        # What was not verified is typed from the annex, not taken over from here.
        sure = component.evidence in SURE
        most = component.maximum if sure else None
        head = (str(component.number or number), component.vi, _number(most))
        options = component.options or (None,)
        for place, option in enumerate(options):
            lead = head if place == 0 else ("", "", "")
            if option is None:
                rows.append((*lead, "", "", "", "", ""))
                continue
            measure = MEASURES.get(component.measure, "") if component.measure else ""
            low, high = _ends(option.span)
            points = option.points if sure and option.evidence in SURE else None
            rows.append((*lead, option.vi, _number(points), measure, low, high))
    return rows


def _bands(chosen: IndexSet) -> Sequence[Sequence[str]]:
    return [
        (band.vi, *_ends(band.span), band.order_vi, _number(band.every_component_below))
        for band in chosen.bands
    ]


def _ends(span: Span | None) -> tuple[str, str]:
    if span is None:
        return "", ""
    return _number(span.low), _number(span.high)


def _number(value: Fraction | None) -> str:
    if value is None:
        return ""
    return str(value.numerator) if value.denominator == 1 else str(float(value)).replace(".", ",")
