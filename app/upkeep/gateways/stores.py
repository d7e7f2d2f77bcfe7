"""What a backup asks of a database, whichever kind it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from app.upkeep.rules.manifests import Manifest, TableTally

Progress = Callable[[float], None]


class Schema(Protocol):
    """The steps that lead from one schema to the next; `app.web.schema` is one."""

    def newest_revision(self) -> str:
        """The revision this program needs."""

    def knows_revision(self, revision: str) -> bool:
        """Whether this program has the step that leads to a revision."""

    def upgrade_on(self, connection: Connection, revision: str = "head") -> None:
        """Run the steps up to a revision."""

    def downgrade_on(self, connection: Connection, revision: str = "base") -> None:
        """Take steps back."""


@dataclass(frozen=True, slots=True)
class Dump:
    """One moment of a database, laid down in a folder."""

    revision: str
    tables: tuple[TableTally, ...]
    members: tuple[str, ...]
    sequences: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replacement:
    """How a restore treats what is there: moved aside under `stamp` when `allowed`.

    `as_it_was` leaves the schema of the backup, for a program that goes on with that one.
    """

    allowed: bool
    stamp: str
    as_it_was: bool = False


class Store(Protocol):
    """A database that can be dumped, tried and put back."""

    @property
    def kind(self) -> str:
        """The kind of database: "sqlite" or "postgresql"."""

    def members(self, manifest: Manifest) -> tuple[str, ...]:
        """Names of the parts of a backup that `prove` and `restore` read."""

    def has_rows(self) -> bool:
        """Whether there is anything that a restore would replace."""

    def size(self) -> int:
        """Bytes that it takes up."""

    def holds(self, manifest: Manifest) -> bool:
        """Whether it holds exactly what a backup of it holds."""

    def dump(self, folder: Path, progress: Progress) -> Dump:
        """Lay down one moment of the database, without holding up its writers."""

    def prove(self, folder: Path, manifest: Manifest, schema: Schema, progress: Progress) -> None:
        """Put a dump into a scratch place, compare every table, and try the newer steps."""

    def restore(
        self,
        folder: Path,
        manifest: Manifest,
        schema: Schema,
        replacement: Replacement,
        before_it_counts: Callable[[], None],
    ) -> str | None:
        """Put a dump in place and bring it to the newest schema; where the old data went."""


def part(progress: Progress, start: float, end: float) -> Progress:
    """The progress of a part of the work, from `start` to `end` of the whole."""
    return lambda done: progress(start + (end - start) * done)
