"""An SMS made ready: the number as the networks write it, and a text no longer than is meant."""

from dataclasses import dataclass

from app.delivery.rules import BadMessage, BadRecipient, Outbound
from app.delivery.rules.numbers import NUMBER, with_84
from app.delivery.rules.sms import SmsText, sms_text


@dataclass(frozen=True, slots=True)
class ReadySms:
    """One SMS ready to go; `number` begins with 84."""

    number: str
    made: SmsText


def ready_sms(out: Outbound, *, accents: bool, max_parts: int) -> ReadySms:
    """A message as SMS, or why it can be none."""
    number = with_84(out.address)
    if not NUMBER.fullmatch(number):
        raise BadRecipient("no_address")
    made = sms_text(out.text, accented=accents)
    if made.size.parts > max_parts:
        raise BadMessage("too_long", f"{made.size.parts} parts")
    if not made.text.strip():
        raise BadMessage("no_text")
    return ReadySms(number, made)


def no_phone(address: str) -> BadRecipient | None:
    """What is no phone number of Vietnam reaches nobody."""
    return None if NUMBER.fullmatch(with_84(address)) else BadRecipient("no_address")


def written_number(number: str, form: str) -> str:
    """A number that begins with 84, in the form that a gateway wants: 84, 0 or +84."""
    return {"84": number, "0": "0" + number[2:], "+84": "+" + number}[form]
