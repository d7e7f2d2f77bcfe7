"""The answers of one check-in, read out of plain JSON and checked question by question."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from app.checkins.rules.catalogue import Catalogue
from app.kernel.refusals import BadFields
from app.kernel.text import nfc

TEXT_LIMIT = 500
ITEMS_LIMIT = 20
FIELDS_LIMIT = 20

Scalar = str | int | float | bool
Item = dict[str, Scalar]
Detail = dict[str, Scalar | list[str] | list[Item]]
Problem = tuple[str, str]


class BadAnswers(BadFields):
    """The answers are not of the shape a check-in has."""

    code = "checkins.bad_answers"


class UnknownSymptom(BadAnswers):
    """A symptom that the list does not know."""

    code = "checkins.unknown_symptom"


class UnknownExposure(BadAnswers):
    """An exposure question that the list does not know."""

    code = "checkins.unknown_exposure"


class TemperatureOutOfRange(BadAnswers):
    """No living person has that temperature: a slip of the finger."""

    code = "checkins.temperature_out_of_range"


_KINDS = {kind.code: kind for kind in (UnknownSymptom, UnknownExposure, TemperatureOutOfRange)}
# What cannot be told apart by one class is told apart by the code of the field.
SYMPTOMS_REQUIRED = "checkins.symptoms_required"
NOT_A_NUMBER = "checkins.not_a_number"
TEXT_TOO_LONG = "checkins.text_too_long"
WRONG_SHAPE = BadAnswers.code
FIELD_CODES = (*_KINDS, SYMPTOMS_REQUIRED, NOT_A_NUMBER, TEXT_TOO_LONG, WRONG_SHAPE)


@dataclass(frozen=True, slots=True)
class Answers:
    """What one person answered; `denied` are the questions answered with a no, °C as given."""

    symptoms: tuple[str, ...] = ()
    temperature_c: float | None = None
    exposures: Mapping[str, Detail] = field(default_factory=dict)
    denied: tuple[str, ...] = ()
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The answers as they are stored; reading them again gives the same."""
        plain: dict[str, Any] = {
            "symptoms": list(self.symptoms),
            "temperature_c": self.temperature_c,
            "exposures": {each: detail or True for each, detail in self.exposures.items()},
        }
        if self.denied:
            plain["denied"] = list(self.denied)
        if self.note:
            plain["note"] = self.note
        return plain


def parse_answers(raw: object, questions: Catalogue, *, at: str = "") -> Answers:
    """Read answers, or refuse with every wrong field; `at` is the pointer of the whole."""
    if not isinstance(raw, Mapping):
        raise BadAnswers([(at, WRONG_SHAPE)])
    problems: list[Problem] = []
    symptoms = _symptoms(raw, questions, f"{at}/symptoms", problems)
    temperature_c = _temperature(raw, questions, f"{at}/temperature_c", problems)
    exposures, denied = _exposures(raw, questions, f"{at}/exposures", problems)
    denied += _denied(raw, questions, f"{at}/denied", problems)
    note = "" if raw.get("note") is None else _text(raw["note"], f"{at}/note", problems)
    if problems:
        raise _KINDS.get(problems[0][1], BadAnswers)(problems)
    return Answers(
        symptoms=questions.in_order(symptoms),
        temperature_c=temperature_c,
        exposures={each: exposures[each] for each in questions.exposures if each in exposures},
        denied=tuple(dict.fromkeys(each for each in denied if each not in {*symptoms, *exposures})),
        note=note.strip(),
    )


def _symptoms(
    raw: Mapping[str, Any], questions: Catalogue, at: str, problems: list[Problem]
) -> list[str]:
    if "symptoms" not in raw:
        problems.append((at, SYMPTOMS_REQUIRED))
        return []
    return _known_symptoms(raw["symptoms"], questions, at, problems)


def _known_symptoms(
    given: object, questions: Catalogue, at: str, problems: list[Problem]
) -> list[str]:
    if not isinstance(given, list):
        problems.append((at, WRONG_SHAPE))
        return []
    known = []
    for place, each in enumerate(given):
        if isinstance(each, str) and each in questions.symptoms:
            known.append(each)
        else:
            problems.append((f"{at}/{place}", UnknownSymptom.code))
    return known


def _temperature(
    raw: Mapping[str, Any], questions: Catalogue, at: str, problems: list[Problem]
) -> float | None:
    given = raw.get("temperature_c")
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float):
        problems.append((at, NOT_A_NUMBER))
        return None
    low, high = questions.plausible_c
    if not (isfinite(given) and low <= given <= high):
        problems.append((at, TemperatureOutOfRange.code))
        return None
    return float(given)


def _exposures(
    raw: Mapping[str, Any], questions: Catalogue, at: str, problems: list[Problem]
) -> tuple[dict[str, Detail], list[str]]:
    given = raw.get("exposures")
    if given is None:
        return {}, []
    if not isinstance(given, Mapping):
        problems.append((at, WRONG_SHAPE))
        return {}, []
    said_yes: dict[str, Detail] = {}
    said_no: list[str] = []
    for name, answer in given.items():
        here = f"{at}/{_escaped(name)}"
        if name not in questions.exposures:
            problems.append((here, UnknownExposure.code))
        elif answer is False:
            said_no.append(name)
        elif answer is True:
            said_yes[name] = {}
        elif isinstance(answer, Mapping):
            said_yes[name] = _detail(answer, questions, here, problems)
        elif answer is not None:
            problems.append((here, WRONG_SHAPE))
    return said_yes, said_no


def _detail(
    answer: Mapping[str, Any], questions: Catalogue, at: str, problems: list[Problem]
) -> Detail:
    detail: Detail = {}
    if "symptoms" in answer:
        past = _known_symptoms(answer["symptoms"], questions, f"{at}/symptoms", problems)
        detail["symptoms"] = list(questions.in_order(past))
    if "items" in answer:
        detail["items"] = list(_items(answer["items"], f"{at}/items", problems))
    rest = {name: value for name, value in answer.items() if name not in {"symptoms", "items"}}
    detail.update(_fields(rest, at, problems))
    return detail


def _items(given: object, at: str, problems: list[Problem]) -> Iterator[Item]:
    if not isinstance(given, list) or len(given) > ITEMS_LIMIT:
        problems.append((at, WRONG_SHAPE))
        return
    for place, item in enumerate(given):
        if isinstance(item, Mapping):
            yield _fields(item, f"{at}/{place}", problems)
        else:
            problems.append((f"{at}/{place}", WRONG_SHAPE))


def _fields(given: Mapping[str, Any], at: str, problems: list[Problem]) -> Item:
    if len(given) > FIELDS_LIMIT:
        problems.append((at, WRONG_SHAPE))
        return {}
    fields: Item = {}
    for name, value in given.items():
        here = f"{at}/{_escaped(name)}"
        if not _is_writable(str(name)) or len(str(name)) > TEXT_LIMIT:
            problems.append((at, WRONG_SHAPE))
        elif isinstance(value, str):
            fields[nfc(str(name))] = _text(value, here, problems)
        elif isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)):
            fields[nfc(str(name))] = value
        elif value is not None:
            problems.append((here, WRONG_SHAPE))
    return fields


def _denied(
    raw: Mapping[str, Any], questions: Catalogue, at: str, problems: list[Problem]
) -> list[str]:
    given = raw.get("denied")
    if given is None:
        return []
    if not isinstance(given, list):
        problems.append((at, WRONG_SHAPE))
        return []
    known = {*questions.symptoms, *questions.exposures}
    unknown = [
        place for place, each in enumerate(given) if not (isinstance(each, str) and each in known)
    ]
    problems.extend((f"{at}/{place}", WRONG_SHAPE) for place in unknown)
    return [] if unknown else given


def _text(given: object, at: str, problems: list[Problem]) -> str:
    if not isinstance(given, str) or not _is_writable(given):
        problems.append((at, WRONG_SHAPE))
        return ""
    text = nfc(given)
    if len(text) > TEXT_LIMIT:
        problems.append((at, TEXT_TOO_LONG))
        return ""
    return text


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON lets through
        return False
    return True


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")
