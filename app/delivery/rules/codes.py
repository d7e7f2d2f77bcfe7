"""Codes of providers: what each means for the ledger, and what the administrator reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.delivery.rules.errors import (
    AuthExpired,
    BadMessage,
    BadRecipient,
    ChannelError,
    ConfigProblem,
    NotUnderstood,
    OutsideHours,
    Permanent,
    QuotaUsedUp,
    RateLimited,
    Temporary,
    Unclear,
)


def N_(text: str) -> str:  # noqa: N802 - the name by which texts to translate are found
    """A text that is translated where it is shown."""
    return text


class Outcome(StrEnum):
    """What a code means for the delivery, its address and its channel."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    RATE = "rate"
    QUOTA = "quota"
    HOURS = "hours"
    RECIPIENT = "recipient"
    NOT_THIS_WAY = "not_this_way"
    MESSAGE = "message"
    CONFIG = "config"
    AUTH = "auth"
    UNCLEAR = "unclear"


FAULTS: Mapping[Outcome, type[ChannelError] | None] = MappingProxyType(
    {
        Outcome.ACCEPTED: None,
        Outcome.TEMPORARY: Temporary,
        Outcome.RATE: RateLimited,
        Outcome.QUOTA: QuotaUsedUp,
        Outcome.HOURS: OutsideHours,
        Outcome.RECIPIENT: BadRecipient,
        Outcome.NOT_THIS_WAY: Permanent,
        Outcome.MESSAGE: BadMessage,
        Outcome.CONFIG: ConfigProblem,
        Outcome.AUTH: AuthExpired,
        Outcome.UNCLEAR: Unclear,
    }
)
# What the ledger does, for the table in the documents.
LEDGER: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.ACCEPTED: "counts as taken",
        Outcome.TEMPORARY: "tried again by and by; urgent: next road after two tries",
        Outcome.RATE: "queued; the whole channel rests",
        Outcome.QUOTA: "queued; ordinary lanes held; urgent: next road at once",
        Outcome.HOURS: "queued until allowed; ordinary lanes held; urgent: next road at once",
        Outcome.RECIPIENT: "given up; address marked; next road at once",
        Outcome.NOT_THIS_WAY: "given up on this channel only; address kept; next road at once",
        Outcome.MESSAGE: "given up; the rest of the message waits for a person; urgent: by SMS",
        Outcome.CONFIG: "queued; channel paused; administrator told; urgent: next road at once",
        Outcome.AUTH: "queued; credentials renewed once; refused again: channel paused",
        Outcome.UNCLEAR: "unclear: asked about, never blindly sent again",
    }
)


@dataclass(frozen=True, slots=True)
class ProviderCode:
    """One code of one provider; `words` is Vietnamese and translated where it is shown.

    `channel`: a channel, or what several share (zalo). `surface`: which of its doors gave the
    code, for one code may mean two things at two doors. `meaning`: the provider's own, in English.
    """

    channel: str
    surface: str
    code: str
    outcome: Outcome
    words: str
    meaning: str = ""


class CodeTable:
    """The codes of one provider by surface and code; a code twice is a mistake in the table."""

    def __init__(self, channel: str, codes: Iterable[ProviderCode]) -> None:
        self.channel = channel
        self.codes = tuple(codes)
        self._by_key = {(each.surface, each.code): each for each in self.codes}
        if len(self._by_key) != len(self.codes):
            raise ValueError(f"{channel}: a code stands twice")

    def find(self, surface: str, code: str) -> ProviderCode | None:
        """A code as it is known at one door of the provider."""
        return self._by_key.get((surface, code))

    def words_of(self, code: str) -> str:
        """What the administrator reads for a code, whichever door gave it; empty when unknown."""
        return next((each.words for each in self.codes if each.code == code), "")

    def problem(self, surface: str, code: str, **more: Any) -> ChannelError | None:
        """The fault that a code stands for; None for one that counts as taken.

        `more`: retry_after, not_before, told, as every fault takes them.
        """
        found = self.find(surface, code)
        if found is None:
            return NotUnderstood(code[:40] or "no_code", **more)
        kind = FAULTS[found.outcome]
        return None if kind is None else kind(code[:40], **more)


def code_lines(tables: Mapping[Any, CodeTable]) -> list[str]:
    """Every code as lines of the documents: what the ledger does, what the administrator reads.

    Channels that share a table of a provider stand together, each code once.
    """
    by_provider: dict[str, dict[tuple[str, str], ProviderCode]] = {}
    channels: dict[str, list[str]] = {}
    for channel, table in tables.items():
        channels.setdefault(table.channel, []).append(channel)
        codes = by_provider.setdefault(table.channel, {})
        codes.update({(each.surface, each.code): each for each in table.codes})
    lines: list[str] = []
    for provider, codes in by_provider.items():
        named = ", ".join(f"`{channel}`" for channel in channels[provider])
        lines += ["", f"### {provider}: {named}", ""]
        lines += [
            "| Door | Code | Meaning | The ledger | The administrator reads |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {each.surface} | `{each.code}` | {_cell(each.meaning)} | {LEDGER[each.outcome]} "
            f"| {_cell(each.words)} |"
            for each in codes.values()
        ]
    return lines


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
