"""What keeps a node from starting, and the exit codes by which a service manager may tell it."""

from enum import IntEnum

from app.kernel.refusals import Refusal


class ExitCode(IntEnum):
    """How `serve` ended; numbers as in sysexits.h, 1 for a setting that has to be changed."""

    STOPPED = 0
    SETTING = 1
    DAMAGED = 65
    MISSING = 66
    NOT_WRITABLE = 73
    NOT_UPGRADED = 78


class CannotStart(Refusal):
    """A node must not serve as its folder is; `exit_code` tells which kind of repair it needs."""

    exit_code = ExitCode.NOT_WRITABLE


class FolderNotWritable(CannotStart):
    """The system lets this user write nothing in the node's folder."""

    code = "node.folder_not_writable"


class FolderReadOnly(CannotStart):
    """The disk of the node's folder may only be read."""

    code = "node.folder_read_only"


class FolderFull(CannotStart):
    """There is no room left even for what a start needs."""

    code = "node.folder_full"


class FileMissing(CannotStart):
    """The folder held data, and the database is not there."""

    code = "node.database_missing"
    exit_code = ExitCode.MISSING


class FileDamaged(CannotStart):
    """What lies in the database's place is no sound database."""

    code = "node.database_damaged"
    exit_code = ExitCode.DAMAGED


class KeysWrong(CannotStart):
    """The keys in the folder are not those that the data was sealed with."""

    code = "node.keys_wrong"
    exit_code = ExitCode.DAMAGED


class TooNew(CannotStart):
    """A newer program brought the database further than this one knows."""

    code = "node.database_too_new"
    exit_code = ExitCode.DAMAGED
