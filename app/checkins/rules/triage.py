"""From answers to a level: the most severe matching rule, with every reason."""

from dataclasses import dataclass
from enum import StrEnum

from app.checkins.rules.answers import Answers
from app.checkins.rules.catalogue import Catalogue
from app.checkins.rules.conditions import Condition, Signs, TemperatureFrom
from app.checkins.rules.levels import Level, worst

FEVER = "fever"


class Advice(StrEnum):
    """What to do; of two at the same level the one that stands first here is given."""

    EMERGENCY = "emergency"
    ISOLATE = "isolate"
    STAY_HOME = "stay_home"
    WATCH = "watch"
    NOTE_LODGING = "note_lodging"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a rule set; its id is the code of the reason."""

    id: str
    level: Level
    condition: Condition
    advice: Advice
    evidence: str


@dataclass(frozen=True, slots=True)
class WellMeans:
    """What the one green tap answers with a no: the questions that its sentence names."""

    symptoms: tuple[str, ...]
    exposures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules of one source and date, with the questions they speak of; `version` is "id@n"."""

    id: str
    version: str
    vi: str
    en: str
    basis: str
    evidence: str
    status: str
    rules: tuple[Rule, ...]
    questions: Catalogue
    well: WellMeans


@dataclass(frozen=True, slots=True)
class Verdict:
    """The level of one answer, every reason in the order of the rules, and what to do."""

    level: Level
    reasons: tuple[str, ...]
    advice: Advice | None
    version: str


def triage(answers: Answers, rules: RuleSet) -> Verdict:
    """Judge one answer: the most severe matching rule decides; nothing matching is green."""
    signs = _signs(answers, rules.questions)
    matching = [rule for rule in rules.rules if rule.condition.holds(signs)]
    level = worst(rule.level for rule in matching)
    deciding = {rule.advice for rule in matching if rule.level == level}
    advice = next((each for each in Advice if each in deciding), None)
    return Verdict(level, tuple(rule.id for rule in matching), advice, rules.version)


def _signs(answers: Answers, questions: Catalogue) -> Signs:
    hot = TemperatureFrom(questions.fever_from_c)
    bare = Signs(frozenset(answers.symptoms), answers.temperature_c, frozenset(answers.exposures))
    if not hot.holds(bare):
        return bare
    return Signs(bare.symptoms | {FEVER}, bare.temperature_c, bare.exposures)


def well_means(rules: RuleSet) -> WellMeans:
    """The questions that the one green tap answers with a no."""
    return rules.well


def well_answers(rules: RuleSet) -> Answers:
    """The answers of a person who tapped "I am well"."""
    return Answers(denied=(*rules.well.symptoms, *rules.well.exposures))
