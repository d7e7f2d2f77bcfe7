"""The table of providers' codes in the documents is the one that the program works by."""

import re

from app.delivery.registry import CODES
from app.delivery.rules.codes import code_lines
from app.settings import ROOT

TABLE = re.compile(r"<!-- codes -->\n(.*)\n<!-- end of codes -->", re.DOTALL)


def test_the_documents_hold_every_code_as_the_ledger_takes_it() -> None:
    found = TABLE.search((ROOT / "docs" / "channels.md").read_text(encoding="utf-8"))
    assert found is not None
    made = "\n".join(code_lines(CODES)).lstrip("\n")
    assert found[1].strip() == made, "run: flask --app wsgi delivery codes"
