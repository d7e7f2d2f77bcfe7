"""Under which names this node answers: a page of a foreign name is never made here.

A foreign site can point its own name at the node's address (DNS rebinding) and would then read,
as its own pages, what the node tells anybody; and an address in an answer is built from the name.
"""

import re
from collections.abc import Collection
from ipaddress import ip_address

from flask import Flask, request

from app.kernel.refusals import Refusal
from app.settings import Settings

# Names that nobody can register: they lead nowhere but to a machine of the own network.
PRIVATE = (".internal", ".local", ".lan", ".localhost", ".test", ".home.arpa")


_NAME = re.compile(r"[a-z0-9._-]{1,253}")


class UnknownHost(Refusal):
    """The node was called by a name that is not its own."""

    code = "web.unknown_host"
    status = 421


def register(app: Flask, settings: Settings, certified: Collection[str]) -> None:
    """Refuse calls under foreign names; with ANCA_TRUSTED_HOSTS Flask itself keeps to those."""
    if settings.trusted_hosts or settings.behind_proxy:
        return

    @app.before_request
    def refuse_foreign() -> None:
        if not is_own(request.host, certified):
            raise UnknownHost


def is_own(host: str, certified: Collection[str]) -> bool:
    """Whether a Host header names this node: an address, a private name, or one certified."""
    name = host.lower() if host.endswith("]") else host.lower().rsplit(":", 1)[0]
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        pass
    else:
        return True
    if _NAME.fullmatch(name) is None:
        return False
    above = "*." + name.partition(".")[2]
    return "." not in name or name.endswith(PRIVATE) or name in certified or above in certified
