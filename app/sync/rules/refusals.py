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


class RevokedKey(Refusal):
    """Signed by a key that counts no more: it was replaced, or taken from the node."""

    code = "sync.revoked_key"
    status = 403


class UnknownKey(BadSignature):
    """Signed by a key that is not known here, perhaps one that an earlier entry tells."""


class UnknownPark(Refusal):
    """No park of that name or id is enrolled here."""

    code = "sync.unknown_park"
    status = 404


class NotABundle(Refusal):
    """There is no manifest of a bundle at that place."""

    code = "sync.not_a_bundle"


class BundleDamaged(Refusal):
    """What the bundle holds is not what was written into it: cut short, or changed."""

    code = "sync.bundle_damaged"


class BundleUnsafe(Refusal):
    """The packed bundle holds paths outside its folder."""

    code = "sync.bundle_unsafe"


class BundleTooLarge(Refusal):
    """The bundle unpacks to more than any bundle may hold."""

    code = "sync.bundle_too_large"


class BundleNewer(Refusal):
    """The bundle was written in a form that this version does not know."""

    code = "sync.bundle_newer"


class OwnBundle(Refusal):
    """The bundle was written by this very node."""

    code = "sync.own_bundle"


class DiskFull(Refusal):
    """There is no room on the disk; what was taken in before stays."""

    code = "sync.disk_full"
    status = 507


class NotWritable(Refusal):
    """The folder cannot be written to or read."""

    code = "sync.not_writable"


class NotReadable(Refusal):
    """A sealed body is not for this node, or was changed."""

    code = "sync.not_readable"


class OtherCode(Refusal):
    """The code is for going on as a park that exists, or for one that is new: the other one."""

    code = "sync.other_code"


class OnlyByFile(Refusal):
    """This park has no address of its province: its road are bundles."""

    code = "sync.only_by_file"
    status = 409


class NotAnEnrolment(Refusal):
    """The file is no request of a park, and no answer of a province."""

    code = "sync.not_an_enrolment"
