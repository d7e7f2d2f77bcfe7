"""Settings of channels as they were given: one group a channel, refused by name when unsafe."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.delivery.rules import Lane
from app.delivery.rules.answers import MOST_VND
from app.settings import UnsafeSetting

LOCAL_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
MOST_AT_ONCE = 16
# Some 250 texts are left with this much, in VND: time to pay before an urgent notice needs it.
LOW_BALANCE = 200_000
SHORTEST_SECRET = 24
_SECRET = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Given:
    """The settings of one channel, all of which begin alike; complaints name the whole setting."""

    prefix: str
    values: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """A setting, or what stands for it when it is not given."""
        return self.values.get(self.prefix + name, "").strip() or default

    def needed(self, name: str, why: str) -> str:
        """A setting that the group cannot do without."""
        found = self.text(name)
        if not found:
            raise self.unsafe(name, why)
        return found

    def yes(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.text(name) == "1"

    def one_of(self, name: str, default: str, *known: str) -> str:
        """A setting with a few known values."""
        found = self.text(name, default).lower()
        if found not in known:
            raise self.unsafe(name, f"{found!r} is none of {', '.join(known)}")
        return found

    def whole(self, name: str, default: int, *, least: int = 1, most: int) -> int:
        """A whole number within bounds."""
        found = self.text(name, str(default))
        if not found.isdecimal() or not least <= int(found) <= most:
            raise self.unsafe(name, f"{found!r} is no whole number from {least} to {most}")
        return int(found)

    def money(self, name: str, default: int) -> int:
        """An amount in VND; 0 for `off`."""
        off = self.text(name).lower() == "off"
        return 0 if off else self.whole(name, default, least=0, most=MOST_VND)

    def lanes(self, default: str) -> tuple[Lane, ...]:
        """Which lanes go over this channel, in the order of their urgency."""
        words = set(self.text("LANES", default).lower().replace(",", " ").split())
        known = {str(lane) for lane in Lane}
        if not words or words - known:
            raise self.unsafe("LANES", f"give some of {', '.join(Lane)}")
        return tuple(lane for lane in Lane if lane in words)

    def document(self, name: str, default: str = "{}") -> Any:
        """A JSON object that stands in the setting, or in the file that it names."""
        found = self.text(name, default)
        if not found.startswith(("{", "[")):
            try:
                found = Path(found).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as problem:
                raise self.unsafe(name, f"neither JSON nor a file to read: {problem}") from None
        try:
            value = json.loads(found)
        except ValueError as problem:
            raise self.unsafe(name, f"no JSON: {problem}") from None
        if not isinstance(value, dict):
            raise self.unsafe(name, "must be a JSON object")
        return value

    def address(self, name: str, *, why: str = "", default: str = "") -> str:
        """An http address; secrets and phone numbers leave this machine only encrypted."""
        found = self.text(name, default) or self.needed(name, why)
        try:
            parts = urlsplit(found)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise self.unsafe(name, "is no web address") from None
        if parts.scheme not in {"http", "https"} or not host:
            raise self.unsafe(name, "is no web address")
        if parts.username or parts.password:
            raise self.unsafe(name, "give user and password in their own settings")
        if parts.scheme == "http" and host not in LOCAL_HOSTS and not self.yes("ALLOW_PLAIN"):
            raise self.unsafe(
                name,
                "phone numbers would travel without encryption; use https, or set "
                f"{self.prefix}ALLOW_PLAIN=1 for a gateway in your own network",
            )
        return found

    def guarded(self, name: str) -> str:
        """A secret in an address, where it is the only proof; empty when none is given."""
        found = self.text(name)
        if found and (len(found) < SHORTEST_SECRET or not _SECRET.fullmatch(found)):
            raise self.unsafe(
                name,
                f"needs at least {SHORTEST_SECRET} letters and digits that nobody can guess",
            )
        return found

    def unsafe(self, name: str, why: str) -> UnsafeSetting:
        """The complaint about one setting."""
        return UnsafeSetting(f"{self.prefix}{name}: {why}")

    def __bool__(self) -> bool:
        """Whether anything of the group is given at all."""
        return any(name.startswith(self.prefix) and value for name, value in self.values.items())


def refuse_unknown(given: Given, known: frozenset[str]) -> None:
    """A misspelt setting would be a switch that nobody turned."""
    for name, value in given.values.items():
        if value and name.startswith(given.prefix) and name[len(given.prefix) :] not in known:
            raise UnsafeSetting(f"{name}: no setting is called so")
