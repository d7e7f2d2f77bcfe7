"""The second place of backups: another disk or a share, where only sealed files go."""

import errno
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.upkeep.gateways.archive import sync_folder
from app.upkeep.gateways.sealing import RecoveryKey, is_sealed_for, proves, seal
from app.upkeep.rules.refusals import PlaceFull, PlaceMissing, PlaceNotWritten, PlaceSpoils
from app.upkeep.rules.rotation import has_served_elsewhere, list_unmarked, sealed_name

ROOM_LEFT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SecondPlace:
    """A folder that somebody else keeps there: it is never made, for a share may be away.

    Others may keep theirs there too; `mark`: what tells this node's files from a namesake's.
    """

    folder: Path
    node: str
    mark: str

    def take(self, backup: Path, key: RecoveryKey, earlier: Sequence[RecoveryKey] = ()) -> Path:
        """Seal a backup into the place, read it back, and delete what has served its time.

        `earlier`: keys that this node sealed for before.
        """
        try:
            if not self.folder.is_dir():
                raise PlaceMissing(folder=str(self.folder))
            if shutil.disk_usage(self.folder).free < backup.stat().st_size + ROOM_LEFT:
                raise PlaceFull(folder=str(self.folder))
            target = self.folder / sealed_name(backup.name, self.node, self.mark)
            self._write(backup, target, key)
            self._clear([key, *earlier])
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise PlaceFull(folder=str(self.folder)) from error
            raise PlaceNotWritten(reason=error.strerror or str(error)) from error
        return target

    def shares_disk_with(self, instance: Path) -> bool:
        """Whether one broken disk would take both: an unmounted share looks like that too."""
        return self.folder.stat().st_dev == instance.stat().st_dev

    def _write(self, backup: Path, target: Path, key: RecoveryKey) -> None:
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            with os.fdopen(os.open(draft, flags, 0o600), "w+b") as file:
                sealed = seal(backup, file, key, node=self.node)
                file.flush()
                os.fsync(file.fileno())
            if not proves(draft, sealed):
                raise PlaceSpoils(folder=str(self.folder))
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(self.folder)

    def _clear(self, keys: Sequence[RecoveryKey]) -> None:
        names = [each.name for each in self.folder.iterdir()]
        # Only this node has sealed anything for the keys of its own sheets.
        unmarked = [
            name
            for name in list_unmarked(names, self.node)
            if is_sealed_for(self.folder / name, keys)
        ]
        for name in has_served_elsewhere(names, self.node, self.mark, unmarked):
            (self.folder / name).unlink(missing_ok=True)
