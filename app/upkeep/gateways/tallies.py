"""Counting a table while its rows pass by."""

import hashlib
from dataclasses import dataclass

from app.upkeep.rules.manifests import TableTally

_MODULUS = 1 << 256


@dataclass(slots=True)
class RunningTally:
    """Rows seen, and the sum of their SHA-256: the order in which they come does not matter."""

    rows: int = 0
    total: int = 0

    def add(self, row: bytes) -> None:
        """Count one row."""
        self.rows += 1
        self.total += int.from_bytes(hashlib.sha256(row).digest(), "big")

    def of(self, table: str, columns: tuple[str, ...]) -> TableTally:
        """The tally of a table whose rows have all been seen."""
        return TableTally(table, self.rows, f"{self.total % _MODULUS:064x}", columns)
