"""What a node's state is judged by, gathered from its database, its folder and its process."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.delivery.queries.channels import list_troubled_channels
from app.delivery.rules import ChannelName
from app.settings import NodeRole, Settings
from app.sync.queries.states import sync_state
from app.upkeep.gateways.certificates import certificate_of
from app.upkeep.gateways.checking import keys_match
from app.upkeep.gateways.machine import disk_free, sqlite_version
from app.upkeep.gateways.sealing import RecoveryKey
from app.upkeep.gateways.starting import logs_kept_aside
from app.upkeep.queries.records import (
    count_companies_on_proposed_rules,
    find_last_good_backup,
    find_lease_end,
    find_newest_good,
    find_span_of_acts,
    list_delays,
)
from app.upkeep.rules.node_state import CHECK, CopyFacts, NodeFacts, SyncFacts
from app.web.schema import current_revision, newest_revision

A_DAY = timedelta(days=1)


def find_facts(session: Session, settings: Settings, extensions: Mapping[str, Any]) -> NodeFacts:
    """Everything that this node's state is judged by, as this process has it."""
    now = extensions["clock"].now()
    first_act_at, newest_act_at = find_span_of_acts(session)
    channels = [name for name in extensions["channels"] if name is not ChannelName.STAFF_ALERT]
    return NodeFacts(
        now=now,
        revision=current_revision(session.connection()),
        newest_revision=newest_revision(),
        sqlite=sqlite_version() if settings.on_sqlite else None,
        disk_free=disk_free(settings.instance),
        last_good_backup_at=find_last_good_backup(session),
        newest_act_at=newest_act_at,
        first_act_at=first_act_at,
        companies_on_proposed_rules=count_companies_on_proposed_rules(session),
        certificate=certificate_of(settings),
        delays=list_delays(session, now - A_DAY),
        keys_match=keys_match(settings, extensions["secrets"]),
        damaged=extensions["writer"].damaged,
        logs_aside=logs_kept_aside(settings.sqlite_path) if settings.on_sqlite else (),
        checked=extensions.get(CHECK),
        check_expected=settings.on_sqlite and settings.scheduler,
        scheduler_until=find_lease_end(session, "scheduler"),
        paused_channels=[str(each.name) for each in list_troubled_channels(session, channels)],
        sync=_sync_facts(session, settings),
        copies=_copies(session, settings),
    )


def _copies(session: Session, settings: Settings) -> CopyFacts:
    newest = find_newest_good(session)
    return CopyFacts(
        settings.backup_to,
        RecoveryKey.in_folder(settings.instance) is not None,
        newest.copied_at if newest else None,
        newest.copy_code if newest else None,
    )


def _sync_facts(session: Session, settings: Settings) -> SyncFacts | None:
    state = sync_state(session, settings)
    if not state.enrolled or settings.role is not NodeRole.PARK:
        return None
    return SyncFacts(state.last_contact_at, state.pending, state.problem_code)
