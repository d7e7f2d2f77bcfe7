"""One style sheet and one script for a page, joined from their sources and named by their bytes."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, Response, abort, current_app, request

from app.web.access import public
from app.web.compression import same_for_everybody
from app.web.modules import UnjoinableError, join

_FRAME = ("fonts/fonts.css", "css/tokens.css", "css/components.css")
SHEETS: dict[str, tuple[str, ...]] = {
    "worker": (*_FRAME, "css/worker.css", "css/additions.css"),
    "gate": (*_FRAME, "css/worker.css", "css/gate.css", "css/additions.css"),
    "kiosk": (*_FRAME, "css/worker.css", "css/additions.css", "css/kiosk.css"),
    "office": (*_FRAME, "css/office.css", "css/print.css", "css/additions.css"),
    "display": (*_FRAME, "css/display.css"),
}
MOST_MADE = 60  # somebody may ask for every set of parts there could be
ONE_YEAR_SECONDS = 365 * 24 * 3600
KINDS = {"css": "text/css", "js": "text/javascript"}
NAME = re.compile(r"([a-z0-9-]+(?:\+[a-z0-9-]+)*)\.(css|js)")
_RELATIVE = re.compile(r"url\((?![/\"'a-z]+:|/)([^)\"']+)\)")


@dataclass(frozen=True, slots=True)
class Joined:
    """What is served under one address."""

    body: bytes
    digest: str


@dataclass(slots=True)
class Assets:
    """The joined files of this process by name; made when a page first asks for them."""

    folder: Path
    prefix: str
    afresh: bool = False
    made: dict[str, Joined] = field(default_factory=dict)

    def find(self, name: str) -> Joined | None:
        """`worker.css` or `check-in+inbox.js`; None for what cannot be made."""
        found = None if self.afresh else self.made.get(name)
        if found is None:
            body = self._make(name)
            if body is None:
                return None
            if len(self.made) >= MOST_MADE:
                self.made.clear()
            found = self.made[name] = Joined(body, hashlib.sha256(body).hexdigest()[:16])
        return found

    def _make(self, name: str) -> bytes | None:
        match = NAME.fullmatch(name)
        if match is None:
            return None
        stem, kind = match.groups()
        if kind == "css":
            return self._sheet(SHEETS[stem]) if stem in SHEETS else None
        parts = stem.split("+")
        known = {path.stem for path in (self.folder / "js" / "components").glob("*.js")}
        if parts != sorted(set(parts) & known):
            return None
        return self._script(parts)

    def _sheet(self, paths: tuple[str, ...]) -> bytes:
        return "\n".join(self._with_full_addresses(path) for path in paths).encode()

    def _with_full_addresses(self, path: str) -> str:
        beside = f"{self.prefix}/{path.rpartition('/')[0]}/"
        return _RELATIVE.sub(lambda match: f"url({beside}{match[1]})", self.read(path))

    def _script(self, parts: list[str]) -> bytes:
        lines = [
            f'import * as part{n} from "./components/{part}.js";' for n, part in enumerate(parts)
        ]
        table = ", ".join(f'"{part}": part{n}' for n, part in enumerate(parts))
        entry = "\n".join(
            (
                *lines,
                'import * as outbox from "./outbox/page.js";',
                'import { start } from "./start.js";',
                f"const parts = {{ {table} }};",
                "start({ part: (name) => parts[name], outbox: () => outbox });",
            )
        )
        return join(entry, "js/joined.js", self.read).encode()

    def script(self, path: str) -> bytes:
        """The module at `path` with all that it imports, as one script."""
        return join(self.read(path), path, self.read).encode()

    def read(self, path: str) -> str:
        """The text of a static file."""
        return (self.folder / path).read_text(encoding="utf-8")


def assets() -> Assets:
    """The joined files of this application."""
    found: Assets = current_app.extensions["assets"]
    return found


def sheet_url(name: str) -> str:
    """Where the style sheet of a frame is."""
    return _url(f"{name}.css")


def script_url(*parts: str) -> str:
    """Where one script for a page with these parts is (`data-module` names)."""
    return _url(f"{'+'.join(sorted(set(parts)))}.js")


def _url(name: str) -> str:
    made = assets().find(name)
    if made is None:
        raise UnjoinableError(f"{name} has no sources")
    return f"/joined/{made.digest}/{name}"


@public
def show_joined(joined_digest: str, joined_name: str) -> Response:
    """A joined file; under an address of other bytes it is not to be kept."""
    made = assets().find(joined_name)
    if made is None:
        abort(404)
    kind = KINDS[joined_name.rpartition(".")[2]]
    page = Response(made.body, content_type=f"{kind}; charset=utf-8")
    if made.digest == joined_digest:
        page.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_SECONDS}, immutable"
    else:
        page.headers["Cache-Control"] = "no-cache"
    page.set_etag(made.digest)
    page.make_conditional(request)
    return same_for_everybody(page)


def register(app: Flask) -> None:
    """Serve joined files, and tell templates where they are."""
    app.extensions["assets"] = Assets(
        Path(str(app.static_folder)), str(app.static_url_path), afresh=app.debug
    )
    app.add_url_rule("/joined/<joined_digest>/<joined_name>", "joined", show_joined)
    app.jinja_env.globals.update(sheet_url=sheet_url, script_url=script_url)
