"""A message as it is said where many read or hear it: nobody's own line or company in it."""

from collections.abc import Mapping

from app.delivery.rules.messages import fill


def for_everybody(
    texts: Mapping[str, str], words: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Texts by language with the words for all in place of what differs by person."""
    return {language: fill(text, words.get(language, {})) for language, text in texts.items()}
