"""What a CAP file is refused for; each names the element as the standard does."""

from app.kernel.refusals import Refusal


class CapTooLarge(Refusal):
    """The file is larger than an alert is; `kilobytes` allowed."""

    code = "notices.cap_too_large"
    status = 413


class CapNotXml(Refusal):
    """The file is no well-formed XML."""

    code = "notices.cap_not_xml"


class CapForbiddenXml(Refusal):
    """The file declares a document type or entities, which an alert never needs."""

    code = "notices.cap_forbidden_xml"


class CapOtherFormat(Refusal):
    """The file is XML and no alert of CAP 1.2."""

    code = "notices.cap_other_format"


class CapMissing(Refusal):
    """A required `element` is not there, or empty."""

    code = "notices.cap_missing"


class CapRepeated(Refusal):
    """An `element` that may stand once stands more than once."""

    code = "notices.cap_repeated"


class CapBadTime(Refusal):
    """An `element` is no time of the form 2026-11-25T05:40:00+07:00; `value` as found."""

    code = "notices.cap_bad_time"


class CapBadValue(Refusal):
    """An `element` holds a `value` that is none of those allowed."""

    code = "notices.cap_bad_value"


class CapBadName(Refusal):
    """An `element` that names the alert holds a space, a comma, `<` or `&`, or is too long."""

    code = "notices.cap_bad_name"


class CapNoAddresses(Refusal):
    """A private alert says nobody it is for."""

    code = "notices.cap_no_addresses"


class CapNoRestriction(Refusal):
    """A restricted alert does not say how."""

    code = "notices.cap_no_restriction"


class CapBadReferences(Refusal):
    """The references are not `sender,identifier,sent`, parted by spaces."""

    code = "notices.cap_bad_references"


class CapNoReferences(Refusal):
    """An update, a cancel or an answer does not say of which alert."""

    code = "notices.cap_no_references"
