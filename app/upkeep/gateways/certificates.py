"""The folder `tls/` of a node: its own authority, the certificate it serves (RFC 5280)."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.kernel.files import write_whole
from app.kernel.refusals import Refusal
from app.settings import Settings
from app.upkeep.rules.certificates import (
    AUTHORITY_LASTS,
    BACKDATED,
    CERTIFICATE_LASTS,
    PRIVATE_NETWORKS,
    SUFFIX,
    Certificate,
    CertificateKind,
    KeyMismatch,
    NotForServers,
    NotWritten,
    Unreadable,
    check_period,
    is_due,
    read_addresses,
    read_names,
)

LARGEST_FILE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Authority:
    """The node's own authority; only this machine holds its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def file(self) -> bytes:
        """What people install: DER, without the key."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of it, in hex: what two people read to each other."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def ends_at(self) -> datetime:
        """The last moment it vouches for anything."""
        return self.certificate.not_valid_after_utc


class TlsFolder:
    """Authority, certificate and key of one node; a pair is put in place by one rename."""

    def __init__(self, instance: Path) -> None:
        self.folder = instance / "tls"
        self.served = self.folder / "server.pem"
        self._authority = self.folder / "authority.pem"

    def authority(self) -> Authority | None:
        """The authority, when this node has made one."""
        if not self._authority.exists():
            return None
        text = _read(self._authority)
        key = _key(text)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise Unreadable(file=self._authority.name)
        return Authority(_certificates(text)[0], key)

    def certificate(self) -> Certificate | None:
        """The certificate that is served, when there is one in this folder."""
        return self.read(self.served) if self.served.exists() else None

    def read(self, path: Path) -> Certificate:
        """What a certificate file says."""
        found = _certificates(_read(path))[0]
        authority = self.authority()
        ours = authority is not None and found.issuer == authority.certificate.subject
        return _told(found, CertificateKind.LOCAL if ours else CertificateKind.PUBLIC)

    def make(
        self, title: str, names: Sequence[str], addresses: Sequence[str], now: datetime
    ) -> Certificate:
        """A fresh certificate by our own authority, which is made first where there is none."""
        hosts = _alternatives(read_names(names), read_addresses(addresses))
        authority = self.authority() or self._make_authority(title, now)
        return self._sign(authority, hosts, now)

    def renew(self, now: datetime) -> Certificate | None:
        """The certificate of our own authority made anew, when its end is near; else None."""
        current, authority = self.certificate(), self.authority()
        if current is None or authority is None or not is_due(current, now):
            return None
        hosts = _certificates(_read(self.served))[0].extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
        return self._sign(authority, list(hosts.value), now)

    def carry_in(self, certificates: Path, key: Path, now: datetime) -> Certificate:
        """Take over a certificate that another authority gave, with its key and chain."""
        chain, private = _certificates(_read(certificates)), _key(_read(key))
        public = _spki(private.public_key())
        own = [each for each in chain if _spki(each.public_key()) == public]
        if not own:
            raise KeyMismatch
        told = _told(own[0], CertificateKind.PUBLIC)
        check_period(told, now)
        if not told.names or not _for_servers(own[0]):
            raise NotForServers
        others = [each for each in chain if each is not own[0]]
        self._put(self.served, [own[0], *others], private)
        return self.read(self.served)

    def _make_authority(self, title: str, now: datetime) -> Authority:
        """An authority that can vouch for nothing outside private networks and .internal."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"An Ca – {title}"[:64])])
        networks = [x509.IPAddress(each) for each in PRIVATE_NETWORKS]
        certificate = (
            _builder(name, name, key.public_key(), now, now + AUTHORITY_LASTS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(
                x509.NameConstraints(
                    [x509.DNSName(SUFFIX), x509.DNSName("localhost"), *networks], None
                ),
                critical=True,
            )
            .sign(key, hashes.SHA256())
        )
        self._put(self._authority, [certificate], key)
        return Authority(certificate, key)

    def _sign(
        self, authority: Authority, hosts: Sequence[x509.GeneralName], now: datetime
    ) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        ends_at = min(now + CERTIFICATE_LASTS, authority.ends_at)
        title = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(hosts[0].value)[:64])])
        issuer = authority.certificate
        certificate = (
            _builder(title, issuer.subject, key.public_key(), now, ends_at)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()),  # type: ignore[arg-type]
                critical=False,
            )
            .sign(authority.key, hashes.SHA256())
        )
        self._put(self.served, [certificate], key)
        return _told(certificate, CertificateKind.LOCAL)

    def _put(self, path: Path, chain: Sequence[x509.Certificate], key: PrivateKeyTypes) -> None:
        """Key and certificates in one file: they can never be of two different pairs."""
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        text += b"".join(each.public_bytes(Encoding.PEM) for each in chain)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, text)
        except OSError as problem:
            raise NotWritten(reason=problem.strerror or str(problem)) from problem


def certificate_of(settings: Settings) -> Certificate | None:
    """The certificate that a node serves by itself; None without one, or when it cannot be read."""
    if not settings.tls_cert:
        return None
    try:
        return TlsFolder(settings.instance).read(Path(settings.tls_cert))
    except Refusal:
        return None


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    now: datetime,
    ends_at: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(ends_at)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives(names: Sequence[str], addresses: Sequence[str]) -> list[x509.GeneralName]:
    return [
        *(x509.DNSName(each) for each in names),
        *(x509.IPAddress(ipaddress.ip_address(each)) for each in addresses),
    ]


def _told(certificate: x509.Certificate, kind: CertificateKind) -> Certificate:
    try:
        hosts = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        hosts = x509.SubjectAlternativeName([])
    names = [*hosts.get_values_for_type(x509.DNSName)]
    addresses = [str(each) for each in hosts.get_values_for_type(x509.IPAddress)]
    return Certificate(
        kind,
        (*names, *addresses),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.fingerprint(hashes.SHA256()).hex(),
    )


def _for_servers(certificate: x509.Certificate) -> bool:
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return ExtendedKeyUsageOID.SERVER_AUTH in uses


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE)
    except OSError as problem:
        raise NotWritten(reason=problem.strerror or str(problem)) from problem


def _certificates(text: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(text)
    except ValueError:
        raise Unreadable from None


def _key(text: bytes) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(text, password=None)
    except (ValueError, TypeError):
        raise Unreadable from None


def _spki(public: object) -> bytes:
    encoded: bytes = public.public_bytes(  # type: ignore[attr-defined]
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return encoded
