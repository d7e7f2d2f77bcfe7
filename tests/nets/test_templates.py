"""No template holds bare text, inline script or style: everything a person reads is in `_()`."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from app.settings import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Names and units that are the same in both languages.
ALLOWED = {"An Ca", "°C", "QR", "PIN", "CSV", "Excel", "PDF", "SMS", "Zalo", "Email", "STT", "kB"}
ALLOWED |= {"Tiếng Việt", "English"}  # each language is named in itself
# Macros and blocks whose output is names of CSS classes.
CLASSES = {"classes", "tone", "body_class"}
READ_ALOUD = {"aria-label", "title", "placeholder", "alt", "aria-description", "label"}
LETTER = re.compile(r"[^\W\d_]")
VIETNAMESE = re.compile(
    "[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.I
)
MARKING = {"_", "gettext", "ngettext", "pgettext"}
VALUE = "0"  # stands in the markup for an expression

environment = Environment(
    extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"]
)


class Reader(HTMLParser):
    """Collects what a person would read, and what the content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.refused: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and not names & {"src", "type"}):
            self.refused.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.refused.append(name)
            if name in READ_ALOUD and value:
                self.read.append(value)
        self._code += tag in {"code", "kbd"}

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in {"code", "kbd"}

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.read.append(data)


def markup_of(node: nodes.Node) -> str:
    """The markup with every expression replaced, branches one after the other."""
    if isinstance(node, nodes.Macro | nodes.Block) and node.name in CLASSES:
        return ""
    if isinstance(node, nodes.Output):
        return "".join(
            part.data if isinstance(part, nodes.TemplateData) else VALUE for part in node.nodes
        )
    return "".join(markup_of(child) for child in node.iter_child_nodes())


def bare(text: str) -> bool:
    for known in ALLOWED:
        text = text.replace(known, "")
    return LETTER.search(text) is not None


def unmarked(node: nodes.Node) -> Iterator[str]:
    """Vietnamese strings inside expressions that are not handed to `_()`."""
    called = node.node if isinstance(node, nodes.Call) else None
    if isinstance(called, nodes.Name) and called.name in MARKING:
        return
    value = node.value if isinstance(node, nodes.Const) else None
    if isinstance(value, str) and VIETNAMESE.search(value) and value not in ALLOWED:
        yield value
    for child in node.iter_child_nodes():
        yield from unmarked(child)


def named(path: Path) -> str:
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_everything_read_is_marked_for_translation(path: Path) -> None:
    tree = environment.parse(path.read_text(encoding="utf-8"))
    reader = Reader()
    reader.feed(markup_of(tree))
    reader.close()
    found = [" ".join(text.split()) for text in reader.read if bare(text)]
    assert found + list(unmarked(tree)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_nothing_is_inline(path: Path) -> None:
    tree = environment.parse(path.read_text(encoding="utf-8"))
    reader = Reader()
    reader.feed(markup_of(tree))
    assert reader.refused == []


def test_the_net_itself_finds_what_it_looks_for() -> None:
    planted = """<p title="{{ x }}">{{ _("Được") }}</p><p aria-label="Close">Xin chào</p>
    {{ card("Tiêu đề") }}<b onclick="x()">An Ca</b><p style="color: red">{{ 1 }} °C</p>"""
    tree = environment.parse(planted)
    reader = Reader()
    reader.feed(markup_of(tree))
    assert [text for text in reader.read if bare(text)] == ["Close", "Xin chào"]
    assert reader.refused == ["onclick", "style"]
    assert list(unmarked(tree)) == ["Tiêu đề"]
