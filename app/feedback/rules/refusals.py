"""What feedback is refused with."""

from app.kernel.refusals import Refusal


class FeedbackClosed(Refusal):
    """It is closed; whoever goes on with it opens it again first."""

    code = "feedback.closed"
    status = 409


class FeedbackNotClosed(Refusal):
    """Only what was answered or closed is opened again."""

    code = "feedback.not_closed"
    status = 409


class FeedbackAnswered(Refusal):
    """It has its answer already; it may be answered again, passed on, opened again or closed."""

    code = "feedback.answered"
    status = 409


class FeedbackMoved(Refusal):
    """Somebody did something with it since the page was opened."""

    code = "feedback.moved"
    status = 409


class NotHeldHere(Refusal):
    """It lies with somebody else now: it can be read, not worked on."""

    code = "feedback.not_held"
    status = 409


class NoFurther(Refusal):
    """There is nobody above to pass it on to."""

    code = "feedback.no_further"
    status = 409


class NothingToUndo(Refusal):
    """The last thing that was done cannot be taken back: somebody has been told."""

    code = "feedback.nothing_to_undo"
    status = 409


class NotTheSame(Refusal):
    """These two cannot be put together: one itself, or one that lies elsewhere."""

    code = "feedback.not_the_same"
    status = 409


class NoOwner(Refusal):
    """Nobody like that may work on it."""

    code = "feedback.no_owner"


class WordsNeeded(Refusal):
    """This act needs some words, at most 2,000 letters."""

    code = "feedback.words_needed"


class NotAPicture(Refusal):
    """What came as a picture is none that can be read, or it is too large."""

    code = "feedback.not_a_picture"


class UnknownCode(Refusal):
    """No feedback waits under this code."""

    code = "feedback.unknown_code"
    status = 404


class TooManyNotes(Refusal):
    """More came than people write in a minute; it may be tried again."""

    code = "feedback.too_many"
    status = 429


class NotKept(Refusal):
    """The note was not kept; it may be tried again."""

    code = "feedback.not_kept"
    status = 503
