"""The questions of a check-in: symptoms and exposures, as the rule data lists them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.refusals import Refusal


class BrokenRuleSet(Refusal):
    """The rule data contradicts itself; `where` names the place."""

    code = "checkins.broken_rule_set"


@dataclass(frozen=True, slots=True)
class Symptom:
    """One sign a person may tick."""

    id: str
    vi: str
    en: str
    group: str | None = None
    flags: frozenset[str] = frozenset()
    free_text: bool = False


@dataclass(frozen=True, slots=True)
class Exposure:
    """One question about contacts and places; `fields` are what a yes may add."""

    id: str
    vi: str
    en: str
    fields: tuple[str, ...] = ()
    several: bool = False
    names_symptoms: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every question there is, with the range a temperature in °C must lie in."""

    symptoms: Mapping[str, Symptom]
    exposures: Mapping[str, Exposure]
    fever_from_c: float
    plausible_c: tuple[float, float]
    lookback_days: int

    def in_order(self, symptoms: Iterable[str]) -> tuple[str, ...]:
        """The symptoms in the order of the list."""
        chosen = set(symptoms)
        return tuple(each for each in self.symptoms if each in chosen)

    def flagged(self, flag: str) -> frozenset[str]:
        """The symptoms that carry a mark such as `red_flag`."""
        return frozenset(each.id for each in self.symptoms.values() if flag in each.flags)

    def grouped(self, group: str) -> frozenset[str]:
        """The symptoms that an official list counts as one entry."""
        return frozenset(each.id for each in self.symptoms.values() if each.group == group)


def catalogue(
    symptoms: Mapping[str, Any],
    exposures: Mapping[str, Any],
    *,
    fever_from_c: float | None = None,
    lookback_days: int | None = None,
) -> Catalogue:
    """The questions out of the rule data; a company may set its own threshold and window."""
    low, high = symptoms["fever"]["plausible_range_c"]
    return Catalogue(
        symptoms={row["id"]: _symptom(row) for row in symptoms["symptoms"]},
        exposures={row["id"]: _exposure(row) for row in exposures["questions"]},
        fever_from_c=float(fever_from_c or symptoms["fever"]["threshold_c"]),
        plausible_c=(float(low), float(high)),
        lookback_days=lookback_days or int(exposures["lookback_days"]["default"]),
    )


def _symptom(row: Mapping[str, Any]) -> Symptom:
    return Symptom(
        id=row["id"],
        vi=row["vi"],
        en=row["en"],
        group=row.get("group"),
        flags=frozenset(name for name, value in row.items() if value is True),
        free_text=bool(row.get("free_text")),
    )


def _exposure(row: Mapping[str, Any]) -> Exposure:
    detail = row.get("detail", {})
    kind = detail.get("type")
    return Exposure(
        id=row["id"],
        vi=row["vi"],
        en=row["en"],
        fields=tuple(detail.get("fields", ())),
        several=kind == "list",
        names_symptoms=kind == "symptoms_ref",
    )
