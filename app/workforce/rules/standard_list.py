"""The list a campaign asks for: what each column says of a person, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.kernel.refusals import Refusal


class NobodyToList(Refusal):
    """Nobody works in what was chosen."""

    code = "workforce.nobody_to_list"


class ListField(StrEnum):
    """What a column of the list holds that the program knows."""

    ROW_NUMBER = "row_number"
    NAME = "name"
    BORN = "born"
    SEX = "sex"
    PRIORITY_GROUP = "priority_group"
    EMPLOYER = "employer"
    PHONE = "phone"
    ID_NUMBER = "id_number"


class Lack(StrEnum):
    """What is missing about a person."""

    BORN = "born"
    BORN_DAY = "born_day"
    SEX = "sex"
    PHONE = "phone"
    ID_NUMBER = "id_number"


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column by its heading; `field` is None where the program keeps nothing of the kind."""

    heading: str
    field: ListField | None


@dataclass(frozen=True, slots=True)
class StandardList:
    """A list by its columns; `is_verified` where these were read in a source, not remembered."""

    id: str
    name: str
    as_of: date
    is_verified: bool
    sex_words: Mapping[str, str]
    columns: tuple[ListColumn, ...]

    @property
    def headings(self) -> list[str]:
        """The headings in order."""
        return [column.heading for column in self.columns]

    @property
    def not_kept(self) -> list[str]:
        """Headings of columns of which the program knows nothing."""
        return [column.heading for column in self.columns if column.field is None]


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """What the list says of one worker; phone and ID number are clean already."""

    id: str
    name: str
    badge: str
    born_on: date | None = None
    birth_year: int | None = None
    sex: str | None = None
    phone: str | None = None
    id_number: str | None = None


def standard_list(data: Mapping[str, Any], list_id: str) -> StandardList:
    """One of the lists of the data file."""
    found = next(each for each in data["lists"] if each["id"] == list_id)
    return StandardList(
        list_id,
        found["vi"],
        data["as_of"],
        found["evidence"] == "found",
        found["sex"],
        tuple(
            ListColumn(column["vi"], ListField(column["field"]) if "field" in column else None)
            for column in found["columns"]
        ),
    )


def row_of(
    wanted: StandardList,
    number: int,
    person: ListedPerson,
    *,
    employer: str,
    priority_group: int | None,
) -> list[str | int | None]:
    """The cells of one person in the order of the columns; what is not known stays empty."""
    known: dict[ListField, str | int | None] = {
        ListField.ROW_NUMBER: number,
        ListField.NAME: person.name,
        ListField.BORN: born_text(person),
        ListField.SEX: wanted.sex_words.get(person.sex or ""),
        ListField.PRIORITY_GROUP: priority_group,
        ListField.EMPLOYER: employer,
        ListField.PHONE: person.phone,
        ListField.ID_NUMBER: person.id_number,
    }
    return [known[column.field] if column.field else None for column in wanted.columns]


def born_text(person: ListedPerson) -> str | None:
    """The birthday as dd/mm/yyyy, or the year alone where no more is known."""
    if person.born_on is not None:
        return f"{person.born_on.day:02}/{person.born_on.month:02}/{person.born_on.year:04}"
    return f"{person.birth_year:04}" if person.birth_year else None


def lacks_of(wanted: StandardList, person: ListedPerson) -> list[Lack]:
    """What a person's row should say and does not."""
    fields = {column.field for column in wanted.columns}
    found = []
    if ListField.BORN in fields and person.born_on is None:
        found.append(Lack.BORN_DAY if person.birth_year else Lack.BORN)
    if ListField.SEX in fields and person.sex not in wanted.sex_words:
        found.append(Lack.SEX)
    if ListField.PHONE in fields and not person.phone:
        found.append(Lack.PHONE)
    if ListField.ID_NUMBER in fields and not person.id_number:
        found.append(Lack.ID_NUMBER)
    return found
