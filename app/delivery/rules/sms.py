"""A text as it goes out by SMS: its alphabet, its parts, and what no SMS can carry."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.kernel.text import nfc

# Signs of the default SMS alphabet and, at two places each, of its extension (3GPP TS 23.038).
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("\f^{}\\[~]|€")
_IN_GSM = _GSM | _GSM_DOUBLE
# What word processors write, and what the default alphabet has for it.
_PLAINER = str.maketrans(
    {
        "đ": "d",
        "Đ": "D",
        "₫": "d",
        "…": "...",
        "\t": " ",
        **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033«»", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
        **dict.fromkeys("•·", "-"),
        **dict.fromkeys("\u200b\u200d\u2060\ufeff\ufe0f"),
    }
)


class SmsAlphabet(StrEnum):
    """How an SMS is written: 160 plain signs to a part, or 70 with Vietnamese accents."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


_ROOM = {SmsAlphabet.GSM7: (160, 153), SmsAlphabet.UCS2: (70, 67)}


@dataclass(frozen=True, slots=True)
class SmsSize:
    """What a text costs as SMS; `units` are places, of which a sign may take two."""

    alphabet: SmsAlphabet
    units: int
    parts: int


@dataclass(frozen=True, slots=True)
class SmsText:
    """A text as a phone will show it; `left_out` are the signs that it cannot carry."""

    text: str
    size: SmsSize
    left_out: tuple[str, ...] = ()


def sms_size(text: str) -> SmsSize:
    """How many parts a text takes; no sign is cut in two between parts."""
    signs = nfc(text)
    plain = all(sign in _IN_GSM for sign in signs)
    alphabet = SmsAlphabet.GSM7 if plain else SmsAlphabet.UCS2
    widths = [2 if (sign in _GSM_DOUBLE if plain else ord(sign) > 0xFFFF) else 1 for sign in signs]
    alone, in_part = _ROOM[alphabet]
    units = sum(widths)
    if units <= alone:
        return SmsSize(alphabet, units, int(units > 0))
    parts, used = 1, 0
    for width in widths:
        if used + width > in_part:
            parts, used = parts + 1, 0
        used += width
    return SmsSize(alphabet, units, parts)


def split_sms(text: str) -> list[str]:
    """The parts that a text goes out in, each as long as its alphabet allows; no sign is cut."""
    signs, size = nfc(text), sms_size(text)
    if size.parts <= 1:
        return [signs] if signs else []
    plain, room = size.alphabet is SmsAlphabet.GSM7, _ROOM[size.alphabet][1]
    parts, used = [""], 0
    for sign in signs:
        width = 2 if (sign in _GSM_DOUBLE if plain else ord(sign) > 0xFFFF) else 1
        if used + width > room:
            parts.append("")
            used = 0
        parts[-1] += sign
        used += width
    return parts


@lru_cache(maxsize=256)  # one text goes to many
def sms_text(text: str, *, accented: bool = False) -> SmsText:
    """A text as SMS carries it: composed, and without accents unless they are wanted.

    Without accents, what the plain alphabet lacks even then (an emoji) is left out and named.
    """
    composed = nfc(text)
    if accented:
        return SmsText(composed, sms_size(composed))
    kept, left_out = [], []
    for sign in composed.translate(_PLAINER):
        plain = _without_accents(sign)
        if all(part in _IN_GSM for part in plain):
            kept.append(plain)
        else:
            left_out.append(sign)
    plain_text = "".join(kept)
    if left_out:
        plain_text = "\n".join(" ".join(line.split()) for line in plain_text.split("\n"))
    return SmsText(plain_text, sms_size(plain_text), tuple(dict.fromkeys(left_out)))


@lru_cache(maxsize=1024)
def _without_accents(sign: str) -> str:
    parts = unicodedata.normalize("NFD", sign)
    return "".join(part for part in parts if not unicodedata.combining(part)) or sign
