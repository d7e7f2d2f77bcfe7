"""What a company's timetable is refused for."""

from app.kernel.refusals import Refusal


class PatternNameTaken(Refusal):
    """The company has another pattern of this name."""

    code = "workforce.pattern_name_taken"
    status = 409


class HolidayStands(Refusal):
    """The day is off already."""

    code = "workforce.holiday_stands"
    status = 409


class TooManySlips(Refusal):
    """More people than fit into one printing; `most`."""

    code = "workforce.too_many_slips"


class SlipsJustIssued(Refusal):
    """Somebody of these got a PIN after the page was opened; printing again would undo it."""

    code = "workforce.slips_just_issued"
    status = 409


class TooManyCards(Refusal):
    """More cards than one printing makes; `most`."""

    code = "workforce.too_many_cards"


class NobodyForCards(Refusal):
    """Nobody was chosen, or nobody there needs a card any more."""

    code = "workforce.nobody_for_cards"


class PaperNotDrawn(Refusal):
    """The program that draws PDF failed or took too long; nothing was changed."""

    code = "workforce.paper_not_drawn"
    status = 503
