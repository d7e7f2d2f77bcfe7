"""Commands that keep a node: schema, backup, certificate."""

from app.upkeep.cli.backups import backup_cli, db_cli
from app.upkeep.cli.certificates import tls_cli
from app.upkeep.cli.keys import keys_cli

__all__ = ["backup_cli", "db_cli", "keys_cli", "tls_cli"]
