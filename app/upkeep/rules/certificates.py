"""Which names a certificate of ours may carry, how long it lasts, and when somebody must act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, ip_address

from app.kernel.refusals import Refusal

SUFFIX = "internal"  # reserved by ICANN for private use; .local belongs to mDNS
PRIVATE_NETWORKS = tuple(
    IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")
)
ALWAYS_NAMED = ("localhost",)
ALWAYS_ADDRESSED = ("127.0.0.1",)
AUTHORITY_LASTS = timedelta(days=3650)
CERTIFICATE_LASTS = timedelta(days=397)  # browsers take no more from a public authority
BACKDATED = timedelta(days=1)  # a phone whose clock is behind
RENEWED_BEFORE_END = timedelta(days=90)
WARNED_BEFORE_END = timedelta(days=21)
LONGEST_NAME = 253
LONGEST_LABEL = 63


class NotInternal(Refusal):
    """Our own authority vouches only for names that end in .internal."""

    code = "tls.name_not_internal"


class NotPrivate(Refusal):
    """Our own authority vouches only for addresses of private networks."""

    code = "tls.address_not_private"


class Unreadable(Refusal):
    """The file holds no certificate, or no private key, that can be read."""

    code = "tls.unreadable"


class KeyMismatch(Refusal):
    """The private key belongs to none of the certificates in the file."""

    code = "tls.key_mismatch"


class NotForServers(Refusal):
    """The certificate names no host, or is for another use than a server's."""

    code = "tls.not_for_servers"


class Ended(Refusal):
    """The certificate is no longer valid; `ended_on` is its last day."""

    code = "tls.ended"


class NotBegun(Refusal):
    """The certificate is not valid yet; `begins_on` is its first day."""

    code = "tls.not_begun"


class SetElsewhere(Refusal):
    """ANCA_TLS_CERT names another file: what is put here would not be served."""

    code = "tls.set_elsewhere"
    status = 409


class NotWritten(Refusal):
    """The machine did not read or write a file; `reason` is what it said."""

    code = "tls.not_written"
    status = 500


class CertificateKind(StrEnum):
    """Who vouches for the node: its own authority, or one that phones know already."""

    LOCAL = "local"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the node shows to browsers; `fingerprint` is the SHA-256 of it, in hex."""

    kind: CertificateKind
    names: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime
    fingerprint: str


def read_names(given: Sequence[str]) -> tuple[str, ...]:
    """Host names under .internal, lower case, each once, with localhost among them."""
    return tuple(dict.fromkeys([*(_name(each) for each in given), *ALWAYS_NAMED]))


def _name(given: str) -> str:
    name = given.strip().rstrip(".").lower()
    labels = name.split(".")
    plain = all(
        label.isascii()
        and label.replace("-", "a").isalnum()
        and label.strip("-") == label
        and len(label) <= LONGEST_LABEL
        for label in labels
    )
    if not plain or len(labels) < 2 or labels[-1] != SUFFIX or len(name) > LONGEST_NAME:
        raise NotInternal(name=given[:80])
    return name


def read_addresses(given: Sequence[str]) -> tuple[str, ...]:
    """IPv4 addresses of private networks (RFC 1918), each once, with this machine's own."""
    return tuple(dict.fromkeys([*(_address(each) for each in given), *ALWAYS_ADDRESSED]))


def _address(given: str) -> str:
    try:
        address = ip_address(given.strip())
    except ValueError:
        raise NotPrivate(address=given[:80]) from None
    if not is_private(address):
        raise NotPrivate(address=str(address))
    return str(address)


def is_private(address: object) -> bool:
    """Whether our authority may vouch for this address."""
    return isinstance(address, IPv4Address) and any(address in each for each in PRIVATE_NETWORKS)


def is_due(certificate: Certificate, now: datetime) -> bool:
    """Whether a certificate of our own authority is to be made anew; others are carried in."""
    ours = certificate.kind is CertificateKind.LOCAL
    return ours and certificate.ends_at - now <= RENEWED_BEFORE_END


def check_period(certificate: Certificate, now: datetime) -> None:
    """Refuse one that browsers would refuse today."""
    if certificate.ends_at <= now:
        raise Ended(ended_on=certificate.ends_at.date())
    if certificate.begins_at > now:
        raise NotBegun(begins_on=certificate.begins_at.date())
