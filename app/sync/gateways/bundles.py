"""Bundles as folders or .zip files: written whole or not at all, read without trusting them."""

import errno
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

from app.kernel.files import settle_folder
from app.sync.gateways.signing import LARGEST_ENTRY
from app.sync.rules import (
    BundleDamaged,
    BundleTooLarge,
    BundleUnsafe,
    DiskFull,
    NotABundle,
    NotWritable,
)
from app.sync.rules.bundles import (
    ENTRIES,
    LARGEST_BUNDLE,
    LARGEST_MANIFEST,
    MANIFEST,
    Manifest,
    read_manifest,
)

LONGEST_LINE = LARGEST_ENTRY + 16
MOST_MEMBERS = 100
NO_ROOM = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
Describe = Callable[[int, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was read through once: it is whole, and as large as it may be."""

    manifest: Manifest
    count: int
    lines: Callable[[], Iterator[str]]


def write_bundle(path: Path, entries: Iterable[str], describe: Describe) -> int:
    """Write a folder, or a .zip by its name; `describe` makes the manifest at the end."""
    try:
        if path.suffix.lower() == ".zip":
            return _write_zip(path, entries, describe)
        return _write_folder(path, entries, describe)
    except OSError as error:
        raise _refusal(error) from error


def _refusal(error: OSError) -> DiskFull | NotWritable:
    return DiskFull() if error.errno in NO_ROOM else NotWritable(reason=str(error.strerror))


def _write_folder(path: Path, entries: Iterable[str], describe: Describe) -> int:
    path.mkdir(parents=True, exist_ok=True)
    parts = [path / f".{name}.part" for name in (ENTRIES, MANIFEST)]
    try:
        with parts[0].open("wb") as file:
            count, digest = _write_lines(file, entries)
        with parts[1].open("wb") as file:
            file.write(_manifest_text(describe(count, digest)))
            _settle(file)
        for part, name in zip(parts, (ENTRIES, MANIFEST), strict=True):
            part.replace(path / name)
        settle_folder(path)
    except OSError:
        for part in parts:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        raise
    return count


def _write_zip(path: Path, entries: Iterable[str], describe: Describe) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
                with packed.open(ENTRIES, "w", force_zip64=True) as member:
                    count, digest = _write_lines(member, entries)
                packed.writestr(MANIFEST, _manifest_text(describe(count, digest)))
            _settle(file)
        part.replace(path)
        settle_folder(path.parent)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return count


def _write_lines(file: IO[bytes], entries: Iterable[str]) -> tuple[int, str]:
    count, digest = 0, sha256()
    for compact in entries:
        line = json.dumps(compact).encode() + b"\n"
        digest.update(line)
        file.write(line)
        count += 1
    if hasattr(file, "fileno") and not isinstance(file, zipfile.ZipExtFile):
        with suppress(OSError, AttributeError, ValueError):
            _settle(file)
    return count, digest.hexdigest()


def _settle(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _manifest_text(manifest: dict[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Read a bundle through once; refused as a whole when it is cut short, changed or too large."""
    try:
        if path.is_dir():
            yield _checked(lambda name: _opened_file(path / name))
        elif path.is_file():
            with zipfile.ZipFile(path) as packed:
                members = _members(packed)
                yield _checked(lambda name: _opened_member(packed, members, name))
        else:
            raise NotABundle
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BundleDamaged from error
    except OSError as error:
        raise _refusal(error) from error


def _opened_file(path: Path) -> IO[bytes]:
    if path.is_symlink():
        raise BundleUnsafe
    if not path.is_file():
        raise NotABundle
    return path.open("rb")


def _members(packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The two files by name, also when the folder around them was packed along."""
    infos = packed.infolist()
    if len(infos) > MOST_MEMBERS or any(_leaves_folder(each.filename) for each in infos):
        raise BundleUnsafe
    folders = {each.filename.rpartition("/")[0] for each in infos if _is_manifest(each.filename)}
    if len(folders) != 1:
        raise NotABundle
    folder = folders.pop()
    prefix = f"{folder}/" if folder else ""
    return {
        each.filename.removeprefix(prefix): each
        for each in infos
        if each.filename in {prefix + MANIFEST, prefix + ENTRIES}
    }


def _is_manifest(name: str) -> bool:
    return name.rpartition("/")[2] == MANIFEST and name.count("/") <= 1


def _leaves_folder(name: str) -> bool:
    windows, posix = PureWindowsPath(name), PurePosixPath(name)
    return (
        posix.is_absolute()
        or bool(windows.drive or windows.root)
        or ".." in windows.parts
        or ".." in posix.parts
    )


def _opened_member(
    packed: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str
) -> IO[bytes]:
    if name not in members:
        raise NotABundle
    if members[name].file_size > LARGEST_BUNDLE:
        raise BundleTooLarge
    return packed.open(members[name])


def _checked(opened: Callable[[str], IO[bytes]]) -> Bundle:
    with opened(MANIFEST) as file:
        text = file.read(LARGEST_MANIFEST + 1)
    if len(text) > LARGEST_MANIFEST:
        raise BundleTooLarge
    try:
        manifest = read_manifest(json.loads(text))
    except (ValueError, RecursionError):
        raise BundleDamaged from None
    count, digest = 0, sha256()
    with opened(ENTRIES) as file:
        for line in _lines(file):
            digest.update(line)
            count += bool(line.strip())
    if manifest.entries not in {None, count} or manifest.sha256 not in {None, digest.hexdigest()}:
        raise BundleDamaged

    def lines() -> Iterator[str]:
        with opened(ENTRIES) as file:
            for line in _lines(file):
                if line.strip():
                    yield _compact_in(line)

    return Bundle(manifest, count, lines)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    size = 0
    while line := file.readline(LONGEST_LINE + 1):
        size += len(line)
        if len(line) > LONGEST_LINE or size > LARGEST_BUNDLE:
            raise BundleTooLarge
        yield line


def _compact_in(line: bytes) -> str:
    """One entry: a JSON string, or its bare text."""
    try:
        text = line.strip().decode("ascii")
        compact = json.loads(text) if text.startswith('"') else text
    except ValueError:
        raise BundleDamaged from None
    if not isinstance(compact, str):
        raise BundleDamaged
    return compact
