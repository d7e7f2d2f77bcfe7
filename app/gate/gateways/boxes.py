"""What only one signed-in device can open: JWE `dir` with A256GCM (RFC 7516, 7518)."""

import json
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.jwk import OctKey

PURPOSE = b"an-ca gate roster"


def box_for_device(rows: Sequence[dict[str, Any]], token: str) -> str:
    """Rows that open with the device's token and nothing else; the park keeps only its digest."""
    plain = json.dumps({"rows": rows}, ensure_ascii=False, separators=(",", ":")).encode()
    header = {"alg": "dir", "enc": "A256GCM"}
    return jwe.encrypt_compact(header, plain, OctKey.import_key(box_key(token)))


def box_key(token: str) -> bytes:
    """The key of a device's boxes, out of its token (HKDF-SHA-256, no salt)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(token.encode())
