"""How entries and summaries lie in the database: the signed text packed, its spelling kept."""

import json
import zlib
from base64 import urlsafe_b64encode
from typing import Any

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from app.sync.gateways.signing import base64url
from app.sync.rules import BadSignature

PACKED = b"\x01"  # no compact JWS begins so: those of earlier versions stand unpacked
LONGEST_NUMBER = 19  # digits
QUICK = 1  # half again as large as the tightest, in a sixth of the time
try:  # the same form as zlib's, in a third of its time
    from isal.isal_zlib import compress
except ImportError:  # not made for every machine
    from zlib import compress


class Packed(bytes):
    """Bytes that are packed already."""

    __slots__ = ()


def pack_text(text: bytes) -> Packed:
    """The payload of an entry, packed."""
    return Packed(compress(text, QUICK))


def pack_entry(compact: str, packed_text: bytes) -> Packed:
    """An entry whose payload is packed already; header and signature stand beside it."""
    header, signature = compact[: compact.index(".")], compact[compact.rindex(".") + 1 :]
    return Packed(b"".join((PACKED, f"{header}.{signature}.".encode("ascii"), packed_text)))


def packed_entry(compact: bytes) -> bytes:
    """A compact JWS packed; left as it is when it could not be spelled again from its parts."""
    signed, _, signature = compact.rpartition(b".")
    try:
        text = base64url(signed.partition(b".")[2].decode("ascii"))
    except (BadSignature, ValueError):
        return compact
    edges = signed.partition(b".")[0] + b"." + signature + b"."
    packed = PACKED + edges + pack_text(text)
    return packed if unpacked_entry(packed) == compact else compact


def unpacked_entry(kept: bytes) -> bytes:
    """The compact JWS, byte for byte as it was signed."""
    if not kept.startswith(PACKED):
        return kept
    header, signature, packed = kept[len(PACKED) :].split(b".", 2)
    payload = urlsafe_b64encode(zlib.decompress(packed)).rstrip(b"=")
    return b".".join((header, payload, signature))


class CompactEntry(TypeDecorator[bytes]):
    """A compact JWS; what was kept by earlier versions is read as well."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Pack."""
        return value if value is None or isinstance(value, Packed) else packed_entry(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        """Unpack."""
        return None if value is None else unpacked_entry(bytes(value))


class PackedBody(TypeDecorator[dict[str, Any]]):
    """The body of an entry, as plain JSON; written from it, or from the packed payload."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Pack."""
        if value is None or isinstance(value, Packed):
            return value
        text = json.dumps({"body": value}, ensure_ascii=False, separators=(",", ":"))
        return pack_text(text.encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Any] | None:
        """Unpack."""
        return None if value is None else unpacked_body(value)


def unpacked_body(packed: bytes) -> dict[str, Any]:
    """The body of an entry out of its packed payload."""
    body: dict[str, Any] = _read(unpacked_text(packed))["body"]
    return body


def unpacked_text(packed: bytes) -> bytes:
    """A payload out of the database."""
    return zlib.decompress(packed)


def _read(text: bytes) -> Any:
    """What a park signed, whatever numbers it wrote: those that are none here are left out."""
    try:
        return FINITE_JSON.decode(text.decode())
    except ValueError:
        return SHORT_JSON.decode(text.decode())


def _finite(text: str) -> float | None:
    value = float(text)
    return value if abs(value) != float("inf") else None


def _short(text: str) -> int | None:
    return int(text) if len(text) <= LONGEST_NUMBER else None


FINITE_JSON = json.JSONDecoder(parse_float=_finite)
SHORT_JSON = json.JSONDecoder(parse_float=_finite, parse_int=_short)
