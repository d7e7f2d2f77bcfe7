"""What only one signed-in device can open: JWE `dir` with A256GCM (RFC 7516, 7518)."""

import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"an-ca gate roster"
HEADER = b'{"alg":"dir","enc":"A256GCM"}'
NONCE_BYTES = 12


def box_for_device(portions: Iterable[Sequence[dict[str, Any]]], token: str) -> Iterator[str]:
    """Rows that open with the device's token and nothing else; the park keeps only its digest.

    In pieces, as the rows come: those of a whole park would fill the memory of a small server.
    """
    nonce, header = os.urandom(NONCE_BYTES), _told(HEADER)
    seal = Cipher(AES(box_key(token)), GCM(nonce)).encryptor()
    seal.authenticate_additional_data(header.encode())
    yield f"{header}..{_told(nonce)}."
    rest = b""
    for plain in _plain(portions):
        sealed = rest + seal.update(plain)
        # Three bytes are four letters: what is left over waits for the next piece.
        whole = len(sealed) - len(sealed) % 3
        rest = sealed[whole:]
        yield _told(sealed[:whole])
    yield _told(rest + seal.finalize())
    yield f".{_told(seal.tag)}"


def _plain(portions: Iterable[Sequence[dict[str, Any]]]) -> Iterator[bytes]:
    yield b'{"rows":['
    before = ""
    for rows in portions:
        if rows:
            listed = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
            yield f"{before}{listed[1:-1]}".encode()
            before = ","
    yield b"]}"


def _told(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def box_key(token: str) -> bytes:
    """The key of a device's boxes, out of its token (HKDF-SHA-256, no salt)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(token.encode())
