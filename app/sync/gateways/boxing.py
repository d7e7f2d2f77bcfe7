"""Personal bodies for another node: compact JWE, ECDH-ES on P-256 with A256GCM (RFC 7516)."""

import json
from collections.abc import Mapping
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from app.kernel.canonical import canonical_json
from app.sync.rules import NotReadable

PUBLIC_PARTS = ("kty", "crv", "x", "y")


def box(body: Mapping[str, Any], key: Mapping[str, Any]) -> str:
    """A body that only the holder of this key opens; each one has a key of its own."""
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": str(key.get("kid", ""))}
    public = ECKey.import_key({name: key[name] for name in PUBLIC_PARTS})
    return jwe.encrypt_compact(header, canonical_json(body), public)


def unbox(compact: object, key: Mapping[str, Any]) -> dict[str, Any]:
    """What was sealed for the holder of this private key."""
    try:
        opened = jwe.decrypt_compact(
            str(compact), ECKey.import_key({name: key[name] for name in (*PUBLIC_PARTS, "d")})
        )
        body = json.loads(opened.plaintext or b"")
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise NotReadable from None
    if not isinstance(body, dict):
        raise NotReadable
    return body
