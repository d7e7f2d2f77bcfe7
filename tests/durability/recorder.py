"""Notes what SQLite hands to the system: every write, cut and sync of every file, in their order.

A layer over SQLite's own file layer (sqlite.org/vfs.html), put in by ctypes before a connection is
opened. Shared memory and locks are left alone: no power cut leaves anything of them.
"""

import _sqlite3
import ctypes
import sqlite3
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
CUT = CFUNCTYPE(c_int, c_void_p, c_int64)
SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class Vfs(Structure):
    _fields_ = [
        ("version", c_int), ("file_size", c_int), ("longest_path", c_int), ("next", c_void_p),
        ("name", c_char_p), ("data", c_void_p), ("open", OPEN), ("delete", DELETE),
        *((f"rest{n}", c_void_p) for n in range(14)),
    ]  # fmt: skip


class Methods(Structure):
    _fields_ = [
        ("version", c_int), ("close", c_void_p), ("read", c_void_p), ("write", WRITE), ("cut", CUT),
        ("sync", SYNC), *((f"rest{n}", c_void_p) for n in range(13)),
    ]  # fmt: skip


@dataclass(slots=True)
class Noted:
    """One thing that was done: "write", "cut", "sync", "delete", or a "mark" of the story."""

    kind: str
    file: str = ""
    place: int = 0
    content: Any = b""


@dataclass(slots=True)
class Recorder:
    """Everything noted so far; what C calls must not be collected."""

    noted: list[Noted] = field(default_factory=list)
    _kept: list[Any] = field(default_factory=list)

    def mark(self, content: Any) -> None:
        """Something that the story says happened now."""
        self.noted.append(Noted("mark", content=content))

    def put_in(self) -> bool:
        """Stand between SQLite and the system; False where its own layer cannot be found."""
        try:
            library = ctypes.CDLL(_sqlite3.__file__)
            find = library.sqlite3_vfs_find
        except (AttributeError, OSError):
            return False
        find.restype = POINTER(Vfs)
        below = find(None).contents
        ours = Vfs()
        size = ctypes.sizeof(Vfs) if below.version >= 3 else Vfs.rest0.offset + 8 * 10
        ctypes.memmove(byref(ours), byref(below), size)
        ours.name = b"recorder"
        ours.open = OPEN(self._opening(below))
        ours.delete = DELETE(self._deleting(below))
        self._kept += [library, below, ours]
        return bool(library.sqlite3_vfs_register(byref(ours), 1) == sqlite3.SQLITE_OK)

    def _opening(self, below: Vfs) -> Any:
        def opened(_: int, name: int, file: int, flags: int, told: int) -> int:
            code: int = below.open(ctypes.addressof(below), name, file, flags, told)
            if code == sqlite3.SQLITE_OK and name:
                self._watch(file, Path(ctypes.string_at(name).decode()).name)
            return code

        return opened

    def _deleting(self, below: Vfs) -> Any:
        def deleted(_: int, name: bytes, settle: int) -> int:
            self.noted.append(Noted("delete", Path(name.decode()).name))
            return int(below.delete(ctypes.addressof(below), name, settle))

        return deleted

    def _watch(self, file: int, name: str) -> None:
        place = ctypes.cast(file, POINTER(c_void_p))
        below = ctypes.cast(place[0], POINTER(Methods)).contents
        ours = Methods()
        ctypes.memmove(byref(ours), byref(below), Methods.rest0.offset + 8 * _methods(below))

        def write(at: int, content: int, size: int, offset: int) -> int:
            self.noted.append(Noted("write", name, offset, ctypes.string_at(content, size)))
            return int(below.write(at, content, size, offset))

        def cut(at: int, size: int) -> int:
            self.noted.append(Noted("cut", name, size))
            return int(below.cut(at, size))

        def sync(at: int, flags: int) -> int:
            code = int(below.sync(at, flags))
            self.noted.append(Noted("sync", name))
            return code

        ours.write, ours.cut, ours.sync = WRITE(write), CUT(cut), SYNC(sync)
        self._kept.append(ours)
        place[0] = ctypes.addressof(ours)


def _methods(below: Methods) -> int:
    """How many of a file's further methods there are, by version."""
    return {1: 7, 2: 11}.get(below.version, 13)
