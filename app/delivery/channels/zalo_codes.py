"""The table of Zalo's codes, by the door that gave them."""

import csv
from functools import cache
from pathlib import Path

from app.delivery.rules.codes import CodeTable, Outcome, ProviderCode
from app.delivery.rules.zalo import OAUTH, OWN_WORDS, outcome_of, words_for

FILE = Path(__file__).parent.parent / "data" / "zalo_errors.csv"
# What this program says of its own accord, beside what Zalo says.
OWN = {
    "grant_lost": (Outcome.CONFIG, "refresh token used elsewhere, revoked, or three months old"),
    "no_grant": (Outcome.CONFIG, "no token was ever pasted here"),
    "no_template": (Outcome.NOT_THIS_WAY, "no approved template is set for this lane"),
    "room": (Outcome.QUOTA, "what an answer says is left of the quota is kept for urgent ones"),
    "window": (
        Outcome.NOT_THIS_WAY,
        "no action of the user lately, found before asking",
    ),
}


@cache
def zalo_codes(surface: str = "") -> CodeTable:
    """Every code that Zalo is known to give, at one door or at all, and those of our own side."""
    theirs = [
        _code(row["surface"], row["code"], row["class"], row["meaning"])
        for row in _rows()
        if not surface or row["surface"] in {surface, OAUTH}
    ]
    ours = [
        ProviderCode("zalo", "here", code, outcome, OWN_WORDS[code], meaning)
        for code, (outcome, meaning) in OWN.items()
    ]
    return CodeTable("zalo", [*theirs, *ours])


@cache
def retry_words() -> dict[tuple[str, str], str]:
    """When Zalo's documents say to come back, by door and code."""
    return {(row["surface"], row["code"]): row["retry_after"] for row in _rows()}


def _code(surface: str, code: str, kind: str, meaning: str) -> ProviderCode:
    outcome = outcome_of(surface, code, kind)
    return ProviderCode("zalo", surface, code, outcome, words_for(surface, code, outcome), meaning)


def _rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
