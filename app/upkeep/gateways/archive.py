"""The file of a backup: a zip whose last 64 bytes are the SHA-256 of all the others."""

import errno
import hashlib
import os
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.upkeep.gateways.stores import Progress
from app.upkeep.rules.manifests import Manifest
from app.upkeep.rules.refusals import DamagedBackup, DiskFull, FileExists, NotABackup, NotWritten

MANIFEST = "manifest.json"
SECRETS = "secrets.json"
SEAL_BYTES = 64
BLOCK = 1024 * 1024
LARGEST_MANIFEST = 4 * BLOCK
_ZIP_START = b"PK\x03\x04"


@contextmanager
def file_trouble() -> Iterator[None]:
    """Turn what the machine says of files into a refusal."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull from error
        raise NotWritten(reason=error.strerror or str(error)) from error


def write_archive(
    target: Path,
    manifest: Manifest,
    secrets_file: Path,
    folder: Path,
    members: Sequence[str],
    progress: Progress,
) -> int:
    """Pack the parts of a dump under a draft name, then give the file its own; its size.

    A process killed half-way leaves a draft, never a half file under the final name.
    """
    if target.exists():
        raise FileExists
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(_new_file(draft), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
                packed.writestr(MANIFEST, manifest.as_bytes())
                packed.writestr(SECRETS, secrets_file.read_bytes())
                for number, name in enumerate(members):
                    packed.write(folder / name, name)
                    progress((number + 1) / (len(members) + 1))
                packed.comment = b"0" * SEAL_BYTES
            file.flush()
            size = file.seek(-SEAL_BYTES, os.SEEK_END) + SEAL_BYTES
            file.write(_digest(draft, size).encode())
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            raise FileExists
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)
    progress(1)
    return size


def _new_file(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder outlive a power cut, where the system can promise that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(path: Path, size: int) -> str:
    total, left = hashlib.sha256(), size - SEAL_BYTES
    with path.open("rb") as file:
        while left > 0 and (block := file.read(min(BLOCK, left))):
            total.update(block)
            left -= len(block)
    return total.hexdigest()


def check_seal(path: Path) -> None:
    """Refuse a file that is no backup, and one of which any byte is missing or has changed."""
    if not path.is_file():
        raise NotABackup
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(len(_ZIP_START))
        file.seek(max(size - SEAL_BYTES, 0))
        seal = file.read()
    if size <= SEAL_BYTES or seal.decode("ascii", "replace") != _digest(path, size):
        raise DamagedBackup if start == _ZIP_START and _names_manifest(path) else NotABackup


def _names_manifest(path: Path) -> bool:
    with path.open("rb") as file:
        return MANIFEST.encode() in file.read(BLOCK)


def read_manifest(path: Path) -> Manifest:
    """The manifest of a file whose seal is whole."""
    with _opened(path) as packed:
        try:
            described = packed.getinfo(MANIFEST)
        except KeyError:
            raise NotABackup from None
        if described.file_size > LARGEST_MANIFEST:
            raise NotABackup
        return Manifest.read(packed.read(described))


def read_secrets(path: Path) -> bytes:
    """The keys of the node that made the backup."""
    with _opened(path) as packed:
        try:
            return packed.read(SECRETS)
        except KeyError:
            raise DamagedBackup from None


def unpacked_size(path: Path) -> int:
    """Bytes of all parts once they are unpacked."""
    with _opened(path) as packed:
        return sum(each.file_size for each in packed.infolist())


def unpack(path: Path, members: Sequence[str], folder: Path, progress: Progress) -> None:
    """Lay the parts down in a folder; a part too few or too many is damage."""
    with _opened(path) as packed:
        if sorted(packed.namelist()) != sorted([MANIFEST, SECRETS, *members]):
            raise DamagedBackup
        for number, name in enumerate(members):
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(name) as source, os.fdopen(_new_file(place), "wb") as file:
                shutil.copyfileobj(source, file, BLOCK)
            progress((number + 1) / len(members))


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as packed:
            yield packed
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DamagedBackup from error
