"""Buttons whose answer is shown once: sent again, they make nothing new."""

import secrets

from flask import session

from app.accounts.rules import AlreadyDone

KEY = "once"
MOST_OPEN_PAGES = 8


def one_use() -> str:
    """A word for one press of a button on the page now being written."""
    word = secrets.token_urlsafe(9)
    session[KEY] = [*session.get(KEY, [])[1 - MOST_OPEN_PAGES :], word]
    return word


def spend(word: str) -> None:
    """Use a word up; a reload of the answer comes with one already spent and is refused."""
    held = session.get(KEY, [])
    if not word or word not in held:
        raise AlreadyDone
    session[KEY] = [each for each in held if each != word]
