"""Flask extensions, unbound, the column types of every table, and how secrets are kept."""

import base64
import functools
import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from flask import current_app
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from app.kernel.key_ring import KeyRing
from app.kernel.refusals import Refusal
from app.settings import KeyFile, Secrets

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of every table."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment, also where the database keeps naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; hand SQLite a naive UTC one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its time zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class FieldKeyMissing(Refusal):
    """A value was closed with a key that is not in the ring any more."""

    code = "keys.field_key_missing"
    status = 503


def _key_file() -> KeyFile:
    kept: KeyFile = current_app.extensions["field_keys"]
    return kept


def _secrets() -> Secrets:
    kept: Secrets = current_app.extensions["secrets"]
    return kept


class EncryptedText(TypeDecorator[str]):
    """Text kept under AES-GCM, bound to its column by `purpose`."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt."""
        if value is None:
            return None
        return close_text(_key_file().current, self.purpose, value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Decrypt."""
        if value is None:
            return None
        closed = bytes(value)
        return open_text(_key_file().opening(closed[0]), self.purpose, closed)


def close_text(ring: KeyRing, purpose: str, text: str) -> bytes:
    """A text under the newest key of a ring: key number (1 byte), nonce (12), AES-GCM."""
    nonce = secrets.token_bytes(12)
    closed = AESGCM(ring.keys[ring.newest]).encrypt(nonce, text.encode(), purpose.encode())
    return bytes([ring.newest]) + nonce + closed


def open_text(ring: KeyRing, purpose: str, closed: bytes) -> str:
    """The text again, under whichever key of the ring it was closed with."""
    key = ring.keys.get(closed[0])
    if key is None:
        raise FieldKeyMissing(number=closed[0])
    return AESGCM(key).decrypt(closed[1:13], closed[13:], purpose.encode()).decode()


def blind_index(value: str) -> str:
    """A keyed digest by which an encrypted value can be looked up (HMAC-SHA-256, hex)."""
    return hmac.new(_secrets().index_key, value.encode(), hashlib.sha256).hexdigest()


# OWASP's second choice for Argon2id: 19 MiB, two passes, one lane; 18 ms on a small server.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hash_secret(secret: str) -> str:
    """A salted Argon2id hash of a PIN or password, peppered with a key outside the database."""
    return _hasher.hash(_peppered(secret))


def is_secret(secret: str, secret_hash: str | None) -> bool:
    """Whether a secret belongs to a hash; takes as long when there is no hash to compare."""
    try:
        return _hasher.verify(secret_hash or _nobody(), _peppered(secret)) and bool(secret_hash)
    except VerifyMismatchError:
        return False


def token_digest(token: str) -> str:
    """What is kept of a random token or code: enough to know it again, not to use it."""
    return hmac.new(_secrets().pepper, token.encode(), hashlib.sha256).hexdigest()


def new_seed() -> str:
    """The seed of a phone's codes: 160 random bits, as base32 text (RFC 4226, 4)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def one_time_code(seed: str, step: int) -> str:
    """The six digits of a seed for one time step, as every authenticator app makes them."""
    # SHA-1 is what those apps know; as a keyed code of six digits it is not weakened.
    return HOTP(base64.b32decode(seed), 6, SHA1()).generate(step).decode()  # noqa: S303


def _peppered(secret: str) -> str:
    return hmac.new(_secrets().pepper, secret.encode(), hashlib.sha256).hexdigest()


@functools.cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex(16))


def upsert(session: Session, model: type[Base] | Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that may say what to do on conflict, in the dialect of the session."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)
