"""What a browser keeps to open pages without the park: every shell and each file that it needs."""

import base64
import hashlib
import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, request
from flask.testing import FlaskClient

from app.web.assets import assets
from app.web.language import LOCALES
from app.web.modules import UnjoinableError, closure_of
from app.web.shells import OFFLINE, SHELLS, Shell

log = logging.getLogger(__name__)
WORKER = "service-worker.js"
MAIN = "js/main.js"
_NAMED = re.compile(r'\b(?:href|src)="(/(?:static|joined)/[^"#?]+)')
_PART = re.compile(r'\bdata-module="([a-z][a-z0-9-]*)"')
_IN_SHEET = re.compile(r"url\((/static/[^)]+)\)")


class BrokenShellError(Exception):
    """A page that browsers should keep does not open here, or names a file that is not there."""


@dataclass(slots=True)
class Kept:
    """Addresses with the digest of their bytes; a browser takes all of `files` or nothing.

    `seldom`: heavy files that a browser takes when it opens the page that names them.
    """

    pages: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    seldom: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the service worker reads it."""
        return {
            "languages": LOCALES,
            "locale": current_app.config["SETTINGS"].locale,
            "offline": OFFLINE.address,
            "pages": self.pages,
            "files": self.files,
            "seldom": self.seldom,
        }


def service_worker() -> str:
    """The script of the service worker, with the list of what this node lets browsers keep."""
    app = current_app
    if app.debug or "service_worker" not in app.extensions:
        script = assets().script(WORKER).decode()
        told = json.dumps(list_kept().as_json(), ensure_ascii=False, sort_keys=True)
        version = hashlib.sha256((told + script).encode()).hexdigest()[:16]
        app.extensions["service_worker"] = (
            f'self.KEPT = {told};\nself.KEPT.version = "{version}";\n{script}'
        )
    written: str = app.extensions["service_worker"]
    return written


def shells_here(app: Flask) -> tuple[Shell, ...]:
    """The shells that this node serves: a province has no check-in."""
    served = {rule.rule for rule in app.url_map.iter_rules()}
    return tuple(each for each in SHELLS if each.address in served)


def list_kept() -> Kept:
    """Every shell in every language as it is served, and the files that these pages name."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    client = app.test_client(use_cookies=False)
    kept = Kept()
    for each in (*shells_here(app), OFFLINE):
        try:
            files, seldom = _files_for(each, client, kept.files)
        except (BrokenShellError, UnjoinableError, OSError):
            # The others still open: a gate page that broke must not cost a worker the check-in.
            log.exception("%s is not kept by browsers", each.address)
            continue
        if not each.everywhere:
            files, seldom = {}, files | seldom
        kept.files |= files
        kept.seldom |= seldom
        page = {"address": each.address, "instead_of": each.instead_of, "also": list(seldom)}
        kept.pages.append(page)
    kept.seldom = {one: told for one, told in kept.seldom.items() if one not in kept.files}
    return kept


def _files_for(
    each: Shell, client: FlaskClient, known: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Addresses and digests that one shell adds: for every phone, and for those that opened it."""
    files: dict[str, str] = {}
    for locale in LOCALES:
        address = f"{each.address}?lang={locale}"
        body = _served(client, address)
        files[address] = _digest(body)
        _add_named(files, client, body.decode(), known)
    seldom = [f"/static/{path}" for path in each.also]
    return files, {address: _digest(_served(client, address)) for address in seldom}


def _add_named(
    files: dict[str, str], client: FlaskClient, page: str, known: Mapping[str, str]
) -> None:
    for address in files_of(page):
        if address in files or address in known:
            continue
        body = _served(client, address)
        files[address] = _digest(body)
        if address.endswith(".css"):
            for named in set(_IN_SHEET.findall(body.decode())) - {*files, *known}:
                files[named] = _digest(_served(client, named))


def files_of(page: str) -> Iterator[str]:
    """Addresses of the files that a page names, and of the modules that its scripts import."""
    for address in dict.fromkeys(_NAMED.findall(page)):
        yield address
        if address.startswith("/static/") and address.endswith(".js"):
            yield from _modules_of(address.removeprefix("/static/"), page)


def _modules_of(path: str, page: str) -> Iterator[str]:
    entries = [path]
    if path == MAIN:
        entries += [f"js/components/{part}.js" for part in dict.fromkeys(_PART.findall(page))]
    for entry in entries:
        for module in closure_of(entry, assets().read, lazy=True):
            yield f"/static/{module}"


def _served(client: FlaskClient, address: str) -> bytes:
    # In a context of its own: what this request knows of its visitor must not reach a shell.
    answer = Context().run(client.get, address, base_url=request.host_url)
    if answer.status_code != 200:
        raise BrokenShellError(f"{address} answers {answer.status_code}")
    return answer.get_data()


def _digest(body: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(body).digest()).decode()
