"""Whether what somebody wrote back says that they are well, and nothing else."""

import re
import unicodedata

from app.kernel.text import fold, nfc

LONGEST = 40
# Read without accents. "Đã khoẻ" speaks of an illness and "dạ khoẻ" folds to the same: neither.
WELL = frozenset(
    {
        "khoe",
        "khoe manh",
        *(f"{who} {how}" for who in ("toi", "em", "minh") for how in ("khoe", "van khoe")),
        *(f"{who} khoe manh" for who in ("toi", "em", "minh")),
        "van khoe",
    }
)
# A button's text may begin with a hash; a question or a picture is no answer.
_SHAPE = re.compile(r"#?[^\W\d_]+(?: [^\W\d_]+)*[.!]{0,3}")


def says_well(text: str) -> bool:
    """Whether a text says "I am well" as a whole, in any case, with or without accents.

    A word beside it, a question mark, a picture, or letters struck through make it something else.
    """
    if len(text) > 4 * LONGEST:
        return False
    said = re.sub(r"[^\S\n]+", " ", nfc(text)).strip()
    if len(said) > LONGEST or any(unicodedata.combining(sign) for sign in said):
        return False
    return _SHAPE.fullmatch(said) is not None and fold(said).strip("#.! ") in WELL
