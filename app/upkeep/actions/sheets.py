"""The recovery sheet: made once, printed, and known to nobody but the paper."""

from datetime import datetime
from pathlib import Path

from app.upkeep.gateways.sealing import RecoveryKey, Sheet
from app.upkeep.rules.refusals import SheetExists


def make_sheet(instance: Path, *, again: bool, now: datetime) -> Sheet:
    """A new recovery sheet that backups are sealed for from now on."""
    if RecoveryKey.in_folder(instance) is not None and not again:
        raise SheetExists
    sheet = Sheet.make(now)
    sheet.key.put_in(instance)
    return sheet
