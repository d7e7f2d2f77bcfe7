"""The English catalogue keeps up with the Vietnamese texts."""

import re

from tests.nets.catalogue import english, is_translated, texts_of_program

NAMED = re.compile(r"%\((\w+)\)")


def test_every_text_of_the_program_is_in_the_english_catalogue() -> None:
    catalogue = english()
    missing = {
        text: place for place, text in texts_of_program() if not is_translated(catalogue, text)
    }
    told = "\n".join(f"{place}: {text}" for text, place in missing.items())
    assert not missing, f"{len(missing)} texts have no English:\n{told}"


def test_a_translation_names_the_same_values() -> None:
    wrong = []
    for message in english():
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = {name for each in ids for name in NAMED.findall(each)}
        for text in texts:
            named = set(NAMED.findall(text or ""))
            if text and not (named == wanted or (len(ids) > 1 and named | {"num"} == wanted)):
                wrong.append(f"{ids[0]} -> {text}")
    assert wrong == []


def test_no_vietnamese_is_left_in_english_words() -> None:
    """A text copied over and forgotten; names of people and units keep their letters."""
    letters = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
    copied = [
        message.id
        for message in english()
        if isinstance(message.id, str)
        and message.id == message.string
        and len(letters.findall(message.id)) > 1
    ]
    assert copied == []
