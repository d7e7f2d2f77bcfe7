"""How a notice reads on each road, before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.delivery.rules.messages import fill
from app.delivery.rules.sms import SmsSize, SmsText, sms_size, sms_text
from app.extensions import db
from app.notices.rules.wording import Wording, in_one_line
from app.reminders.queries.hotlines import hotline

if TYPE_CHECKING:
    from app.accounts.models import Branch


@dataclass(frozen=True, slots=True)
class Previews:
    """Titles and texts as people read them, and as a text message carries them."""

    titles: Mapping[str, str]
    texts: Mapping[str, str]
    sms: SmsText
    sms_accented: SmsSize
    spoken: str


def previews_of(
    wording: Wording, owner: "Branch", on: date, example: tuple[str, str] | None = None
) -> Previews:
    """A notice as somebody reads it who works at this company and line.

    Without such an example what differs by person stays in braces.
    """
    values = {"hotline": hotline(db.session(), on)}
    if example is not None:
        values["company"], values["line"] = example
    elif owner.company_id is not None:
        values["company"] = owner.name
    titles = {language: fill(title, values) for language, title in wording.titles.items()}
    texts = {language: fill(text, values) for language, text in wording.texts.items()}
    whole = in_one_line(titles["vi"], texts["vi"])
    return Previews(titles, texts, sms_text(whole), sms_size(whole), whole)
