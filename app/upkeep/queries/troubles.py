"""What is wrong with a node just now, and what was told of it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.delivery.queries.channels import list_low_balances, list_troubled_channels
from app.delivery.rules import ChannelName
from app.settings import Settings
from app.sync.queries.states import sync_state
from app.upkeep.models import BackupRecord, ToldTrouble
from app.upkeep.queries.records import find_newest_good
from app.upkeep.rules.node_state import DISK_LOW, MEBIBYTE
from app.upkeep.rules.troubles import Held, Trouble, TroubleKind


def list_troubles(
    session: Session,
    settings: Settings,
    channels: Collection[ChannelName],
    *,
    low_balances: Mapping[ChannelName, int],
    disk_free: int,
    sync_silence: timedelta,
    now: datetime,
) -> list[Trouble]:
    """Everything that somebody must be told of; `disk_free` in bytes, balances in VND."""
    found = []
    for channel in list_troubled_channels(session, channels):
        paused = channel.reason is not None
        kind = TroubleKind.CHANNEL_PAUSED if paused else TroubleKind.CHANNEL_ILL
        told = {"reason": channel.reason or channel.problem, "at": channel.at}
        found.append(Trouble(kind, str(channel.name), told))
    for name, left in list_low_balances(session, low_balances).items():
        found.append(Trouble(TroubleKind.BALANCE_LOW, str(name), {"left": left}))
    newest = session.scalars(
        select(BackupRecord).order_by(BackupRecord.made_at.desc()).limit(1)
    ).first()
    if newest is not None and newest.code:
        told = {"reason": newest.code, "at": newest.made_at}
        found.append(Trouble(TroubleKind.BACKUP_FAILED, told=told))
    good = find_newest_good(session) if settings.backup_to else None
    if good is not None and good.copy_code and not good.copied_at:
        told = {"reason": good.copy_code, "at": good.made_at}
        found.append(Trouble(TroubleKind.COPY_FAILED, told=told))
    if disk_free < DISK_LOW:
        found.append(Trouble(TroubleKind.DISK_LOW, told={"left": disk_free // MEBIBYTE}))
    sync = sync_state(session, settings)
    if sync.enrolled and sync.last_contact_at and now - sync.last_contact_at > sync_silence:
        found.append(Trouble(TroubleKind.SYNC_SILENT, told={"at": sync.last_contact_at}))
    return found


def list_held(session: Session) -> Mapping[str, Held]:
    """What was told, by the key of the trouble."""
    return {
        row.key: Held(row.told_at, row.ended_at) for row in session.scalars(select(ToldTrouble))
    }


def count_alerts(session: Session, since: datetime) -> int:
    """How many alerts were sent since a moment."""
    chosen = select(func.count(ToldTrouble.told_at.distinct())).where(ToldTrouble.told_at > since)
    return session.scalar(chosen) or 0
