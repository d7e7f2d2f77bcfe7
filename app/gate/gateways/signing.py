"""Passes as compact JWS under Ed25519 keys (RFC 7515, 7638, 8037)."""

import functools
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.jwk import OKPKey

from app.gate.rules.passes import ALGORITHM, Pass, ReadPass

KID_LENGTH = 12  # 72 bits of the thumbprint: a code of a pass has to stay small
Jwk = dict[str, str]


class PassRegistry(jws.JWSRegistry):
    """Knows EdDSA alone, under the name that RFC 8037 gave it."""

    def get_alg(self, name: str) -> Any:
        """The one algorithm; joserfc would warn of its name."""
        return self.algorithms[ALGORITHM]


REGISTRY = PassRegistry(algorithms=[ALGORITHM])


def new_pass_key() -> tuple[str, str, str]:
    """A fresh Ed25519 key: its `kid`, its public `x`, and the whole of it as JWK text."""
    key = OKPKey.generate_key("Ed25519")
    parts = key.as_dict(private=True)
    return key.thumbprint()[:KID_LENGTH], str(parts["x"]), json.dumps(dict(parts))


def sign_pass(said: Pass, kid: str, private: str) -> str:
    """A pass as a compact JWS; the same pass always gives the same text."""
    payload = json.dumps(said.payload(), separators=(",", ":")).encode()
    header = {"alg": ALGORITHM, "kid": kid}
    return jws.serialize_compact(header, payload, _key(private), registry=REGISTRY)


@functools.lru_cache(maxsize=8)
def _key(private: str) -> OKPKey:
    return OKPKey.import_key(json.loads(private))


def is_genuine(read: ReadPass | None, public_by_kid: dict[str, str]) -> bool:
    """Whether a pass was signed with the key it names, one of these (`x` by `kid`)."""
    public = public_by_kid.get(read.kid) if read is not None else None
    if read is None or public is None:
        return False
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": public}).public_key
    if not isinstance(key, Ed25519PublicKey):
        return False
    try:
        key.verify(read.signature, read.signed)
    except InvalidSignature:
        return False
    return True
