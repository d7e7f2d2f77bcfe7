"""What a bundle says of itself, and how large one may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.sync.rules.logs import moment_text
from app.sync.rules.refusals import BundleNewer, NotABundle

FORMAT = "anca-bundle"
READS_UP_TO = 1  # bundles that need a reader newer than this are left alone
MANIFEST, ENTRIES = "manifest.json", "entries.ndjson"
LARGEST_MANIFEST = 64 * 1024
LARGEST_BUNDLE = 512 * 1024 * 1024  # bytes of entries, unpacked


@dataclass(frozen=True, slots=True)
class LogPart:
    """The piece of one log that a bundle carries: entries `after` a number, through another."""

    log: str
    node: str
    after: int
    through: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a reader takes from a manifest; what is missing there is not checked."""

    writer: str
    entries: int | None
    sha256: str | None


def manifest_of(
    *, writer: str, name: str, made_at: datetime, parts: list[LogPart], entries: int, sha256: str
) -> dict[str, Any]:
    """The manifest of a bundle; the entries prove themselves, this only tells of accidents."""
    return {
        "format": FORMAT,
        "version": READS_UP_TO,
        "needs": READS_UP_TO,
        "node": writer,
        "name": name,
        "made_at": moment_text(made_at),
        "logs": [
            {"log": each.log, "node": each.node, "after": each.after, "through": each.through}
            for each in parts
        ],
        "entries": entries,
        "sha256": sha256,
    }


def read_manifest(given: object) -> Manifest:
    """What a manifest says, whoever wrote it; a later version may say more."""
    if not isinstance(given, Mapping) or given.get("format", FORMAT) != FORMAT:
        raise NotABundle
    needs, entries, sha256 = given.get("needs", 1), given.get("entries"), given.get("sha256")
    if not isinstance(needs, int) or needs > READS_UP_TO:
        raise BundleNewer
    return Manifest(
        writer=str(given.get("node", "")),
        entries=entries if isinstance(entries, int) else None,
        sha256=sha256 if isinstance(sha256, str) else None,
    )
