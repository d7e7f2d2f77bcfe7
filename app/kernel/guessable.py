"""Which passwords stand at the top of every list of stolen ones, told by rule."""

from app.kernel.text import fold

# Words that passwords are made of everywhere, and those of this place, this work and this program.
COMMON_WORDS = (
    *("password", "passw", "passwort", "matkhau", "matkau", "iloveyou", "welcome", "letmein"),
    *("administrator", "admin", "quantri", "root", "user", "login", "dangnhap", "secret", "bimat"),
    *("sunshine", "princess", "football", "baseball", "superman", "batman", "dragon", "monkey"),
    *("master", "shadow", "michael", "charlie", "computer", "internet", "samsung", "google"),
    *("facebook", "zalo", "anhyeuem", "emyeuanh", "yeuem", "conyeu", "giadinh", "hanhphuc"),
    *("vietnam", "hanoi", "saigon", "danang", "bacgiang", "bacninh", "congty", "congnhan"),
    *("khucongnghiep", "kcn", "nhamay", "antoan", "suckhoe", "covid", "corona", "khaibao", "anca"),
)
_ROWS = (
    *("01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz"),
    *("1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "q1w2e3r4t5y6u7i8o9p0"),
)
_SHORTEST_RUN = 3
_LEFT = 4  # so many different signs must be left when all that anybody would guess is taken out
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}
)


def is_guessable(secret: str) -> bool:
    """Whether a password is made of words, runs and repeats that are tried first."""
    plain = _bare(secret)
    if plain.isdecimal() and len(plain) <= 12:  # a telephone or identity number
        return True
    spoken = _bare(secret.translate(_LEET))
    return any(len(set(_without_runs(_without_words(each)))) < _LEFT for each in (plain, spoken))


def _bare(text: str) -> str:
    return "".join(sign for sign in fold(text) if sign.isalnum())


def _without_words(text: str) -> str:
    for word in sorted((_bare(word) for word in COMMON_WORDS), key=len, reverse=True):
        text = text.replace(word, "")
    return text


def _without_runs(text: str) -> str:
    """The text without stretches that follow a row of the keyboard or the alphabet, or repeat."""
    rows = [fold(row) for row in _ROWS]
    rows += [row[::-1] for row in rows]
    left, at = "", 0
    while at < len(text):
        length = max(_run(text[at:], row) for row in rows)
        repeat = len(text[at:]) - len(text[at:].lstrip(text[at]))
        length = max(length, repeat)
        if length < _SHORTEST_RUN:
            left += text[at]
            length = 1
        at += length
    return left


def _run(text: str, row: str) -> int:
    """How many signs the text begins with that stand in this order in the row."""
    length = 0
    while length < len(text) and text[: length + 1] in row:
        length += 1
    return length
