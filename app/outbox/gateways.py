"""Commands that a shared machine closed for this node: compact JWE, ECDH-ES on P-256, A256GCM."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from app.outbox.rules import ParcelUnreadable

ALGORITHMS = ("ECDH-ES", "A256GCM")
LARGEST_PARCEL = 512 * 1024  # characters of a compact JWE; a photo fits


class ParcelRegistry(jwe.JWERegistry):
    """Knows the one pair of algorithms, no compression, and takes more than a token."""

    max_ciphertext_length = LARGEST_PARCEL


REGISTRY = ParcelRegistry(algorithms=list(ALGORITHMS))


def open_parcel(parcel: object, key: Mapping[str, Any]) -> Any:
    """What was closed for the holder of this private key; plain JSON, not yet looked at."""
    if not isinstance(parcel, str) or len(parcel) > LARGEST_PARCEL or not parcel.isascii():
        raise ParcelUnreadable
    try:
        opened = jwe.decrypt_compact(parcel, ECKey.import_key(dict(key)), registry=REGISTRY)
        return json.loads(opened.plaintext or b"", parse_constant=_no_number)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise ParcelUnreadable from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
