"""Why something is not done with a notice of the province."""

from app.kernel.refusals import Refusal


class NoParks(Refusal):
    """No park is enrolled that could be told."""

    code = "alerts.no_parks"


class UnknownParks(Refusal):
    """A park that is not enrolled here, or is shut out."""

    code = "alerts.unknown_parks"


class CompaniesNeedParks(Refusal):
    """A company's code names it within one park only: the parks have to be chosen."""

    code = "alerts.companies_need_parks"


class BadCompanyCode(Refusal):
    """Too many company codes, or one that cannot be a code; `given` as it was typed."""

    code = "alerts.bad_company_code"


class BadShift(Refusal):
    """A shift that no park knows, or one without its day."""

    code = "alerts.bad_shift"


class NoSharedPlaceholder(Refusal):
    """The hotline is each park's own: the province writes the number itself."""

    code = "alerts.no_shared_placeholder"


class AlreadyGone(Refusal):
    """The notice is in the logs of parks: it can be corrected or withdrawn, not taken back."""

    code = "alerts.already_gone"
    status = 409


class StillGoing(Refusal):
    """It is being written into the logs of the parks; a correction follows when that is done."""

    code = "alerts.still_going"
    status = 409


class NothingCounting(Refusal):
    """No countdown runs that could be called off."""

    code = "alerts.nothing_counting"
    status = 409


class MalformedState(Refusal):
    """What a park told of a notice cannot be read."""

    code = "alerts.malformed_state"


class UnknownAlert(Refusal):
    """A park tells of a notice that this province never sent it."""

    code = "alerts.unknown_alert"
