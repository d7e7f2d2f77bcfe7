"""Backups that leave the machine: anybody may seal one, only the recovery sheet opens it.

X25519 and HKDF-SHA-256 give each file a key of its own; blocks are AES-256-GCM, numbered, the last
one marked (the STREAM construction), so that nothing can be cut off, moved or changed.
"""

import base64
import hashlib
import json
import os
import secrets
import struct
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.settings import keep_secret
from app.upkeep.rules.recovery import SEED_BYTES, read_code, write_code
from app.upkeep.rules.refusals import CodeNeeded, DamagedBackup, NewerThanProgram, OtherSheet

KIND = "anca-sealed-backup"
FORMAT = 1
BLOCK = 1024 * 1024
TAG = 16
LONGEST_HEAD = 4096
KEY_FILE, EARLIER_FILES = "recovery.json", "recovery-????????.json"
_START = f'{{"kind": "{KIND}"'.encode()


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """The public half of a recovery sheet's key: it seals and opens nothing."""

    public: bytes
    made_at: datetime

    @property
    def name(self) -> str:
        """By which a sheet and the files sealed for it are told to belong together."""
        return name_of(self.public)

    @classmethod
    def in_folder(cls, instance: Path) -> Self | None:
        """The key that an instance folder seals for, when a sheet was made."""
        try:
            return cls._read(instance / KEY_FILE)
        except FileNotFoundError:
            return None

    @classmethod
    def earlier_in_folder(cls, instance: Path) -> list[Self]:
        """The keys that it sealed for before another sheet was made."""
        found = []
        for path in sorted(instance.glob(EARLIER_FILES)):
            with suppress(OSError, ValueError, KeyError, TypeError):
                found.append(cls._read(path))
        return found

    @classmethod
    def _read(cls, path: Path) -> Self:
        told = json.loads(path.read_text(encoding="utf-8"))
        return cls(bytes.fromhex(told["public"]), datetime.fromisoformat(told["made_at"]))

    def put_in(self, instance: Path) -> None:
        """Seal for this sheet from now on; the one before is kept under its own name."""
        path = instance / KEY_FILE
        before = self.in_folder(instance)
        if before is not None:
            path.replace(path.with_name(f"recovery-{before.name}.json"))
        told = {"public": self.public.hex(), "made_at": self.made_at.isoformat()}
        keep_secret(path, json.dumps(told))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A recovery sheet: its code stands on paper and nowhere else."""

    code: str = field(repr=False)
    key: RecoveryKey

    @classmethod
    def make(cls, now: datetime) -> Self:
        """A new sheet."""
        return cls.read(write_code(secrets.token_bytes(SEED_BYTES)), now)

    @classmethod
    def read(cls, code: str, now: datetime) -> Self:
        """The sheet whose code somebody typed."""
        return cls(write_code(read_code(code)), RecoveryKey(_public(_private(code)), now))


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was sealed: the file's own key, and the SHA-256 of what lies inside."""

    key: bytes = field(repr=False)
    head: bytes
    digest: str


def name_of(public: bytes) -> str:
    """Eight signs that name a key."""
    return hashlib.sha256(public).hexdigest()[:8]


def is_sealed(path: Path) -> bool:
    """Whether a file is a sealed backup."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_START)) == _START


def is_sealed_for(path: Path, keys: Collection[RecoveryKey]) -> bool:
    """Whether a file is a sealed backup that one of these keys' sheets opens, by its first line."""
    try:
        if not is_sealed(path):
            return False
        with path.open("rb") as file:
            _, wanted, _ = _read_head(file.readline(LONGEST_HEAD))
    except (OSError, DamagedBackup, NewerThanProgram):  # it may be somebody else's to read
        return False
    return wanted in {key.public for key in keys}


def seal(source: Path, file: BinaryIO, key: RecoveryKey, *, node: str) -> Sealed:
    """Write a sealed copy of a backup into an open file."""
    once = X25519PrivateKey.generate()
    head = {
        "kind": KIND,
        "format": FORMAT,
        "node": node,
        "sheet": key.name,
        "restore": "python3 start.py restore FILE",
        "for": base64.b64encode(key.public).decode(),
        "once": base64.b64encode(_public(once)).decode(),
    }
    line = json.dumps(head, ensure_ascii=False).encode() + b"\n"
    file_key = _derived(once.exchange(X25519PublicKey.from_public_bytes(key.public)), line)
    cipher, total = AESGCM(file_key), hashlib.sha256()
    file.write(line)
    with source.open("rb") as plain:
        for number, (block, last) in enumerate(_blocks(plain, BLOCK)):
            total.update(block)
            file.write(cipher.encrypt(_nonce(number, last=last), block, None))
    return Sealed(file_key, line, total.hexdigest())


def proves(path: Path, sealed: Sealed) -> bool:
    """Whether a file opens to exactly what was sealed; reads it from end to end."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        if file.readline(LONGEST_HEAD) != sealed.head:
            return False
        try:
            for block in _opened(file, sealed.key):
                total.update(block)
        except DamagedBackup:
            return False
    return total.hexdigest() == sealed.digest


def unseal(path: Path, target: Path, code: str) -> None:
    """Open a sealed backup by the code of its sheet into a new file."""
    with path.open("rb") as file:
        line = file.readline(LONGEST_HEAD)
        once, wanted, sheet = _read_head(line)
        if not code:
            raise CodeNeeded(sheet=sheet)
        private = _private(code)
        if _public(private) != wanted:
            raise OtherSheet(sheet=sheet)
        shared = private.exchange(X25519PublicKey.from_public_bytes(once))
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        with os.fdopen(handle, "wb") as plain:
            for block in _opened(file, _derived(shared, line)):
                plain.write(block)


_BINARY = getattr(os, "O_BINARY", 0)


def _read_head(line: bytes) -> tuple[bytes, bytes, str]:
    try:
        told = json.loads(line)
        if told["format"] != FORMAT:
            raise NewerThanProgram(made_by=str(told.get("program", "")))
        once, wanted = base64.b64decode(told["once"]), base64.b64decode(told["for"])
        if len(once) != 32 or len(wanted) != 32:
            raise DamagedBackup
        return once, wanted, name_of(wanted)
    except (ValueError, KeyError, TypeError):
        raise DamagedBackup from None


def _private(code: str) -> X25519PrivateKey:
    seed = HKDF(SHA256(), 32, salt=None, info=b"anca recovery sheet").derive(read_code(code))
    return X25519PrivateKey.from_private_bytes(seed)


def _public(private: X25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()


def _derived(shared: bytes, head: bytes) -> bytes:
    """The file's key hangs on every byte of its first line."""
    return HKDF(SHA256(), 32, salt=hashlib.sha256(head).digest(), info=b"anca backup").derive(
        shared
    )


def _nonce(number: int, *, last: bool) -> bytes:
    return bytes(7) + struct.pack(">IB", number, last)


def _blocks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """The blocks of a file, each with whether it is the last."""
    block = file.read(size)
    while True:
        following = file.read(size)
        yield block, not following
        if not following:
            return
        block = following


def _opened(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    cipher = AESGCM(key)
    for number, (block, last) in enumerate(_blocks(file, BLOCK + TAG)):
        try:
            yield cipher.decrypt(_nonce(number, last=last), block, None)
        except (InvalidTag, ValueError):
            raise DamagedBackup from None
