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
