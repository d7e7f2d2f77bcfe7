"""What providers granted: tokens for who renews them, the rest for who looks after them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.delivery.models import ProviderGrant
from app.delivery.rules.grants import Grant


@dataclass(frozen=True, slots=True)
class Tokens:
    """A grant with its access token; what renews it is read by renewing alone."""

    grant: Grant
    access_token: str = field(repr=False)
    rotated_at: datetime | None


def find_tokens(session: Session, provider: str) -> Tokens | None:
    """The grant of a provider; None when none was ever given."""
    row = session.get(ProviderGrant, provider)
    if row is None or not row.version:
        return None
    return Tokens(row.grant, row.access_token or "", row.rotated_at)


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """What the administrator sees of a grant: never a token."""

    grant: Grant
    given_at: datetime | None
    rotated_at: datetime | None
    problem_at: datetime | None
    templates: Sequence[Mapping[str, str]]
    templates_at: datetime | None
    signatures: Mapping[str, int]
    refused_at: datetime | None


def find_grant_facts(session: Session, provider: str) -> GrantFacts | None:
    """How a grant stands; None when nothing was ever heard or given."""
    row = session.get(ProviderGrant, provider)
    if row is None:
        return None
    return GrantFacts(
        row.grant,
        row.given_at,
        row.rotated_at,
        row.problem_at,
        row.templates,
        row.templates_at,
        row.signatures,
        row.refused_at,
    )
