"""Why something is not done to a case."""

from app.kernel.refusals import Refusal


class CaseClosed(Refusal):
    """The case is closed; it has to be opened again first."""

    code = "cases.closed"
    status = 409


class CaseNotClosed(Refusal):
    """The case is open already."""

    code = "cases.not_closed"
    status = 409


class NobodyHasIt(Refusal):
    """Only who has a case can hand it over."""

    code = "cases.nobody_has_it"
    status = 409


class NoResultAwaited(Refusal):
    """No sample was taken whose result is still to come."""

    code = "cases.no_result_awaited"
    status = 409


class LevelIsGreen(Refusal):
    """The level was cleared already."""

    code = "cases.level_is_green"
    status = 409


class ChangedSince(Refusal):
    """Somebody else has acted on the case since the page was opened."""

    code = "cases.changed_since"
    status = 409


class LevelStands(Refusal):
    """A case is not closed while its worker's level stands at amber or red."""

    code = "cases.level_stands"
    status = 409


class AnotherOpen(Refusal):
    """The worker has an open case already."""

    code = "cases.another_open"
    status = 409


class WordsNeeded(Refusal):
    """Whoever does this says why, in words."""

    code = "cases.words_needed"


class TaskIsOver(Refusal):
    """The task was done, or dropped, before."""

    code = "cases.task_is_over"
    status = 409


class UnknownOwner(Refusal):
    """That person may not follow this worker up."""

    code = "cases.unknown_owner"


class RuleUnverified(Refusal):
    """Nobody has read that rule in its source: a person clears and says why."""

    code = "cases.rule_unverified"
    status = 409


class RuleNotMet(Refusal):
    """What the rule asks for is still wanting."""

    code = "cases.rule_not_met"
    status = 409


class AlreadyEscalated(Refusal):
    """The case went up to the province before."""

    code = "cases.already_escalated"
    status = 409


class DayNotAsked(Refusal):
    """That day is not one of the days of this follow-up, or has not come yet."""

    code = "cases.day_not_asked"


class BadPlan(Refusal):
    """Follow-up runs for 1 to 30 days and begins within 30 days of today."""

    code = "cases.bad_plan"


class BadDueTime(Refusal):
    """A task is due from now on, and within 30 days."""

    code = "cases.bad_due_time"
