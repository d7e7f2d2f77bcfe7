"""When a triage rule matches: conditions on symptoms, temperature and exposures."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Signs:
    """What a condition looks at: symptoms (a measured fever among them), °C, exposures."""

    symptoms: frozenset[str]
    temperature_c: float | None
    exposures: frozenset[str]


class Condition(Protocol):
    """When a rule matches."""

    def holds(self, signs: Signs) -> bool:
        """Whether the signs fulfil it."""


@dataclass(frozen=True, slots=True)
class TemperatureFrom:
    """A measured temperature of at least so many °C."""

    threshold_c: float

    def holds(self, signs: Signs) -> bool:
        """Whether the temperature reaches the threshold."""
        return signs.temperature_c is not None and signs.temperature_c >= self.threshold_c


@dataclass(frozen=True, slots=True)
class AnySymptom:
    """At least one of the symptoms."""

    symptoms: frozenset[str]

    def holds(self, signs: Signs) -> bool:
        """Whether one of them was named."""
        return not self.symptoms.isdisjoint(signs.symptoms)


@dataclass(frozen=True, slots=True)
class AnyExposure:
    """At least one of the questions answered with yes."""

    exposures: frozenset[str]

    def holds(self, signs: Signs) -> bool:
        """Whether one of them was answered with yes."""
        return not self.exposures.isdisjoint(signs.exposures)


@dataclass(frozen=True, slots=True)
class AllSymptoms:
    """Every one of the symptoms together."""

    symptoms: frozenset[str]

    def holds(self, signs: Signs) -> bool:
        """Whether all of them were named."""
        return self.symptoms <= signs.symptoms


@dataclass(frozen=True, slots=True)
class SymptomCount:
    """At least so many entries of an official list; an entry of several signs counts once."""

    at_least: int
    entries: tuple[frozenset[str], ...]

    def holds(self, signs: Signs) -> bool:
        """Whether enough entries are met."""
        met = sum(1 for entry in self.entries if not entry.isdisjoint(signs.symptoms))
        return met >= self.at_least


@dataclass(frozen=True, slots=True)
class AllOf:
    """All parts together."""

    parts: tuple[Condition, ...]

    def holds(self, signs: Signs) -> bool:
        """Whether every part holds."""
        return all(part.holds(signs) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the parts."""

    parts: tuple[Condition, ...]

    def holds(self, signs: Signs) -> bool:
        """Whether a part holds."""
        return any(part.holds(signs) for part in self.parts)
