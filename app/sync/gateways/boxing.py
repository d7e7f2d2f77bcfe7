"""Personal bodies for another node: compact JWE, ECDH-ES on P-256 with A256GCM (RFC 7516)."""

from collections.abc import Mapping
from typing import Any

from joserfc import jwe
from joserfc.jwk import ECKey

from app.kernel.canonical import canonical_json

PUBLIC_PARTS = ("kty", "crv", "x", "y")


def box(body: Mapping[str, Any], key: Mapping[str, Any]) -> str:
    """A body that only the holder of this key opens; each one has a key of its own."""
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": str(key.get("kid", ""))}
    public = ECKey.import_key({name: key[name] for name in PUBLIC_PARTS})
    return jwe.encrypt_compact(header, canonical_json(body), public)
