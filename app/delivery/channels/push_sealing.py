"""Messages sealed for one browser (RFC 8291), and who sends them (VAPID, RFC 8292)."""

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import ECKey

from app.settings import keep_secret

KEY_FILE = "push_key.pem"
RECORD_SIZE = 4096
LAST_RECORD = b"\x02"
# A push service takes a proof for a day at most.
PROOF_HOLDS = timedelta(hours=12)
MARK_LETTERS = 22


def seal(
    text: bytes,
    *,
    p256dh: bytes,
    auth: bytes,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """A text that only the browser with these keys can read, as one aes128gcm record.

    `own` and `salt` are new for every text; only the example of the RFC gives them.
    """
    own = own or ec.generate_private_key(ec.SECP256R1())
    salt = salt or secrets.token_bytes(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    mine = public_bytes(own)
    shared = own.exchange(ec.ECDH(), theirs)
    material = _hkdf(shared, auth, b"WebPush: info\x00" + p256dh + mine, 32)
    key = _hkdf(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _hkdf(material, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD_SIZE.to_bytes(4) + bytes([len(mine)]) + mine
    return head + AESGCM(key).encrypt(nonce, text + LAST_RECORD, None)


def _hkdf(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half as browsers take it: 65 bytes, uncompressed."""
    form = serialization.PublicFormat.UncompressedPoint
    return key.public_key().public_bytes(serialization.Encoding.X962, form)


def unpadded(raw: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def padded(text: str) -> bytes:
    """Bytes of a base64url text, with or without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(slots=True)
class PushKeys:
    """This node's key towards push services; a browser lets in who showed it at subscribing."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    _proofs: dict[str, tuple[str, datetime]] = field(default_factory=dict, repr=False)

    @classmethod
    def in_folder(cls, instance: Path) -> "PushKeys":
        """The key of an instance folder, made when it has none."""
        path = instance / KEY_FILE
        if not path.exists():
            made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            keep_secret(path, made.decode())
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{KEY_FILE} holds no key of the curve that push services take")
        return cls(key)

    @property
    def public(self) -> str:
        """What a browser is shown."""
        return unpadded(public_bytes(self.key))

    def proof(self, origin: str, contact: str, now: datetime) -> str:
        """The header by which a push service knows who sends; the same for half a day."""
        token, until = self._proofs.get(origin, ("", now))
        if until <= now:
            ends = now + 2 * PROOF_HOLDS - timedelta(minutes=5)
            claims = {"aud": origin, "exp": int(ends.timestamp()), "sub": contact}
            pem = self.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, ECKey.import_key(pem))
            self._proofs[origin] = (token, now + PROOF_HOLDS)
        return f"vapid t={token}, k={self.public}"

    def mark(self, delivery_id: str) -> str:
        """What a phone hands back when it rang: nobody else can make it up."""
        return f"{delivery_id}.{self._sign(delivery_id)}"

    def delivery_of(self, mark: str) -> str | None:
        """The delivery that a phone says it rang for; None for a mark that this node never gave."""
        delivery_id, _, signed = mark.rpartition(".")
        known = hmac.compare_digest(
            signed.encode(errors="surrogatepass"), self._sign(delivery_id).encode()
        )
        return delivery_id if known else None

    def _sign(self, delivery_id: str) -> str:
        number = self.key.private_numbers().private_value.to_bytes(32)
        named = b"mark:" + delivery_id.encode(errors="surrogatepass")
        digest = hmac.new(number, named, sha256).digest()
        return unpadded(digest)[:MARK_LETTERS]
