"""The register of fields: every column that holds something of a person, and what for.

Law 91/2025/QH15 (from 1/1/2026): health data are sensitive and need a purpose, rules of access and
a defined process.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One column with something personal: of which kind, what for, kept by which rule."""

    table: str
    column: str
    kind: str
    purpose: str
    keep: str
    seen_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """All fields, the columns that say nothing of anybody, and the words of the register."""

    fields: tuple[Field, ...]
    plain: frozenset[tuple[str, str]]
    plain_tables: Mapping[str, str]
    words: Mapping[str, Mapping[str, Mapping[str, str]]]


def read_register(document: Mapping[str, Any]) -> Register:
    """The register out of its file; a word that it does not explain fails."""
    words = {name: document[name] for name in ("kinds", "seen_by", "purposes", "grounds")}
    fields = tuple(_fields(document["tables"]))
    for field in fields:
        _ = words["kinds"][field.kind], words["grounds"][words["purposes"][field.purpose]["ground"]]
        _ = [words["seen_by"][each] for each in field.seen_by]
    plain = {
        (table, column)
        for table, row in document["tables"].items()
        for column in row.get("plain", ())
    }
    return Register(fields, frozenset(plain), document["nothing_personal"], words)


def _fields(tables: Mapping[str, Any]) -> Iterator[Field]:
    for table, row in tables.items():
        for kind, columns in row["personal"].items():
            for column in columns:
                yield Field(table, column, kind, row["purpose"], row["keep"], tuple(row["seen_by"]))
