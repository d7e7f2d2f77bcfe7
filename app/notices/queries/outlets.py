"""What goes into a message where it is said to many at once."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from app.reminders.queries.hotlines import hotline

# Where a person would read their own.
THEIR_OWN: Mapping[str, Mapping[str, str]] = {
    "vi": {"company": "công ty", "line": "chuyền của bạn"},
    "en": {"company": "your company", "line": "your line"},
}


def words_for_all(session: Session, on: date) -> Mapping[str, Mapping[str, str]]:
    """What stands for placeholders, by language, on a day."""
    number = hotline(session, on)
    return {
        language: {**words, **({"hotline": number} if number else {})}
        for language, words in THEIR_OWN.items()
    }
