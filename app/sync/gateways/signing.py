"""Keys as JWK and entries as compact JWS with EdDSA (RFC 7515, 7517, 7638, 8037)."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from app.kernel.canonical import canonical_json
from app.sync.rules import BadKey, BadSignature, EntryTooLarge

ALGORITHM = "EdDSA"
LARGEST_ENTRY = 4 * 1024 * 1024  # bytes of a compact JWS; two of the largest fit into a call
PUBLIC_PARTS = {"OKP": ("kty", "crv", "x"), "EC": ("kty", "crv", "x", "y")}
Jwk = dict[str, Any]


class EntryRegistry(jws.JWSRegistry):
    """Knows EdDSA alone, and takes entries far larger than a token."""

    max_payload_length = LARGEST_ENTRY

    def get_alg(self, name: str) -> Any:
        """The one algorithm; the logs name it as RFC 8037 does, which joserfc warns about."""
        if name != ALGORITHM:
            raise BadSignature
        return self.algorithms[name]


REGISTRY = EntryRegistry(algorithms=[ALGORITHM])


def new_sign_key() -> Jwk:
    """A fresh Ed25519 key, private part included."""
    return dict(OKPKey.generate_key("Ed25519").as_dict(private=True))


def new_box_key() -> Jwk:
    """A fresh P-256 key for receiving encrypted bodies, private part included."""
    return dict(ECKey.generate_key("P-256").as_dict(private=True))


def public_part(key: Mapping[str, Any]) -> Jwk:
    """What others may know of a key, named by its thumbprint (RFC 7638)."""
    bare = {name: key[name] for name in PUBLIC_PARTS[key["kty"]]}
    return {**bare, "kid": key_id(bare)}


def key_id(key: Mapping[str, Any]) -> str:
    """The thumbprint by which a key is named."""
    kind = OKPKey if key["kty"] == "OKP" else ECKey
    return kind.import_key({name: key[name] for name in PUBLIC_PARTS[key["kty"]]}).thumbprint()


def read_sign_key(given: object) -> Jwk:
    """The public Ed25519 key that somebody sent."""
    return _read_key(given, "OKP", "Ed25519")


def read_box_key(given: object) -> Jwk:
    """The public P-256 key that somebody sent."""
    return _read_key(given, "EC", "P-256")


def _read_key(given: object, kind: str, curve: str) -> Jwk:
    if not isinstance(given, dict) or (given.get("kty"), given.get("crv")) != (kind, curve):
        raise BadKey
    try:
        return public_part(given)
    except (JoseError, ValueError, KeyError, TypeError):
        raise BadKey from None


def sign(payload: Mapping[str, Any], key: Mapping[str, Any]) -> str:
    """A payload as a compact JWS under a private Ed25519 key."""
    header = {"alg": ALGORITHM, "kid": key_id(key)}
    compact = jws.serialize_compact(
        header, canonical_json(payload), OKPKey.import_key(dict(key)), registry=REGISTRY
    )
    if len(compact) > LARGEST_ENTRY:
        raise EntryTooLarge
    return compact


def verify(compact: str, key: Mapping[str, Any]) -> Any:
    """The payload that the holder of this public key signed; plain JSON, not yet looked at."""
    try:
        signed = jws.deserialize_compact(
            compact.encode("ascii"), OKPKey.import_key(dict(key)), registry=REGISTRY
        )
        if signed.headers().get("kid") != key_id(key):
            raise BadSignature
        return _json(signed.payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise BadSignature from None


def payload_of(compact: bytes) -> Any:
    """The payload of an entry whose signature was checked when it was stored."""
    return json.loads(jws.extract_compact(compact, registry=REGISTRY).payload)


def _json(text: bytes) -> Any:
    """JSON that every database takes: no NaN, no infinity."""
    return json.loads(text, parse_constant=_no_number, parse_float=_finite)


def _finite(text: str) -> float:
    value = float(text)
    return value if abs(value) != float("inf") else _no_number(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
