"""Making, trying and restoring backups of a node, whichever database it is on."""

import contextlib
import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from app.kernel.files import write_whole
from app.kernel.key_ring import KeyRing, joined_values
from app.settings import Settings, replace_secrets
from app.upkeep.gateways.archive import (
    SECRETS,
    check_seal,
    file_trouble,
    read_manifest,
    read_secrets,
    sync_folder,
    unpack,
    unpacked_size,
    write_archive,
)
from app.upkeep.gateways.machine import disk_free, program_version
from app.upkeep.gateways.sealing import RecoveryKey, Sheet, is_sealed, unseal
from app.upkeep.gateways.second_place import SecondPlace
from app.upkeep.gateways.sqlite_store import SqliteStore
from app.upkeep.gateways.stores import Progress, Replacement, Schema, Store, part
from app.upkeep.rules.manifests import Manifest, may_be_kept
from app.upkeep.rules.node_state import DISK_FULL
from app.upkeep.rules.refusals import (
    DamagedBackup,
    DiskFull,
    FileExists,
    FolderNotEmpty,
    NewerThanProgram,
    NoSheet,
    OtherDatabase,
    OtherRole,
    OtherSecrets,
)

log = logging.getLogger(__name__)
SCRATCH = ".scratch-"
BACKUPS = "backups"
FILES = "instance"
KEPT_FILES = ("anca.env", "push_key.pem", "tls/*.pem")


def _quietly(_: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class CreatedBackup:
    """A file that was just made; size in bytes."""

    path: Path
    size: int
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where the data that was there before lies now."""

    manifest: Manifest
    old_data: str | None
    old_secrets: str | None


@dataclass(frozen=True, slots=True)
class _Opened:
    """A backup laid down in a folder; `sheet` is the code that opened it."""

    manifest: Manifest
    secrets: bytes
    sheet: str | None


@dataclass(frozen=True, slots=True)
class Backups:
    """Backups of one node."""

    settings: Settings
    store: Store
    schema: Schema

    def create(self, target: Path, now: datetime, progress: Progress = _quietly) -> CreatedBackup:
        """Make a backup file; while it is made the node goes on working."""
        if target.exists():
            raise FileExists
        secrets_now = self.settings.instance / SECRETS
        keys_before = _ring_values(secrets_now) if secrets_now.exists() else {}
        with file_trouble(), self._scratch() as folder:
            target.parent.mkdir(parents=True, exist_ok=True)
            # The copy and the file packed from it lie beside each other; the node keeps working.
            self._refuse_full(2 * self.store.size() + DISK_FULL)
            dump = self.store.dump(folder, part(progress, 0, 0.7))
            manifest = Manifest(
                program=program_version(),
                revision=dump.revision,
                made_at=now,
                node_name=self.settings.name,
                role=self.settings.role,
                database=self.store.kind,
                tables=dump.tables,
                sequences=dump.sequences,
                files=self._copy_files(folder),
            )
            secrets_file = self._keys_of_the_dump(folder, keys_before)
            size = write_archive(
                target,
                manifest,
                secrets_file,
                folder,
                [*dump.members, *_members(manifest)],
                part(progress, 0.7, 1),
            )
        return CreatedBackup(target, size, manifest)

    def _keys_of_the_dump(self, folder: Path, before: Mapping[str, Any]) -> Path:
        """The file of keys with every key from the dump's moment on, in the scratch folder.

        The ring may have been renewed meanwhile: a key that only the dump needs would be missing.
        """
        now = _ring_values(self.settings.instance / SECRETS)
        place = folder / SECRETS
        replace_secrets(place, joined_values(now, before) or now)
        return place

    def verify(self, path: Path, progress: Progress = _quietly, *, code: str = "") -> Manifest:
        """Restore a backup into a scratch place and compare it table by table.

        A sealed one is opened by the `code` of its recovery sheet.
        """
        with file_trouble(), self._scratch() as folder:
            opened = self._opened(path, folder, part(progress, 0, 0.4), code)
            _secrets(opened.secrets)
            self.store.prove(folder, opened.manifest, self.schema, part(progress, 0.4, 1))
        return opened.manifest

    def restore(self, path: Path, now: datetime, *, replace: bool, code: str = "") -> Restored:
        """Put a backup back into an empty node, or, to `replace`, beside what was there.

        Settings and certificates come with it where the folder has none of its own.
        """
        stamp = f"{now:%Y%m%d_%H%M%S}"
        with file_trouble(), self._scratch() as folder:
            opened = self._opened(path, folder, _quietly, code)
            manifest = opened.manifest
            if manifest.role != self.settings.role and not self._takes_settings(manifest):
                raise OtherRole(role=manifest.role)
            filled = self.store.has_rows()
            if filled and not replace:
                raise FolderNotEmpty
            keys = _SecretsInPlace(self.settings.instance / SECRETS, opened.secrets, stamp)
            keys.refuse_others(filled=filled)

            def put_files() -> None:
                keys.put()
                self._put_files(folder, manifest)

            old_data = self.store.restore(
                folder, manifest, self.schema, Replacement(replace, stamp), put_files
            )
            if opened.sheet is not None and RecoveryKey.in_folder(self.settings.instance) is None:
                Sheet.read(code, now).key.put_in(self.settings.instance)
            sync_folder(self.settings.instance)
        return Restored(manifest, old_data, keys.old)

    def put_back(self, path: Path, now: datetime) -> str | None:
        """Put the database back as a backup of this node holds it, in the schema it had then."""
        with file_trouble(), self._scratch() as folder:
            opened = self._opened(path, folder, _quietly, "")
            stamp = f"{now:%Y%m%d_%H%M%S}"
            replacement = Replacement(True, stamp, as_it_was=True)
            keys = _SecretsInPlace(self.settings.instance / SECRETS, opened.secrets, stamp)
            keys.refuse_others(filled=True)
            return self.store.restore(folder, opened.manifest, self.schema, replacement, keys.put)

    def copy_away(self, path: Path) -> Path:
        """Seal a backup into the second place; where it lies there."""
        key = RecoveryKey.in_folder(self.settings.instance)
        if key is None:
            raise NoSheet
        earlier = RecoveryKey.earlier_in_folder(self.settings.instance)
        return self.second_place.take(path, key, earlier)

    @property
    def second_place(self) -> SecondPlace:
        """The other disk or share of the settings."""
        mark = _mark(_ring_values(self.settings.instance / SECRETS))
        return SecondPlace(Path(self.settings.backup_to), self.settings.name, mark)

    @property
    def folder(self) -> Path:
        """Where the nightly backups lie."""
        return self.settings.instance / BACKUPS

    def clear_leftovers(self, now: datetime) -> None:
        """Delete drafts and scratch folders of runs that were killed more than a day ago."""
        instance = self.settings.instance
        for leftover in [*instance.glob(f"{SCRATCH}*"), *self.folder.glob(".*.part")]:
            with contextlib.suppress(FileNotFoundError):
                if leftover.stat().st_mtime > (now - timedelta(days=1)).timestamp():
                    continue
                if leftover.is_dir():
                    shutil.rmtree(leftover, ignore_errors=True)
                else:
                    leftover.unlink()

    def _opened(self, path: Path, folder: Path, progress: Progress, code: str) -> "_Opened":
        sheet = None
        if is_sealed(path):
            self._refuse_full(path.stat().st_size)
            unseal(path, folder / "sealed.zip", code)
            path, sheet = folder / "sealed.zip", code
        check_seal(path)
        manifest = read_manifest(path)
        if not self.schema.knows_revision(manifest.revision):
            raise NewerThanProgram(made_by=manifest.program)
        if manifest.database != self.store.kind:
            raise OtherDatabase(database=manifest.database)
        self._refuse_full(unpacked_size(path))
        wanted = [*self.store.members(manifest), *_members(manifest)]
        unpack(path, wanted, folder, progress)
        return _Opened(manifest, read_secrets(path), sheet)

    def _refuse_full(self, needed: int) -> None:
        if disk_free(self.settings.instance) < needed:
            raise DiskFull

    def _copy_files(self, folder: Path) -> tuple[str, ...]:
        """Lay settings and certificates beside the dump; their names.

        What reading the backup would refuse is left out, or nothing could be restored from it.
        """
        instance = self.settings.instance
        found = sorted(path for each in KEPT_FILES for path in instance.glob(each))
        named = {path.relative_to(instance).as_posix(): path for path in found if path.is_file()}
        names = tuple(name for name in named if may_be_kept(name))
        if len(names) < len(named):
            log.warning("not in the backup: %r", sorted(named.keys() - set(names)))
        for name in names:
            path = named[name]
            place = folder / FILES / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        return names

    def _takes_settings(self, manifest: Manifest) -> bool:
        return "anca.env" in manifest.files and not (self.settings.instance / "anca.env").exists()

    def _put_files(self, folder: Path, manifest: Manifest) -> None:
        """Bring settings and certificates; what is there already stays as it is."""
        for name in manifest.files:
            target = self.settings.instance / name
            if target.exists():
                continue
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / FILES / name).replace(target)

    @contextlib.contextmanager
    def _scratch(self) -> Iterator[Path]:
        """A folder beside the database that only its owner can read; gone afterwards."""
        self.settings.instance.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=self.settings.instance))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class _SecretsInPlace:
    """The keys that a restore puts in place just before its data counts."""

    def __init__(self, path: Path, wanted: bytes, stamp: str) -> None:
        self.path, self.wanted, self.stamp = path, wanted, stamp
        self.old: str | None = None

    def refuse_others(self, *, filled: bool) -> None:
        """Data under other keys would become unreadable: refuse. An empty node's keys may go.

        Where the keys are gone or torn nothing is readable as it is, and those of the backup help.
        """
        own = self._own()
        if filled and own is not None and joined_values(own, _secrets(self.wanted)) is None:
            raise OtherSecrets

    def put(self) -> None:
        """Write the keys of the backup; other keys, or what is left of some, are kept aside.

        Of a backup of this very node only field keys can be missing: they join the ring.
        """
        wanted = _secrets(self.wanted)
        own = self._own()
        joined = joined_values(own, wanted) if own is not None else None
        if joined is not None:
            if joined != own:
                replace_secrets(self.path, joined)
            return
        if self.path.exists():
            aside = self.path.with_name(f"secrets-before-restore-{self.stamp}.json")
            write_whole(aside, self.path.read_bytes())
            self.old = str(aside)
        replace_secrets(self.path, wanted)

    def _own(self) -> dict[str, Any] | None:
        """The keys of this node; None where their file is gone or holds no keys."""
        try:
            return _ring_values(self.path)
        except (FileNotFoundError, DamagedBackup):
            return None


def _ring_values(path: Path) -> dict[str, Any]:
    """The file of keys of this node, with its ring spelt out."""
    values = _secrets(path.read_bytes())
    return {**values, **KeyRing.read(values).as_values()}


def _mark(values: Mapping[str, Any]) -> str:
    """Eight signs that a node keeps for good, also on another machine, and that tell no key."""
    return hashlib.sha256(f"anca second place {values['index_key']}".encode()).hexdigest()[:8]


def _secrets(raw: bytes) -> dict[str, Any]:
    try:
        values: dict[str, Any] = json.loads(raw)
        KeyRing.read(values)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DamagedBackup from None
    return values


def _members(manifest: Manifest) -> list[str]:
    return [f"{FILES}/{name}" for name in manifest.files]


def backups_of(settings: Settings, engine: Engine, schema: Schema) -> Backups:
    """Backups of the node with these settings; `engine` is the one that may write."""
    store: Store = SqliteStore(settings.sqlite_path)
    if not settings.on_sqlite:
        # Brings a driver along that every start on SQLite would pay for.
        from app.upkeep.gateways.postgres_store import PostgresStore

        store = PostgresStore(engine)
    return Backups(settings, store, schema)
