"""Why two nodes cannot go on with each other."""

from app.kernel.refusals import Refusal


class NotEnrolled(Refusal):
    """This park has no province yet."""

    code = "sync.not_enrolled"
    status = 409


class WrongRole(Refusal):
    """Parks enrol, provinces invite; this node is the other kind."""

    code = "sync.wrong_role"


class BadCode(Refusal):
    """The enrolment code is not known, was used, or has run out."""

    code = "sync.bad_code"
    status = 403


class BadKey(Refusal):
    """What was sent is not the public part of a key of the kind asked for."""

    code = "sync.bad_key"


class NodeTaken(Refusal):
    """Another park with other keys holds this node's id."""

    code = "sync.node_taken"
    status = 409


class TooManyTries(Refusal):
    """Too many enrolments from one address; `retry_after` seconds must pass."""

    code = "sync.too_many_tries"
    status = 429


class UnknownNode(Refusal):
    """No park of that id is enrolled here."""

    code = "sync.unknown_node"
    status = 403


class BadSignature(Refusal):
    """The entry is not signed by the key of the node it claims to come from."""

    code = "sync.bad_signature"
    status = 403


class TooManyEntries(Refusal):
    """More entries than one call may carry; `most` is the limit."""

    code = "sync.too_many_entries"


class EntryTooLarge(Refusal):
    """The entry would not fit into any call."""

    code = "sync.entry_too_large"


class InsecureUrl(Refusal):
    """The province is to be reached without encryption over a network."""

    code = "sync.insecure_url"


class Unreachable(Refusal):
    """The province did not answer, or its server is down."""

    code = "sync.unreachable"
    status = 503


class BadAnswer(Refusal):
    """The province answered what this program cannot read or verify."""

    code = "sync.bad_answer"
    status = 502


class Declined(Refusal):
    """The province refused for a reason that this program does not know; `reason` is its code."""

    code = "sync.declined"
    status = 502
