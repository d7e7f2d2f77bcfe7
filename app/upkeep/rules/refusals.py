"""What backups and restores say no with."""

from app.kernel.refusals import Refusal


class NotABackup(Refusal):
    """The file is something else, or not there."""

    code = "backup.not_a_backup"


class DamagedBackup(Refusal):
    """The file began as a backup, but bytes of it are missing or have changed."""

    code = "backup.damaged"


class NewerThanProgram(Refusal):
    """A newer program made the backup; this one does not know its schema or format."""

    code = "backup.newer_than_program"


class OtherDatabase(Refusal):
    """The backup came from another kind of database than this node's."""

    code = "backup.other_database"


class OtherRole(Refusal):
    """A park's backup does not go into a province, nor the other way round."""

    code = "backup.other_role"


class FolderNotEmpty(Refusal):
    """The node has data already."""

    code = "backup.folder_not_empty"
    status = 409


class OtherSecrets(Refusal):
    """The node has data under other keys than those of the backup."""

    code = "backup.other_secrets"
    status = 409


class NodeRunning(Refusal):
    """Another program has the database open."""

    code = "backup.node_running"
    status = 409


class FileExists(Refusal):
    """There is a file of that name; a backup never replaces one."""

    code = "backup.file_exists"
    status = 409


class NotWritten(Refusal):
    """The machine did not write or read a file; `reason` is what it said."""

    code = "backup.not_written"
    status = 500


class DiskFull(Refusal):
    """There is no room for the backup or for trying it out."""

    code = "backup.disk_full"
    status = 507


class NothingToBackUp(Refusal):
    """The node has no tables yet."""

    code = "backup.nothing_yet"


class DatabaseDamaged(Refusal):
    """The node's own database fails its check: the backup would keep the damage."""

    code = "backup.database_damaged"
    status = 500


class NotPermitted(Refusal):
    """The database user may not make the schema that a trial or a restore needs."""

    code = "backup.not_permitted"


class AlreadyRunning(Refusal):
    """A backup is being made right now."""

    code = "backup.already_running"
    status = 409


class Failed(Refusal):
    """The backup failed for a reason that only the log tells."""

    code = "backup.failed"
    status = 500


class WrongCode(Refusal):
    """What was typed is no code of a recovery sheet."""

    code = "backup.wrong_code"


class CodeNeeded(Refusal):
    """The backup is sealed; `sheet` names the recovery sheet that opens it."""

    code = "backup.code_needed"


class OtherSheet(Refusal):
    """The code belongs to another recovery sheet than the one the backup was sealed for."""

    code = "backup.other_sheet"


class SheetExists(Refusal):
    """There is a recovery sheet already; what was sealed for it needs it for ever."""

    code = "backup.sheet_exists"
    status = 409


class NoSheet(Refusal):
    """Nothing goes to the second place before a recovery sheet was made."""

    code = "backup.no_sheet"
    status = 409


class PlaceMissing(Refusal):
    """The second place is not there: the disk or the share is away."""

    code = "backup.place_missing"
    status = 503


class PlaceFull(Refusal):
    """There is no room in the second place."""

    code = "backup.place_full"
    status = 507


class PlaceNotWritten(Refusal):
    """The second place did not take the file; `reason` is what the machine said."""

    code = "backup.place_not_written"
    status = 500


class PlaceSpoils(Refusal):
    """What was read back from the second place is not what was written there."""

    code = "backup.place_spoils"
    status = 500


class SameDisk(Refusal):
    """The second place lies on the disk of the node itself."""

    code = "backup.same_disk"


class UpgradeFailed(Refusal):
    """A step of the schema failed; the database is as it was before."""

    code = "upgrade.failed"
    status = 500


class UpgradeUndone(Refusal):
    """A step failed half-way and the database was put back from the copy made before."""

    code = "upgrade.undone"
    status = 500


class UpgradeStuck(Refusal):
    """A step failed and the database could not be put back; `copy` holds all of it."""

    code = "upgrade.stuck"
    status = 500
