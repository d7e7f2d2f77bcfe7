"""What a backup says of itself: its manifest, read strictly."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

from app.upkeep.rules.refusals import DamagedBackup, NewerThanProgram, NotABackup

KIND = "anca-backup"
FORMAT = 2
FORMATS = {1, FORMAT}
WARNING = (
    "Tệp này chứa dữ liệu sức khoẻ và các khoá bí mật của máy chủ. Cất giữ như hồ sơ y tế. / "
    "This file holds health data and the secret keys of the server. Guard it like medical records."
)
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# Files of the instance folder without which a restored node would not be the same to its people.
# A certificate may be called what its maker called it, as long as every system reads that as one
# file of this folder: no device of Windows, no sign that means something in a path or in a zip.
_DEVICE = r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *\."
_SIGN = r'[^\x00-\x1f\x7f-\x9f/\\:*?"<>|\ud800-\udfff]'
_KEPT = re.compile(rf"anca\.env|push_key\.pem|tls/(?![. ])(?i:(?!{_DEVICE}){_SIGN}{{1,120}}\.pem)")


@dataclass(frozen=True, slots=True)
class TableTally:
    """What a table held: its rows, and a digest that does not depend on their order."""

    name: str
    rows: int
    digest: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which node, which moment, which schema, and every table's tally."""

    program: str
    revision: str
    made_at: datetime
    node_name: str
    role: str
    database: str
    tables: tuple[TableTally, ...]
    sequences: Mapping[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(table.rows for table in self.tables)

    def as_bytes(self) -> bytes:
        """The manifest as it lies in the backup."""
        told = {
            "kind": KIND,
            "format": FORMAT,
            "warning": WARNING,
            "holds": ["health data", "secrets.json"],
            "program": self.program,
            "revision": self.revision,
            "made_at": self.made_at.isoformat(),
            "node": {"name": self.node_name, "role": self.role},
            "database": self.database,
            "tables": [asdict(table) for table in self.tables],
            "sequences": dict(self.sequences),
            "files": list(self.files),
        }
        return json.dumps(told, ensure_ascii=False, indent=1).encode()

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """The manifest out of a backup."""
        try:
            told = json.loads(raw)
        except ValueError:
            raise DamagedBackup from None
        if not isinstance(told, dict) or told.get("kind") != KIND:
            raise NotABackup
        if told.get("format") not in FORMATS:
            raise NewerThanProgram(made_by=str(told.get("program", "")))
        try:
            return cls(
                program=str(told["program"]),
                revision=str(told["revision"]),
                made_at=datetime.fromisoformat(told["made_at"]),
                node_name=str(told["node"]["name"]),
                role=str(told["node"]["role"]),
                database=str(told["database"]),
                tables=tuple(_tally(table) for table in told["tables"]),
                sequences={_name(name): int(last) for name, last in told["sequences"].items()},
                files=tuple(_kept(name) for name in told.get("files", ())),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise DamagedBackup from None


def _tally(told: Mapping[str, Any]) -> TableTally:
    columns = tuple(_name(column) for column in told["columns"])
    return TableTally(_name(told["name"]), int(told["rows"]), str(told["digest"]), columns)


def _name(text: str) -> str:
    """A name that may go into a statement and a path as it is."""
    if _NAME.fullmatch(text) is None:
        raise ValueError(text)
    return text


def may_be_kept(name: str) -> bool:
    """Whether a backup may bring this file of the instance folder: no other is ever written."""
    return _KEPT.fullmatch(name) is not None


def _kept(name: str) -> str:
    if not may_be_kept(name):
        raise ValueError(name)
    return name


def same_tallies(promised: Sequence[TableTally], found: Sequence[TableTally]) -> bool:
    """Whether two counts of tables are the same, row by row."""
    return {(t.name, t.rows, t.digest) for t in promised} == {
        (t.name, t.rows, t.digest) for t in found
    }


def check_tallies(promised: Sequence[TableTally], found: Sequence[TableTally]) -> None:
    """Refuse when a table is missing, or its rows are not those that the backup promised."""
    if not same_tallies(promised, found):
        raise DamagedBackup
