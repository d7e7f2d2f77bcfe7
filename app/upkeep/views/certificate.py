"""The page that leads people to trust this node's certificate, and off it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.kernel.refusals import NotFound
from app.settings import Settings
from app.upkeep.gateways.certificates import Authority, TlsFolder, certificate_of
from app.upkeep.rules.certificates import CertificateKind
from app.web.access import public

upkeep_certificate = Blueprint("upkeep_certificate", __name__, url_prefix="/certificate")
FILE_NAME = "an-ca.crt"
QR_SCALE = 5


@dataclass(frozen=True, slots=True)
class ShownAuthority:
    """What people compare before they trust it."""

    fingerprint: str
    ends_at: datetime


@upkeep_certificate.get("")
@public
def show_certificate() -> ResponseReturnValue:
    settings: Settings = current_app.config["SETTINGS"]
    certificate = certificate_of(settings)
    kind = certificate.kind if certificate else None
    authority = _authority() if kind is CertificateKind.LOCAL else None
    return render_template(
        "upkeep/show_certificate.html",
        authority=_shown(authority) if authority else None,
        names=certificate.names if certificate else (),
        is_public=kind is CertificateKind.PUBLIC or settings.behind_proxy,
        is_secure=request.is_secure,
        here=request.base_url,
        code=_code(request.base_url),
    )


@upkeep_certificate.get(f"/{FILE_NAME}")
@public
def download_authority() -> Response:
    authority = _authority()
    if authority is None:
        raise NotFound
    answer = Response(authority.file, mimetype="application/x-x509-ca-cert")
    answer.headers["Content-Disposition"] = f"attachment; filename={FILE_NAME}"
    return answer


def _authority() -> Authority | None:
    settings: Settings = current_app.config["SETTINGS"]
    return TlsFolder(settings.instance).authority()


def _shown(authority: Authority) -> ShownAuthority:
    """The fingerprint in pairs, as Windows, Android and iPhone show it."""
    digits = authority.fingerprint.upper()
    pairs = [digits[place : place + 2] for place in range(0, len(digits), 2)]
    return ShownAuthority(" ".join(pairs), authority.ends_at)


def _code(address: str) -> Any:
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=QR_SCALE, border=2)
