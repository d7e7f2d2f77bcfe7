"""Who acts: an account with its roles on branches, as a plain value."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person or device comes for; one person may hold several."""

    WORKER = "worker"
    TEAM_MEMBER = "team_member"
    SAFETY_OFFICER = "safety_officer"
    GATE = "gate"
    PARK_MANAGER = "park_manager"
    PROVINCE_STAFF = "province_staff"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on a branch and all below it; `path` such as "/1/4/" ends with a slash."""

    role: Role
    path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The person, device or part of the program that does something."""

    account_id: str | None
    name: str
    grants: tuple[Grant, ...] = ()
    locale: str = "vi"
    worker_id: str | None = None
    device_id: str | None = None
    token_id: str | None = None
    session_id: str | None = None

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles held, each once."""
        return tuple(dict.fromkeys(grant.role for grant in self.grants))


def program(part: str) -> Actor:
    """The program itself, acting by the clock or the command line."""
    return Actor(account_id=None, name=part)
