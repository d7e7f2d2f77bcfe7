"""What a gateway's answer means, by a table that its operator wrote down; phone numbers, masked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.delivery.rules.errors import (
    BadMessage,
    BadRecipient,
    ChannelError,
    ConfigProblem,
    NotUnderstood,
    Permanent,
    QuotaUsedUp,
    RateLimited,
    Temporary,
    Unclear,
)

# The words of an error table, and what each means for the delivery.
CLASSES: Mapping[str, type[ChannelError] | None] = {
    "accepted": None,
    "temporary": Temporary,
    "rate": RateLimited,
    "quota": QuotaUsedUp,
    "recipient": BadRecipient,
    "message": BadMessage,
    "permanent": Permanent,
    "config": ConfigProblem,
    "unclear": Unclear,
}
_DIGITS = re.compile(r"\+?\d(?:[\s.-]?\d){7,}")
_SHOWN = 3
MOST_VND = 1_000_000_000
LONGEST_NUMBER = 9


def is_number(text: str) -> bool:
    """Whether a text is a whole number of so few digits that it may be counted with."""
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


def pointed(value: Any, pointer: str) -> Any:
    """What a JSON pointer (RFC 6901) leads to; None where it leads nowhere."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list) and is_number(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def as_code(value: Any) -> str:
    """A code as tables write it: 100 and "100" are one, true is "true".

    Without what no database takes: halves of surrogate pairs, and NUL.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, (Mapping, list)):
        return ""
    return str(value).encode(errors="replace").decode().replace("\0", "").strip()


def as_vnd(value: Any) -> int | None:
    """An amount of money in whole VND, as number or text; None for what is no amount."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        amount = float(value)
    except (ValueError, OverflowError):
        return None
    return round(amount) if 0 <= amount <= MOST_VND else None


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """When an answer means yes: a value at a pointer, or without one the status alone."""

    pointer: str = ""
    yes: frozenset[str] = frozenset()
    error_pointer: str = ""
    classes: Mapping[str, str] = field(default_factory=dict)

    def refusal_of(self, answer: Any) -> ChannelError | None:
        """Why this answer is no acceptance; None when it is one."""
        if not self.pointer:
            return None
        code = as_code(pointed(answer, self.pointer))
        if code in self.yes:
            return None
        if self.error_pointer:
            code = as_code(pointed(answer, self.error_pointer)) or code
        return self.by_code(code[:40])

    def by_code(self, code: str) -> ChannelError | None:
        """What a code of the gateway means; one that no table knows is not understood."""
        if code not in self.classes:
            return NotUnderstood(str(masked(code, ())) or "no_code")
        kind = CLASSES[self.classes[code]]
        return None if kind is None else kind(code)


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """A body with its placeholders filled in, at any depth; what is in no braces stays."""
    if isinstance(template, str):
        for name, value in values.items():
            if template == "{" + name + "}":
                return value
        return _BRACED.sub(lambda found: values.get(found[1], found[0]), template)
    if isinstance(template, Mapping):
        return {name: filled(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    return template


_BRACED = re.compile(r"\{([a-z_]+)\}")


def masked_phone(address: str) -> str:
    """A phone number or e-mail address of which only the end can be recognised."""
    if "@" in address:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"
    return "***" + address[-_SHOWN:] if len(address) > _SHOWN else "***"


def masked(value: Any, secrets: Sequence[str]) -> Any:
    """An answer as it may be kept: without secrets and without whole phone numbers."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "***")
        return _DIGITS.sub(lambda found: masked_phone(found[0]), value)[:500]
    if isinstance(value, Mapping):
        pairs = list(value.items())[:30]
        return {str(name)[:60]: masked(each, secrets) for name, each in pairs}
    if isinstance(value, list):
        return [masked(each, secrets) for each in value[:10]]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10_000_000:
        return masked_phone(str(value))
    return value
