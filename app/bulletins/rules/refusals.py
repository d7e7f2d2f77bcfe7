"""Why a bulletin, or rules sent to parks, cannot be what was asked."""

from app.kernel.refusals import Refusal


class NotADraft(Refusal):
    """Nobody writes on what was withdrawn; what was published is corrected, not thrown away."""

    code = "bulletins.not_allowed_now"
    status = 409


class ChangedSince(Refusal):
    """Somebody else wrote on it after the page was opened."""

    code = "bulletins.changed_since"
    status = 409


class NothingChanged(Refusal):
    """A correction says something else than the version before."""

    code = "bulletins.nothing_changed"
    status = 409


class ReasonMissing(Refusal):
    """Who corrects or withdraws says why."""

    code = "bulletins.reason_missing"


class NoChannel(Refusal):
    """A bulletin goes to somebody."""

    code = "bulletins.no_channel"


class ChannelsStand(Refusal):
    """Whoever got a bulletin gets its correction: its channels stay."""

    code = "bulletins.channels_stand"
    status = 409


class NumberTaken(Refusal):
    """Another bulletin of that year has this number."""

    code = "bulletins.number_taken"
    status = 409


class IdentityInText(Refusal):
    """A text names an ID number; a bulletin names nobody."""

    code = "bulletins.identity_in_text"


class TotalBelowNew(Refusal):
    """Of a figure more are new than there are in all."""

    code = "bulletins.total_below_new"


class CaseListRefused(Refusal):
    """The list of cases has rows that cannot be published; `problems` are in its parameters."""

    code = "bulletins.case_list_refused"


class Unreadable(Refusal):
    """What came is no bulletin, or one with somebody's name or number in its list."""

    code = "bulletins.unreadable"


class RulesUnreadable(Refusal):
    """The document is none of the kinds that a park takes in."""

    code = "bulletins.rules_unreadable"


class RulesTextUnreadable(Refusal):
    """What was typed is no document: not YAML, JSON or CSV, or too large."""

    code = "bulletins.rules_text_unreadable"


class NoParkChosen(Refusal):
    """Rules go to all parks, or to those chosen."""

    code = "bulletins.no_park_chosen"


class NeverSentOut(Refusal):
    """It was sent already."""

    code = "bulletins.already_sent"
    status = 409
