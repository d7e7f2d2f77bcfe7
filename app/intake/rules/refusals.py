"""What the province's inboxes are refused with."""

from app.kernel.refusals import Refusal


class ItemClosed(Refusal):
    """It is closed; whoever goes on with it opens it again first."""

    code = "intake.closed"
    status = 409


class ItemNotClosed(Refusal):
    """Only what was answered or closed is opened again."""

    code = "intake.not_closed"
    status = 409


class ItemAnswered(Refusal):
    """It has its answer; it may be answered again, opened again or closed."""

    code = "intake.answered"
    status = 409


class NotAnsweredHere(Refusal):
    """The park that has the task answers it."""

    code = "intake.not_answered_here"
    status = 409


class NothingYetToClose(Refusal):
    """The park still works on the task, and would not be told."""

    code = "intake.task_open"
    status = 409


class ItemMoved(Refusal):
    """Somebody did something with it since the page was opened."""

    code = "intake.moved"
    status = 409


class NothingToUndo(Refusal):
    """The last thing that was done cannot be taken back, or somebody else did it."""

    code = "intake.nothing_to_undo"
    status = 409


class NoOwner(Refusal):
    """Nobody like that may work on it."""

    code = "intake.no_owner"


class WordsNeeded(Refusal):
    """This act needs some words, at most as many letters as `most` says."""

    code = "intake.words_needed"


class NothingChosen(Refusal):
    """No item was ticked."""

    code = "intake.nothing_chosen"


class UnknownAct(Refusal):
    """No such act."""

    code = "intake.unknown_act"


class UnknownPark(Refusal):
    """No such park, or its key was revoked: nothing can be sent to it."""

    code = "intake.unknown_park"


class ContentGone(Refusal):
    """What it said was destroyed, or has not come yet: there is nothing to answer."""

    code = "intake.content_gone"
    status = 409


class NotAnItem(Refusal):
    """What was sealed is no case, feedback, answer or task that can be read."""

    code = "intake.not_an_item"


class NobodyWaits(Refusal):
    """The answer is to something that is not here."""

    code = "intake.nobody_waits"
