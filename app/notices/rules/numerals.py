"""Numbers in words, as they are read aloud in Vietnamese and English."""

_VI = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_VI_GROUPS = ("", " nghìn", " triệu", " tỷ")
_EN = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_EN_TENS = (
    *("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
)
_EN_GROUPS = ("", " thousand", " million", " billion")
MOST = 10**12 - 1


def digits_in_words(digits: str, language: str) -> str:
    """A telephone number or code: digit by digit, with a pause after each group."""
    names = _EN if language == "en" else _VI
    return " ".join(names[int(digit)] for digit in digits)


def number_in_words(number: int, language: str) -> str:
    """A whole number from 0 to 999,999,999,999."""
    if not 0 <= number <= MOST:
        return digits_in_words(str(abs(number)), language)
    return _english(number) if language == "en" else _vietnamese(number)


def _groups(number: int) -> list[tuple[int, int]]:
    """Groups of three digits that are not zero, the highest first, each with its power of 1000."""
    found = []
    for power in range(4):
        number, group = divmod(number, 1000)
        if group:
            found.append((group, power))
    return found[::-1]


def _vietnamese(number: int) -> str:
    if number == 0:
        return _VI[0]
    groups = _groups(number)
    return " ".join(
        _vi_group(group, full=place > 0) + _VI_GROUPS[power]
        for place, (group, power) in enumerate(groups)
    )


def _vi_group(group: int, *, full: bool) -> str:
    """Three digits; `full` also says a missing hundred: một nghìn không trăm linh năm."""
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words = [f"{_VI[hundreds]} trăm"] if hundreds or full else []
    if tens == 0 and ones and words:
        words.append(f"linh {_VI[ones]}")
    elif tens == 0 and ones:
        words.append(_VI[ones])
    elif tens:
        words.append("mười" if tens == 1 else f"{_VI[tens]} mươi")
        words += _vi_ones(tens, ones)
    return " ".join(words)


def _vi_ones(tens: int, ones: int) -> list[str]:
    """The last digit after a ten: hai mươi mốt, hai mươi tư, mười lăm."""
    if ones == 0:
        return []
    changed = {5: "lăm"} if tens == 1 else {1: "mốt", 4: "tư", 5: "lăm"}
    return [changed.get(ones, _VI[ones])]


def _english(number: int) -> str:
    if number == 0:
        return _EN[0]
    return " ".join(_en_group(group) + _EN_GROUPS[power] for group, power in _groups(number))


def _en_group(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    words = [f"{_EN[hundreds]} hundred"] if hundreds else []
    if rest:
        words.append(_en_below_hundred(rest))
    return " and ".join(words)


def _en_below_hundred(number: int) -> str:
    if number < 20:
        return _EN[number]
    tens, ones = divmod(number, 10)
    return _EN_TENS[tens] + (f"-{_EN[ones]}" if ones else "")
