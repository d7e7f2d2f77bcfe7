"""What a sealed command carries: who answers, by what secret, and what was said."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from app.kernel.refusals import Refusal
from app.kernel.text import squeeze

LONGEST_SEALED = 512 * 1024  # characters of a compact JWE; a photo fits
LONGEST_PART = 200


class UnknownSealKey(Refusal):
    """The command was sealed for a key that this node never had."""

    code = "sealed.unknown_key"


class SealBroken(Refusal):
    """What was sealed cannot be opened: damaged, tampered with, or not sealed as agreed."""

    code = "sealed.unreadable"


class BadSealedContent(Refusal):
    """What was sealed is not of the shape a sealed command has."""

    code = "sealed.malformed"


class NoShiftThere(Refusal):
    """No shift of the company is known that the answer could be for."""

    code = "sealed.no_shift"


@dataclass(frozen=True, slots=True)
class CardShown:
    """A printed card was held to the scanner: its secret, bare or behind an address."""

    secret: str


@dataclass(frozen=True, slots=True)
class BadgeTyped:
    """A badge was typed in, with the PIN that goes with it; `company` is a code, maybe empty."""

    company: str
    badge: str
    pin: str


@dataclass(frozen=True, slots=True)
class SealedContent:
    """An opened command; `notice` is the version in view, `agreed` that its yes was pressed."""

    credential: CardShown | BadgeTyped
    body: dict[str, Any]
    notice: str
    agreed: bool


def read_opened(opened: bytes) -> Any:
    """The plain JSON of what was opened; ValueError or RecursionError when it is none."""
    return json.loads(opened, parse_constant=_no_number)


def read_content(opened: bytes) -> SealedContent:
    """The content of an opened command, or the refusal that it is none."""
    try:
        raw = read_opened(opened)
    except (ValueError, RecursionError):
        raise BadSealedContent from None
    if not isinstance(raw, dict) or not isinstance(raw.get("body"), dict):
        raise BadSealedContent
    notice = raw.get("notice", "")
    if not isinstance(notice, str) or len(notice) > LONGEST_PART:
        raise BadSealedContent
    return SealedContent(
        _credential(raw.get("credential")), raw["body"], notice, raw.get("agreed") is True
    )


def _credential(raw: object) -> CardShown | BadgeTyped:
    if not isinstance(raw, dict):
        raise BadSealedContent
    if "card" in raw:
        return CardShown(_text(raw["card"]))
    return BadgeTyped(
        squeeze(_text(raw.get("company", ""))),
        squeeze(_wanted(raw.get("badge"))),
        squeeze(_wanted(raw.get("pin"))),
    )


def _wanted(value: object) -> str:
    text = _text(value)
    if not text.strip():
        raise BadSealedContent
    return text


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_PART:
        raise BadSealedContent
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON lets through
        raise BadSealedContent from None
    return value


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
