"""A park's own index set as it is typed into a workbook: three tables, read into set data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.kernel.text import fold, squeeze
from app.risk.rules.index_sets import Measure
from app.risk.rules.reading import exact
from app.risk.rules.refusals import BrokenSet

Tables = Mapping[str, Sequence[Sequence[str]]]
LONGEST_CODE = 50
MOST_ROWS = 400
LONGEST_TEXT = 400


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet of the workbook with its headings, in order."""

    sheet: str
    headings: tuple[str, ...]


DOCUMENT = Layout("Văn bản", ("Mục", "Nội dung"))
COMPONENTS = Layout(
    "Chỉ số",
    (
        "Số",
        "Chỉ số",
        "Điểm tối đa",
        "Phương án",
        "Điểm",
        "Số đo (người, m2/người, %)",
        "Từ",
        "Đến (người: kể cả; m2, %: không kể)",
    ),
)
BANDS = Layout(
    "Mức",
    (
        "Mức",
        "Từ %",
        "Đến % (có làm tròn: kể cả; không: không kể, trừ 100)",
        "Yêu cầu",
        "Điều kiện: mọi chỉ số dưới (điểm)",
    ),
)
FACTS = {
    "title": "Tên bộ chỉ số",
    "source": "Số văn bản, nguồn",
    "issued_on": "Ngày ban hành",
    "valid_from_on": "Có hiệu lực từ ngày",
    "max_points": "Tổng điểm tối đa",
    "rounded": "Làm tròn phần trăm đến số nguyên (có, không)",
}
MEASURES = {Measure.WORKERS: "người", Measure.AREA: "m2/người", Measure.SHARE: "%"}
_MEASURE_BY_WORD = {fold(word): measure for measure, word in MEASURES.items()}
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def own_set_row(tables: Tables) -> dict[str, Any]:
    """The data of a set, without its version, out of the sheets; refused by sheet and row."""
    facts = _facts(_rows(tables, DOCUMENT))
    title = facts["title"]
    is_rounded = fold(facts["rounded"]) in ("co", "yes", "1", "x")
    return {
        "id": own_code(title),
        "title_vi": title,
        "max_points": _decimal(facts["max_points"], FACTS["max_points"]),
        "round_pct_to": 1 if is_rounded else None,
        "issued_on": _day(facts["issued_on"], FACTS["issued_on"]) if facts["issued_on"] else None,
        "valid_from_on": _day(facts["valid_from_on"], FACTS["valid_from_on"]),
        "verified": "entered",
        "sources": [facts["source"]],
        "components": _components(_rows(tables, COMPONENTS)),
        "bands": _bands(_rows(tables, BANDS), is_rounded=is_rounded),
    }


def own_code(title: str) -> str:
    """The name by which versions of one own set belong together."""
    slug = re.sub(r"[^a-z0-9]+", "_", fold(title)).strip("_")
    return f"own_{slug}"[:LONGEST_CODE]


def _rows(tables: Tables, layout: Layout) -> list[tuple[int, list[str]]]:
    """The filled rows of a sheet below its headings, with their numbers as Excel counts."""
    wanted = fold(layout.sheet)
    found = next((rows for name, rows in tables.items() if fold(name) == wanted), None)
    if found is None:
        raise BrokenSet(where=layout.sheet)
    if len(found) > MOST_ROWS:
        raise BrokenSet(where=f"{layout.sheet}, {MOST_ROWS}+")
    width = len(layout.headings)
    rows = [
        (line, [squeeze(cell)[:LONGEST_TEXT] for cell in (*row, *[""] * width)][:width])
        for line, row in enumerate(found[1:], start=2)
    ]
    return [(line, row) for line, row in rows if any(row)]


def _facts(rows: Sequence[tuple[int, list[str]]]) -> dict[str, str]:
    told = {fold(row[0]): row[1] for _, row in rows}
    facts = {name: told.get(fold(label), "") for name, label in FACTS.items()}
    for name in ("title", "source", "valid_from_on", "max_points"):
        if not facts[name]:
            raise BrokenSet(where=f"{DOCUMENT.sheet}: {FACTS[name]}")
    return facts


def _components(rows: Sequence[tuple[int, list[str]]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line, (number, title, most, *option) in rows:
        where = f"{COMPONENTS.sheet}, {line}"
        if title:
            found.append(
                {
                    "id": f"c{len(found) + 1}",
                    "number": int(number) if number.isdecimal() and len(number) < 4 else None,
                    "vi": title,
                    "max": _decimal(most, where) if most else None,
                    "verified": "entered",
                    "options": [],
                }
            )
        if any(option):
            if not found or not (option[0] or option[2]):
                raise BrokenSet(where=where)
            found[-1]["options"].append(_option(option, where))
    return found


def _option(cells: Sequence[str], where: str) -> dict[str, Any]:
    text, points, word, low, high = cells
    row: dict[str, Any] = {"vi": text, "points": _decimal(points, where) if points else None}
    if not word:
        return row
    measure = _MEASURE_BY_WORD.get(fold(word).replace("m²", "m2"))
    if measure is None:
        raise BrokenSet(where=f"{where}: {word}")
    if low:
        row[f"min_{measure}"] = _decimal(low, where)
    if high:
        end = "max" if measure is Measure.WORKERS else "below"
        row[f"{end}_{measure}"] = _decimal(high, where)
    return row


def _bands(rows: Sequence[tuple[int, list[str]]], *, is_rounded: bool) -> list[dict[str, Any]]:
    found = []
    for place, (line, (title, low, high, order, limit)) in enumerate(rows, start=1):
        where = f"{BANDS.sheet}, {line}"
        if not (title and order):
            raise BrokenSet(where=where)
        is_last = place == len(rows)
        row: dict[str, Any] = {"id": f"b{place}", "vi": title, "order_vi": order}
        row |= {"verified": "entered", "min_pct": _decimal(low, where) if low else None}
        row["max_pct" if is_rounded or is_last else "below_pct"] = (
            _decimal(high, where) if high else None
        )
        if limit:
            row["every_component_below"] = _decimal(limit, where)
        found.append(row)
    return found


def _decimal(text: str, where: str) -> str:
    """A number as people type it, with a point for its decimals."""
    plain = text.replace("%", "").replace(" ", "")
    grouped = re.fullmatch(r"\d{1,3}(?:\.\d{3})+", plain)
    plain = plain.replace(".", "") if grouped else plain.replace(",", ".")
    try:
        exact(plain)
    except ValueError:
        raise BrokenSet(where=f"{where}: {text}") from None
    return plain


def _day(text: str, where: str) -> date:
    match = _DAY.fullmatch(text)
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1]))
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise BrokenSet(where=f"{DOCUMENT.sheet}: {where}") from None
