"""Why something is not done with a notice."""

from app.kernel.refusals import Refusal


class NoticeNotAsked(Refusal):
    """Nobody has asked for approval of this notice."""

    code = "notices.not_asked"
    status = 409


class NoticeAsked(Refusal):
    """The notice waits for somebody's approval already."""

    code = "notices.asked"
    status = 409


class NotApproved(Refusal):
    """So many people are only written to when a second person has approved."""

    code = "notices.not_approved"
    status = 409


class NoticeCounting(Refusal):
    """The countdown runs; it has to be stopped before anything is changed."""

    code = "notices.counting"
    status = 409


class CountdownNotOver(Refusal):
    """Nothing is sent before the countdown has run out."""

    code = "notices.countdown_not_over"
    status = 409


class NothingIsSent(Refusal):
    """Nothing of the notice is being sent, so there is nothing to stop."""

    code = "notices.nothing_is_sent"
    status = 409


class NoticeSending(Refusal):
    """The notice is being sent; stop it first."""

    code = "notices.sending"
    status = 409


class NoticeSent(Refusal):
    """The notice was sent: a mistake in it is corrected by a new one."""

    code = "notices.sent"
    status = 409


class NoticeStopped(Refusal):
    """Sending was stopped; what is left to do is correct or withdraw."""

    code = "notices.stopped"
    status = 409


class NoticeCancelled(Refusal):
    """The notice was withdrawn; nothing follows on it."""

    code = "notices.cancelled"
    status = 409


class NoticeExpired(Refusal):
    """The notice's time is over; whoever still needs it writes a new one."""

    code = "notices.expired"
    status = 409


class NotSentYet(Refusal):
    """Nobody has got the notice: it is changed, not corrected."""

    code = "notices.not_sent_yet"
    status = 409


class AlreadyCorrected(Refusal):
    """Another correction of this notice exists; that one is the newest word."""

    code = "notices.already_corrected"
    status = 409


class OwnApproval(Refusal):
    """Whoever wrote a notice does not approve it."""

    code = "notices.own_approval"
    status = 403


class ChangedSince(Refusal):
    """Somebody changed the notice, or its receivers changed, since the page was opened."""

    code = "notices.changed_since"
    status = 409


class NobodyToReach(Refusal):
    """Not one person is in the audience."""

    code = "notices.nobody"


class NobodyToRemind(Refusal):
    """Not out long enough, over, or all who have not read it are told in person already."""

    code = "notices.nobody_to_remind"
    status = 409


class NoTarget(Refusal):
    """A notice says for whom it is."""

    code = "notices.no_target"


class OutsideReach(Refusal):
    """A place or group that whoever writes may not write to."""

    code = "notices.outside_reach"


class NothingToSay(Refusal):
    """A notice has a title and a text in Vietnamese."""

    code = "notices.nothing_to_say"


class TooLong(Refusal):
    """Longer than a notice may be; `most` in characters."""

    code = "notices.too_long"


class HalfTranslated(Refusal):
    """The other language has a title and a text, or neither."""

    code = "notices.half_translated"


class BadExpiry(Refusal):
    """A notice holds from now for at most 30 days."""

    code = "notices.bad_expiry"


class ReasonNeeded(Refusal):
    """Whoever corrects or withdraws says why."""

    code = "notices.reason_needed"
