"""Sealed commands as compact JWE: ECDH-ES on P-256 with A256GCM (RFC 7516, 7518)."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from app.gate.rules.sealing import LONGEST_SEALED, SealBroken

ALGORITHM, ENCRYPTION = "ECDH-ES", "A256GCM"
PUBLIC_PARTS = ("kty", "crv", "x", "y")
# No compression: what is sealed must not tell by its length what was said.
HEADERS = frozenset({"alg", "enc", "kid", "epk", "apu", "apv", "typ"})
Jwk = dict[str, Any]


class SealedRegistry(jwe.JWERegistry):
    """Knows the one pair of algorithms, and takes more than a token."""

    max_ciphertext_length = LONGEST_SEALED


REGISTRY = SealedRegistry(algorithms=[ALGORITHM, ENCRYPTION])


def new_seal_key() -> Jwk:
    """A fresh P-256 key, private part included, named by its thumbprint (RFC 7638)."""
    key = ECKey.generate_key("P-256")
    return {**key.as_dict(private=True), "kid": key.thumbprint()}


def public_part(key: Mapping[str, Any]) -> Jwk:
    """What browsers may know of a key."""
    return {name: key[name] for name in (*PUBLIC_PARTS, "kid")}


def key_named(sealed: str) -> str:
    """The name of the key that something was sealed for; refused when it is not sealed so."""
    if len(sealed) > LONGEST_SEALED or not sealed.isascii() or sealed.count(".") != 4:
        raise SealBroken
    head = sealed.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        raise SealBroken from None
    agreed = isinstance(header, dict) and set(header) <= HEADERS
    if not agreed or (header.get("alg"), header.get("enc")) != (ALGORITHM, ENCRYPTION):
        raise SealBroken
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise SealBroken
    return kid


def open_sealed(sealed: str, key: Mapping[str, Any]) -> bytes:
    """What was sealed for the holder of this private key."""
    private = {name: key[name] for name in (*PUBLIC_PARTS, "d")}
    try:
        opened = jwe.decrypt_compact(sealed, ECKey.import_key(private), registry=REGISTRY)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise SealBroken from None
    if opened.plaintext is None:
        raise SealBroken
    return opened.plaintext
