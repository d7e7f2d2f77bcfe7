"""A message as somebody reads it aloud: short sentences, what makes a reader stumble in words."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.notices.rules.numerals import digits_in_words, number_in_words

LONGEST_SENTENCE = 160
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_LETTERS_VI = {
    "A": "a",
    "B": "bê",
    "C": "xê",
    "D": "đê",
    "E": "e",
    "F": "ép",
    "G": "giê",
    "H": "hát",
    "I": "i",
    "K": "ca",
    "L": "lờ",
    "M": "mờ",
    "N": "nờ",
    "O": "o",
    "P": "pê",
    "Q": "quy",
    "R": "rờ",
    "S": "sờ",
    "T": "tê",
    "U": "u",
    "V": "vê",
    "X": "ích",
    "Y": "i-cờ-rét",
}
# Short forms that a factory writes and nobody says.
_SHORT_VI = {
    "KCN": "khu công nghiệp",
    "KTX": "ký túc xá",
    "TP.HCM": "Thành phố Hồ Chí Minh",
    "TPHCM": "Thành phố Hồ Chí Minh",
    "UBND": "ủy ban nhân dân",
    "BYT": "Bộ Y tế",
    "SYT": "Sở Y tế",
    "PCR": "pê xê rờ",
    "COVID-19": "cô vít mười chín",
    "Covid-19": "cô vít mười chín",
    "5K": "năm ca",
}
_SHORT_EN = {"COVID-19": "COVID nineteen", "Covid-19": "COVID nineteen", "5K": "five K"}
_TIME = r"(?P<h{n}>[01]?\d|2[0-3])[:h](?P<m{n}>[0-5]\d)"
_RANGE = re.compile(
    r"(?<![\d:])" + _TIME.format(n=1) + r"\s*[-–]\s*" + _TIME.format(n=2) + r"(?![\d:])"
)
_CLOCK = re.compile(r"(?<![\d:])" + _TIME.format(n="") + r"(?![\d:])")
_DAY = re.compile(
    r"(?P<said>\b(?:ngày|on)\s+)?(?<![\d/])(?P<d>0?[1-9]|[12]\d|3[01])/(?P<m>0?[1-9]|1[0-2])"
    r"(?:/(?P<y>\d{4}))?(?![\d/])",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\d.,])(?:0\d[\d .]{6,12}\d|1[89]00[\d .]{2,8}\d|1\d\d\d?(?=\D|$))")
_CODE = re.compile(r"\b(?P<letters>[A-Z]{1,3})(?P<digits>\d{1,4})\b")
_GROUPED = {"vi": re.compile(r"\d{1,3}(?:\.\d{3})+"), "en": re.compile(r"\d{1,3}(?:,\d{3})+")}
_DECIMAL = {"vi": re.compile(r"(\d+),(\d+)"), "en": re.compile(r"(\d+)\.(\d+)")}
_ORDER = re.compile(r"\d+")
_SIGNS = {
    "vi": {"%": " phần trăm", "°C": " độ xê", "&": " và ", "≥": " từ ", "+": " cộng "},
    "en": {"%": " percent", "°C": " degrees", "&": " and ", "≥": " at least ", "+": " plus "},
}
# Emergency and information numbers of three or four digits are read digit by digit.
_CALLED = frozenset({"112", "113", "114", "115", "111", "1022", "1900", "1800"})


@dataclass(frozen=True, slots=True)
class Script:
    """What is read: how it opens, the sentences, what stands before the second time, the end."""

    opening: str
    sentences: tuple[str, ...]
    again: str
    closing: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything in the order it is read, the message twice."""
        return (self.opening, *self.sentences, self.again, *self.sentences, self.closing)


def script_of(title: str, text: str, sender: str, language: str) -> Script:
    """The script of a message in one language, to be read twice."""
    said = [spoken(each, language) for each in sentences_of(f"{_ended(title)}\n{text}")]
    words = {
        "vi": ("Thông báo của {}.", "Xin nhắc lại.", "Hết thông báo. Xin cảm ơn."),
        "en": ("A notice from {}.", "We repeat.", "End of notice. Thank you."),
    }[language if language == "en" else "vi"]
    opening = words[0].format(spoken(sender.rstrip("."), language))
    return Script(opening, tuple(each for each in said if each), *words[1:])


def _ended(title: str) -> str:
    title = title.strip()
    return title if not title or title[-1] in ".?!:" else f"{title}."


def sentences_of(text: str) -> list[str]:
    """One sentence a line; a long one is cut where a reader breathes."""
    cut = re.sub(r"([.!?…;])\s+", "\\1\n", text)
    lines = [" ".join(line.split()) for line in cut.splitlines()]
    return [part for line in lines if line for part in _breaths(line)]


def _breaths(line: str) -> list[str]:
    if len(line) <= LONGEST_SENTENCE or ", " not in line:
        return [line]
    parts = [""]
    for piece in re.split(r"(?<=,) ", line):
        if parts[-1] and len(parts[-1]) + len(piece) > LONGEST_SENTENCE:
            parts.append(piece)
        else:
            parts[-1] = f"{parts[-1]} {piece}".strip()
    return parts


def spoken(text: str, language: str) -> str:
    """The text without a digit or a sign that each reader would say otherwise."""
    english = language == "en"
    for short, full in (_SHORT_EN if english else _SHORT_VI).items():
        text = re.sub(rf"(?<!\w){re.escape(short)}(?!\w)", full, text)
    clock = _english_clock if english else _vietnamese_clock
    text = _RANGE.sub(lambda found: _range(found, clock, english=english), text)
    text = _CLOCK.sub(lambda found: clock(found["h"], found["m"]), text)
    text = _DAY.sub(lambda found: _day(found, english=english), text)
    text = _PHONE.sub(lambda found: _phone(found[0], language), text)
    text = _CODE.sub(lambda found: _code(found, english=english), text)
    for sign, words in _SIGNS["en" if english else "vi"].items():
        text = re.sub(rf"\s*{re.escape(sign)}", words, text)
    text = _numbers(text, "en" if english else "vi")
    return re.sub(r"\s+([.,;:?!])", r"\1", " ".join(text.split()))


def _vietnamese_clock(hours: str, minutes: str) -> str:
    said = f"{number_in_words(int(hours), 'vi')} giờ"
    return said if int(minutes) == 0 else f"{said} {number_in_words(int(minutes), 'vi')} phút"


def _english_clock(hours: str, minutes: str) -> str:
    said = number_in_words(int(hours), "en")
    if int(minutes) == 0:
        return f"{said} o'clock" if 0 < int(hours) <= 12 else f"{said} hundred hours"
    return f"{said} {'oh ' if int(minutes) < 10 else ''}{number_in_words(int(minutes), 'en')}"


def _range(found: re.Match[str], clock: Callable[[str, str], str], *, english: bool) -> str:
    first, last = clock(found["h1"], found["m1"]), clock(found["h2"], found["m2"])
    return f"{first} to {last}" if english else f"{first} đến {last}"


def _day(found: re.Match[str], *, english: bool) -> str:
    day, month, year = int(found["d"]), int(found["m"]), found["y"]
    said = found["said"] or ""
    if english:
        text = f"{said}{number_in_words(day, 'en')} {_MONTHS[month - 1]}"
        return f"{text} {number_in_words(int(year), 'en')}" if year else text
    # A month is told by its number; the fourth is tháng tư.
    name = "tư" if month == 4 else number_in_words(month, "vi")
    text = f"{said or 'ngày '}{number_in_words(day, 'vi')} tháng {name}"
    return f"{text} năm {number_in_words(int(year), 'vi')}" if year else text


def _phone(found: str, language: str) -> str:
    digits = re.sub(r"\D", "", found)
    if len(digits) < 6 and digits not in _CALLED:
        return found
    groups = re.findall(r"\d+", found)
    if len(groups) == 1 and len(digits) > 4:
        rest = digits[4:]
        groups = [digits[:4], *([rest] if len(rest) < 5 else re.findall(r"\d{1,3}", rest))]
    return ", ".join(digits_in_words(group, language) for group in groups)


def _code(found: re.Match[str], *, english: bool) -> str:
    """F1, B2, SB: letters by their names, then the number."""
    number = number_in_words(int(found["digits"]), "en" if english else "vi")
    if english:
        return f"{' '.join(found['letters'])} {number}"
    return f"{' '.join(_LETTERS_VI.get(letter, letter) for letter in found['letters'])} {number}"


def _numbers(text: str, language: str) -> str:
    grouping = "." if language == "vi" else ","
    point = " phẩy " if language == "vi" else " point "
    text = _GROUPED[language].sub(lambda found: found[0].replace(grouping, ""), text)
    text = _DECIMAL[language].sub(
        lambda found: (
            f"{number_in_words(int(found[1]), language)}{point}"
            + digits_in_words(found[2], language)
        ),
        text,
    )
    return _ORDER.sub(lambda found: f" {_whole(found[0], language)} ", text)


def _whole(digits: str, language: str) -> str:
    if len(digits) > 1 and digits[0] == "0":
        return digits_in_words(digits, language)
    return (
        number_in_words(int(digits), language)
        if len(digits) <= 12
        else digits_in_words(digits, language)
    )
