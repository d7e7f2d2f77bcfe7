"""What people do, one act after the other, and what they may have to tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any, NamedTuple

from app.checkins.rules.requests import Source
from app.demo.rules.chance import Weighted, weighted
from app.workforce.rules.shifts import ShiftCode

Answers = dict[str, Any]


class Answered(NamedTuple):
    """An answer that reached the park; `by` is the account of who gave it for somebody else."""

    at: datetime
    on: date
    shift: ShiftCode
    answers: Answers
    made_at: datetime
    offset_ms: int | None
    observed_at: datetime | None
    source: Source
    by: str | None
    device: str | None


class Absent(NamedTuple):
    """An expected worker who was noted as not at work."""

    at: datetime
    on: date
    shift: ShiftCode
    reason: str
    by: str


class Cleared(NamedTuple):
    """A standing level set back by the officer."""

    at: datetime
    reason: str


class Viewed(NamedTuple):
    """The officer looked at this person's health on a page."""

    at: datetime
    page: str


Act = Answered | Absent | Cleared | Viewed

WELL: Answers = {
    "symptoms": [],
    "temperature_c": None,
    "exposures": {"contact_case": False, "contact_f1": False},
}
MEASURED: Sequence[Answers] = tuple(
    WELL | {"temperature_c": tenths / 10} for tenths in range(362, 371)
)
FEVERISH: Answers = {"symptoms": ["fever", "cough"], "temperature_c": 38.4, "exposures": {}}
NEAR_A_CASE: Answers = {
    "symptoms": [],
    "temperature_c": 36.7,
    "exposures": {"contact_symptomatic": True, "contact_case": False},
}

_SIGNS = weighted(
    {
        ("runny_nose",): 26,
        ("headache",): 20,
        ("sore_throat",): 9,
        ("cough",): 8,
        ("runny_nose", "headache"): 8,
        ("fatigue",): 5,
        ("myalgia",): 6,
        ("diarrhoea",): 6,
        ("fever",): 4,
        ("cough", "sore_throat"): 4,
        ("nausea",): 3,
        ("taste_smell",): 1,
    }
)
_CONTACTS: Weighted[str] = weighted(
    {
        "travel": 40,
        "crowd_event": 20,
        "contact_symptomatic": 15,
        "lodging_change": 15,
        "outbreak_area": 6,
        "household_isolated": 4,
    }
)
CONTACT_ONLY = 0.2
FEVER = (37.5, 38.9)
USUAL = (36.2, 37.2)


@dataclass(frozen=True, slots=True)
class Signs:
    """An illness or a contact: what is answered, on how many shifts, and whether at home."""

    answers: Answers
    shifts: int
    stays_home: bool


def new_signs(chance: Random) -> Signs:
    """Something that a person may have: mostly a cold."""
    if chance.random() < CONTACT_ONLY:
        contact = _CONTACTS.draw(chance)
        return Signs(WELL | {"exposures": {contact: True}}, 1, False)
    symptoms = list(_SIGNS.draw(chance))
    low, high = FEVER if "fever" in symptoms else USUAL
    measured = "fever" in symptoms or chance.random() < 0.5
    temperature_c = round(chance.uniform(low, high), 1) if measured else None
    answers: Answers = {
        "symptoms": symptoms,
        "temperature_c": temperature_c,
        "exposures": {},
    }
    return Signs(answers, chance.choice((1, 1, 2, 2, 3)), chance.random() < 0.3)


def well_temperature(chance: Random) -> str:
    """A temperature as an officer writes it when all is well."""
    return f"36,{chance.randrange(2, 9)}"
