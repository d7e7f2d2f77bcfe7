"""What in a list of cases looks like a person: a name, a phone or an ID number."""

import re
from enum import StrEnum

from app.kernel.text import fold, squeeze


class Trace(StrEnum):
    """What a text would give away of a person."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"


# Headings of columns that belong to a person; a column of these is refused unread.
HEADINGS: dict[str, Trace] = {
    **dict.fromkeys(
        (
            *("ho ten", "ho va ten", "ho va ten dem", "ten", "ten benh nhan", "ho ten benh nhan"),
            *("benh nhan", "nguoi benh", "name", "full name", "patient", "ten cong nhan"),
            *("ho ten nguoi lao dong", "nguoi lien he", "ten me", "ten bo", "chu nha tro"),
        ),
        Trace.NAME,
    ),
    **dict.fromkeys(
        ("dien thoai", "so dien thoai", "sdt", "dt", "di dong", "phone", "mobile", "lien he"),
        Trace.PHONE,
    ),
    **dict.fromkeys(
        (
            *("cccd", "cmnd", "so cccd", "so cmnd", "cmnd/cccd", "cccd/cmnd", "can cuoc"),
            *("can cuoc cong dan", "chung minh nhan dan", "ho chieu", "passport", "bhxh"),
            *("so bhxh", "bhyt", "ma so bhxh", "ngay sinh", "ma nhan vien", "so the"),
        ),
        Trace.ID_NUMBER,
    ),
}
FOLDED = {fold(heading): trace for heading, trace in HEADINGS.items()}
# Surnames that no place begins with; they count with whatever accents they were typed.
_SURE = "Nguyễn Trần Phạm Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Ngô Đoàn Trịnh Lưu Triệu Khổng Nghiêm Vương"
# Surnames that are also other words: with their own accents, or in a text without any.
_OTHER = (
    "lê hoàng hồ dương lý đào đinh lâm mai trương lương hà cao chu tạ tô thân giáp đàm quách tống"
    " thái bạch kiều lại mạc phùng hứa châu ninh từ"
)
_ADDRESSED = "ông bà anh chị em cháu cô chú bác cụ bé ong ba chi chau co bac"
_PLACES = (
    "xã phường thôn tổ xóm ấp khu kcn kcx ccn cụm công cty tnhh nhà đường phố huyện thị tx tt tp"
    " thành quận tỉnh chợ bệnh viện bv trường chung toà tòa ktx phân xưởng chuyền đội trục tdp kđt"
    " làng bản quốc ql siêu xí trạm chốt chùa x p h q"
)
SURE = frozenset(fold(each) for each in _SURE.split())
OTHER = frozenset(_OTHER.split())
OTHER_BARE = frozenset(fold(each) for each in OTHER)
ADDRESSED = frozenset(_ADDRESSED.split())
PLACES = frozenset(_PLACES.split())
BARE_PLACES = frozenset(fold(each) for each in PLACES) - OTHER_BARE - SURE
PROVINCES = frozenset(
    fold(each)
    for each in (
        *("Hà Nội", "Hồ Chí Minh", "Hà Nam", "Hà Giang", "Hà Tĩnh", "Cao Bằng", "Lâm Đồng"),
        *("Thái Nguyên", "Thái Bình", "Ninh Bình", "Ninh Thuận", "Lai Châu"),
    )
)
MIDDLE = frozenset({"thi", "van"})
SPLIT = re.compile(r"[,;/()\[\]|]|\s[-\u2013]\s")
# A phone number as people write it: with spaces, dots or dashes; 9 digits after 0 or 84.
PHONE = re.compile(r"(?<!\d)(?:\+?84|0)(?:[\s.\-]?\d){9,10}(?!\d)")
LONG_NUMBER = re.compile(r"(?<!\d)\d{9,}(?!\d)")
SPACED_ID = re.compile(r"(?<!\d)\d{3}(?:[\s.]\d{3}){2,3}(?!\d)")
# In a running text dots also part amounts: there only a leading nought makes them an ID number.
SPACED_IN_TEXT = re.compile(r"(?<!\d)(?:\d{3}(?:[^\S\n]\d{3}){2,3}|0\d{2}(?:\.\d{3}){3})(?!\d)")
LENGTHS = range(2, 6)


def find_trace(text: str) -> Trace | None:
    """What a cell would give away of a person; None for a place, a firm, a code or a day."""
    return find_number(text) or (Trace.NAME if looks_like_name(text) else None)


def find_number(text: str) -> Trace | None:
    """A phone or ID number in a text, however it is grouped."""
    if PHONE.search(text):
        return Trace.PHONE
    if LONG_NUMBER.search(text) or SPACED_ID.search(text):
        return Trace.ID_NUMBER
    return None


def has_id_number(text: str) -> bool:
    """Whether a running text names an ID number; hotlines and amounts are none."""
    rest = PHONE.sub(" ", text)
    return any(found.search(rest) for found in (LONG_NUMBER, SPACED_IN_TEXT))


def looks_like_name(text: str) -> bool:
    """Whether a part of a text reads as the name of somebody from here."""
    return any(_is_name(part) for part in SPLIT.split(text))


def _is_name(part: str) -> bool:
    typed = squeeze(part).replace(".", " ").casefold().split()
    if any(word in ADDRESSED and _named(typed[at:]) for at, word in enumerate(typed, start=1)):
        return True
    return _named(typed)


def _named(typed: list[str]) -> bool:
    """Whether these words are a surname and what follows one, and no place."""
    words = [fold(word) for word in typed]
    if len(words) not in LENGTHS or not all(word.isalpha() for word in words):
        return False
    if typed[0] in PLACES or words[0] in BARE_PLACES or " ".join(words) in PROVINCES:
        return False
    bare = all(word.isascii() for word in typed)
    other = typed[0] in OTHER or (bare and words[0] in OTHER_BARE)
    return words[0] in SURE or other or (len(words) > 2 and words[1] in MIDDLE)


def heading_trace(heading: str) -> Trace | None:
    """What a column of this heading would hold of a person."""
    return FOLDED.get(fold(heading).strip(" .:*"))
