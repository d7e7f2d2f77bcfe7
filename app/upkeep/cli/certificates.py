"""Commands of the certificate: made by an authority of our own, or carried in by file."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from app.settings import Settings
from app.upkeep.gateways.certificates import TlsFolder
from app.upkeep.rules.certificates import Certificate, SetElsewhere
from app.web.commands import shell_command

tls_cli = AppGroup("tls", help="The certificate by which this node is reached over HTTPS.")


@tls_cli.command("make")
@click.option("--name", "names", multiple=True, help="A host name that ends in .internal.")
@click.option("--address", "addresses", multiple=True, help="An address of the local network.")
@shell_command
def make_certificate(names: tuple[str, ...], addresses: tuple[str, ...]) -> dict[str, Any]:
    """Make a certificate by an authority of this node's own; it vouches for nothing public."""
    made = _folder_in_use().make(_settings().name, names, addresses, _now())
    return _told(made)


@tls_cli.command("import")
@click.argument("certificates", type=click.Path(path_type=Path))
@click.argument("key", type=click.Path(path_type=Path))
@shell_command
def import_certificate(certificates: Path, key: Path) -> dict[str, Any]:
    """Take over CERTIFICATES (with their chain) and KEY that a public authority gave, in PEM."""
    return _told(_folder_in_use().carry_in(certificates, key, _now()))


@tls_cli.command("show")
@shell_command
def show_certificate() -> dict[str, Any]:
    """The certificate that this node serves, and the authority that people install."""
    settings = _settings()
    folder = TlsFolder(settings.instance)
    served = folder.read(Path(settings.tls_cert)) if settings.tls_cert else None
    return _told(served)


def _told(certificate: Certificate | None) -> dict[str, Any]:
    settings = _settings()
    authority = TlsFolder(settings.instance).authority()
    told: dict[str, Any] = {
        "kind": certificate.kind if certificate else "none",
        "names": list(certificate.names) if certificate else [],
        "begins_at": certificate.begins_at.isoformat() if certificate else None,
        "ends_at": certificate.ends_at.isoformat() if certificate else None,
        "fingerprint": certificate.fingerprint if certificate else None,
        "authority": None,
    }
    if authority is not None:
        told["authority"] = {
            "fingerprint": authority.fingerprint,
            "ends_at": authority.ends_at.isoformat(),
        }
    return told


def _folder_in_use() -> TlsFolder:
    settings = _settings()
    folder = TlsFolder(settings.instance)
    if settings.tls_cert not in ("", str(folder.served)):
        raise SetElsewhere(file=settings.tls_cert)
    return folder


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"].now()
    return now
