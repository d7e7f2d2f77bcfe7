"""The code of a recovery sheet: 128 random bits as letters and digits that people read aloud."""

import hashlib

from app.upkeep.rules.refusals import WrongCode

SEED_BYTES = 16
# Crockford's base 32: no I, L, O or U, which people take for something else.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110", " -–\t\r\n")
_CHECK_BITS = 12
_LENGTH = (SEED_BYTES * 8 + _CHECK_BITS) // 5
_GROUP = 4


def write_code(seed: bytes) -> str:
    """The code of 16 random bytes: seven groups of four signs, the last two a check."""
    number = int.from_bytes(seed, "big") << _CHECK_BITS | _check(seed)
    signs = "".join(_SIGNS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return "-".join(signs[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def read_code(text: str) -> bytes:
    """The 16 bytes of a code however it was typed; refused when a sign is wrong or missing."""
    signs = text.upper().translate(_MISREAD)
    if len(signs) != _LENGTH or not set(signs) <= set(_SIGNS):
        raise WrongCode
    number = 0
    for sign in signs:
        number = number << 5 | _SIGNS.index(sign)
    seed = (number >> _CHECK_BITS).to_bytes(SEED_BYTES, "big")
    if number & (1 << _CHECK_BITS) - 1 != _check(seed):
        raise WrongCode
    return seed


def _check(seed: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"anca recovery " + seed).digest()[:2], "big") >> 4
