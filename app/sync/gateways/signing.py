"""Keys as JWK and entries as compact JWS with EdDSA (RFC 7515, 7517, 7638, 8037)."""

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from app.kernel.canonical import canonical_json
from app.sync.rules import BadKey, BadSignature, EntryTooLarge

ALGORITHM = "EdDSA"
LARGEST_ENTRY = 4 * 1024 * 1024  # bytes of a compact JWS; two of the largest fit into a call
STANDARD = bytes.maketrans(b"-_+/", b"+/??")
URL_SAFE = bytes.maketrans(b"+/", b"-_")
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
    compact = _signer(key["x"], key["d"])(canonical_json(payload))
    if len(compact) > LARGEST_ENTRY:
        raise EntryTooLarge
    return compact


@lru_cache(maxsize=8)
def _signer(x: str, d: str) -> Callable[[bytes], str]:
    """Signs under one private key, whose parts are read once."""
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x, "d": d})
    header = {"alg": ALGORITHM, "kid": key.thumbprint()}

    def compact_of(text: bytes) -> str:
        return jws.serialize_compact(dict(header), text, key, registry=REGISTRY)

    return compact_of


def verify(compact: str, key: Mapping[str, Any]) -> Any:
    """The payload that the holder of this public key signed; plain JSON, not yet looked at."""
    return verifier_of(key).payload(compact)


class Verifier:
    """Checks many signatures under one public key, whose parts are read once."""

    __slots__ = ("_key", "kid")

    def __init__(self, x: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(base64url(x))
        self.kid = key_id({"kty": "OKP", "crv": "Ed25519", "x": x})

    def payload(self, compact: str) -> Any:
        """The payload of an entry that this key signed."""
        try:
            return read_json(self.text(compact))
        except (ValueError, RecursionError):
            raise BadSignature from None

    def text(self, compact: str, text: bytes | None = None) -> bytes:
        """The payload of an entry that this key signed, as it was written.

        With `text` the entry was put together from it, so it need not be taken apart again.
        """
        try:
            first, last = compact.find("."), compact.rfind(".")
            if len(compact) > LARGEST_ENTRY or not 0 <= first < last:
                raise BadSignature
            if _kid_in(compact[:first]) != self.kid:
                raise BadSignature
            self._key.verify(base64url(compact[last + 1 :]), compact[:last].encode("ascii"))
            return base64url(compact[first + 1 : last]) if text is None else text
        except (InvalidSignature, ValueError, TypeError, RecursionError):
            raise BadSignature from None


@lru_cache(maxsize=2048)
def _verifier(x: str) -> Verifier:
    return Verifier(x)


def verifier_of(key: Mapping[str, Any]) -> Verifier:
    """The verifier of a public key."""
    try:
        return _verifier(key["x"])
    except (KeyError, TypeError, ValueError, JoseError):
        raise BadSignature from None


def kid_of(compact: str) -> str:
    """The name of the key that an entry claims to be signed by."""
    try:
        return _kid_in(compact[: max(0, compact.find("."))])
    except (ValueError, TypeError, RecursionError):
        raise BadSignature from None


@lru_cache(maxsize=4096)
def _kid_in(header: str) -> str:
    """The key's name in a header that names EdDSA and asks for nothing that is unknown here."""
    match json.loads(base64url(header)):
        case {"alg": "EdDSA", "kid": str(kid), **others} if not {"crit", "b64"} & set(others):
            return kid
        case _:
            raise BadSignature


def base64url(text: str) -> bytes:
    """Base64url without padding, read in the one way to write it: else two texts were one entry."""
    written = text.encode("ascii")
    content = a2b_base64(written.translate(STANDARD) + b"=" * (-len(written) % 4), strict_mode=True)
    if b2a_base64(content, newline=False).rstrip(b"=").translate(URL_SAFE) != written:
        raise BadSignature
    return content


def as_base64url(content: bytes) -> str:
    """Bytes in base64url without padding."""
    written = b2a_base64(content, newline=False).decode("ascii").rstrip("=")
    if "+" in written or "/" in written:  # seldom in a text: spelling it anew takes longest
        written = written.replace("+", "-").replace("/", "_")
    return written


def payload_of(compact: bytes) -> Any:
    """The payload of an entry whose signature was checked when it was stored."""
    return json.loads(text_of(compact))


def text_of(compact: bytes) -> bytes:
    """The payload of an entry as its writer spelled it."""
    return base64url(compact.split(b".")[1].decode("ascii"))


def read_json(text: bytes) -> Any:
    """JSON that every database takes: no NaN, no infinity."""
    return PLAIN_JSON.decode(text.decode())


def _finite(text: str) -> float:
    value = float(text)
    return value if abs(value) != float("inf") else _no_number(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


PLAIN_JSON = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite)
