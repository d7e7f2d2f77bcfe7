"""The page kit as a page gets it: filters bound to the reader, components, error pages."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, render_template_string, request
from flask_babel import Babel

from app.settings import ROOT
from app.web import assets, charts, filters
from app.web.pagination import PageRequest
from app.web.tables import table_from_args

STATUSES = (400, 401, 403, 404, 405, 413, 429, 500, 503)
NOW = datetime(2021, 11, 9, 3, 32, tzinfo=UTC)


@pytest.fixture(params=[False, True], ids=["plain blocks", "trimmed blocks"])
def kit(tmp_path: Path, request: pytest.FixtureRequest) -> Flask:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="en")
    catalogue.add("Nguy cơ", "At risk")
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    made = Flask("kit", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    made.jinja_options = {"trim_blocks": request.param, "lstrip_blocks": request.param}
    made.config.update(
        SETTINGS=SimpleNamespace(timezone=ZoneInfo("Asia/Ho_Chi_Minh")),
        BABEL_TRANSLATION_DIRECTORIES=str(tmp_path),
    )
    made.extensions["clock"] = SimpleNamespace(now=lambda: NOW)
    Babel(made, locale_selector=_asked_language)
    filters.register(made)
    charts.register(made)
    assets.register(made)
    return made


def _asked_language() -> str:
    return request.args.get("lang", "vi")


def write(kit: Flask, source: str, address: str = "/", **values: Any) -> str:
    with kit.test_request_context(address):
        return render_template_string(source, **values)


def drawing(kit: Flask, source: str, **values: Any) -> ET.Element:
    return ET.fromstring(write(kit, source, **values))


def test_filters_follow_the_language_of_the_request(kit: Flask) -> None:
    source = "{{ 1248|number }} {{ at|moment }} {{ at|ago }} {{ at|weekday }} {{ page_lang() }}"
    at = datetime(2021, 11, 9, 3, 26, tzinfo=UTC)
    assert write(kit, source, at=at) == "1.248 10:26 6 phút trước Thứ Ba vi"
    assert write(kit, source, "/?lang=en", at=at) == "1,248 10:26 6 minutes ago Tuesday en"


def test_a_number_in_a_compiled_template_still_follows_the_reader(kit: Flask) -> None:
    with kit.test_request_context("/"):
        template = kit.jinja_env.from_string("{{ 1248|number }}")
        assert template.render() == "1.248"
    with kit.test_request_context("/?lang=en"):
        assert template.render() == "1,248"


def test_a_moment_is_turned_into_the_day_of_the_park(kit: Flask) -> None:
    late = datetime(2021, 11, 8, 18, 0, tzinfo=UTC)
    assert write(kit, "{{ at|day }}", at=late) == "09/11/2021"


def test_the_address_keeps_what_is_not_changed(kit: Flask) -> None:
    found = write(kit, "{{ url_with(page=3, q=none) }}", "/workers?q=hoa&level=red&level=none")
    assert found == "/workers?level=red&amp;level=none&amp;page=3"


def test_a_status_word_is_never_kept_from_another_readers_page(kit: Flask) -> None:
    source = '{% from "components/status.html" import status %}{{ status("red") }}'
    assert "Nguy cơ" in write(kit, source)
    assert "At risk" in write(kit, source, "/?lang=en")
    assert "Nguy cơ" in write(kit, source)


def test_values_cannot_leave_their_attribute(kit: Flask) -> None:
    source = '{% from "components/button.html" import button %}{{ button(text, aria_label=text) }}'
    found = write(kit, source, text='"><script>')
    assert "<script>" not in found
    assert 'aria-label="&#34;&gt;&lt;script&gt;"' in found


BAR = '{% from "components/chart-bar.html" import bar %}{{ bar(parts, "x") }}'


@pytest.mark.parametrize(
    "parts",
    [
        {"red": 3, "amber": 11, "none": 79, "absent": 64, "green": 1029},
        {"red": 1, "green": 24_617},
        {"amber": 5},
    ],
)
def test_parts_of_a_bar_keep_their_order_and_a_visible_width(
    kit: Flask, parts: dict[str, int]
) -> None:
    rows = [
        (float(r.attrib["x"].rstrip("%")), float(r.attrib["width"].rstrip("%")))
        for r in drawing(kit, BAR, parts=parts)
    ]
    assert len(rows) == len(parts)
    assert all(width >= 0.55 for _, width in rows)
    ends = [x + width for x, width in rows]
    assert all(end < x for end, (x, _) in zip(ends, rows[1:], strict=False))
    assert ends[-1] == pytest.approx(100, abs=0.02)


def test_a_bar_of_nobody_draws_nothing(kit: Flask) -> None:
    assert len(drawing(kit, BAR, parts={})) == 0


def test_a_line_is_not_joined_across_a_gap_and_no_data_is_hatched(kit: Flask) -> None:
    source = '{% from "components/chart-line.html" import spark %}{{ spark(points, "x", 90, 98) }}'
    chart = drawing(kit, source, points=[94, 95, None, 96, "nodata", 95, 97])
    path = next(e for e in chart if e.attrib.get("class") == "plot-line").attrib["d"]
    assert path.count("M") == 3
    assert len([e for e in chart if e.tag == "rect"]) == 1
    assert len([e for e in chart if e.tag == "circle"]) == 2  # the lone point, and the last one


def test_a_line_without_any_number_still_draws_its_frame(kit: Flask) -> None:
    source = '{% from "components/chart-line.html" import line %}{{ line(points, "x", target=95) }}'
    assert not [e for e in drawing(kit, source, points=[None, "nodata"]) if e.tag == "circle"]


def test_days_off_and_days_without_data_look_different(kit: Flask) -> None:
    source = '{% from "components/chart-heat.html" import heat %}{{ heat(points, "x") }}'
    points = [0.99, 0.5, "nodata", None]
    drawn = [e.attrib["class"] for e in drawing(kit, source, points=points)]
    assert drawn == ["heat-5", "heat-1", "heat-mark", "heat-none", "heat-off"]


def test_a_sorted_column_says_so_and_its_link_keeps_the_filters(kit: Flask) -> None:
    source = (
        '{% from "components/sort-header.html" import sort_header %}'
        '{{ sort_header(table, "badge", "Mã", numeric=True) }}'
    )
    with kit.test_request_context("/workers?sort=badge&q=hoa&page=4"):
        table = table_from_args(
            request.args, sortable=("name", "badge"), default="name", filters={"q": None}
        )
        found = ET.fromstring(render_template_string(source, table=table))
    assert found.attrib["aria-sort"] == "ascending"
    assert found[0].attrib["href"] == "/workers?q=hoa&sort=-badge"


def test_the_page_list_says_where_the_reader_is(kit: Flask) -> None:
    source = '{% from "components/pagination.html" import pagination %}{{ pagination(page) }}'
    found = write(kit, source, "/workers?q=hoa", page=PageRequest(2).page(range(50), 1248))
    assert "51–100 trên 1.248" in found
    assert found.count('aria-current="page"') == 1
    assert "/workers?q=hoa&amp;page=3" in found


@pytest.mark.parametrize("status", [*STATUSES, 418])
def test_an_error_page_needs_no_session_and_nothing_looked_up(kit: Flask, status: int) -> None:
    @kit.context_processor
    def broken() -> dict[str, object]:
        raise RuntimeError("the database is gone")

    with kit.test_request_context("/"):
        template = kit.jinja_env.get_template("errors/error.html")
        page = template.render(status=status, code="kit.sample")
    assert page.count("<h1>") == 1
    assert "kit.sample" in page
    assert "csrf" not in page


def test_every_style_and_sign_a_layout_names_is_there(kit: Flask) -> None:
    for layout in ("plain", "worker", "print"):
        page = write(kit, f'{{% extends "layouts/{layout}.html" %}}')
        addresses = [part.split('"')[0] for part in page.split('="/static/')[1:]]
        assert addresses
        for address in addresses:
            path, _, sign = address.partition("#")
            content = (ROOT / "static" / path).read_bytes()
            assert not sign or f'id="{sign}"'.encode() in content


def test_the_worker_shell_holds_no_token_and_no_name(kit: Flask) -> None:
    shell = write(kit, '{% extends "layouts/worker.html" %}', person={"name": "Nguyễn Thị Hoa"})
    assert "Hoa" not in shell
    assert "csrf" not in shell
    assert "style=" not in shell
