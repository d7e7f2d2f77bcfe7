"""A message as it is copied into a chat group: plain text, no names."""

import unicodedata


def chat_text(title: str, text: str, ends: str, link: str, sender: str) -> str:
    """Title, text, how long it holds, where it stands and who says it, a line each.

    `ends` and `link` are whole sentences; empty ones are left out.
    """
    parts = [title.strip(), text.strip(), ends, link, sender.strip()]
    return unicodedata.normalize("NFC", "\n\n".join(part for part in parts if part))
