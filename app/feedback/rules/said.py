"""What is kept of something written back: the words, and by name what is no text."""

from collections.abc import Mapping
from types import MappingProxyType

from app.delivery.rules.heard import HeardKind
from app.feedback.rules.notes import LONGEST_TEXT

# A person writes in a break, a flood is a machine or a joke.
MOST_A_DAY = 5
# Written beside the words of the person, in the language that notes are read in.
NAMES: Mapping[HeardKind, str] = MappingProxyType(
    {
        HeardKind.PICTURE: "[Ảnh gửi qua Zalo]",
        HeardKind.STICKER: "[Nhãn dán gửi qua Zalo]",
        HeardKind.SOUND: "[Tin thoại gửi qua Zalo]",
        HeardKind.VIDEO: "[Video gửi qua Zalo]",
        HeardKind.FILE: "[Tệp gửi qua Zalo]",
        HeardKind.LINK: "[Đường dẫn gửi qua Zalo]",
        HeardKind.PLACE: "[Vị trí gửi qua Zalo]",
        HeardKind.CONTACT: "[Danh thiếp gửi qua Zalo]",
    }
)


def text_of(kind: HeardKind, said: str) -> str:
    """The text of a note; empty for what says nothing."""
    name = NAMES.get(kind, "")
    return " ".join(each for each in (name, said) if each)[:LONGEST_TEXT].rstrip()
