"""The page of this node: what it runs on, what is wrong, and what to do about it."""

import sys
from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.delivery.queries import list_troubled_channels
from app.delivery.rules import ChannelName
from app.extensions import db
from app.settings import NodeRole, Settings
from app.sync.queries.states import sync_state
from app.upkeep.gateways.certificates import certificate_of
from app.upkeep.gateways.checking import keys_match
from app.upkeep.gateways.machine import disk_free, program_version, sqlite_version
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
from app.upkeep.rules.node_state import CHECK, CopyFacts, NodeFacts, SyncFacts, find_problems
from app.web.access import access
from app.web.schema import current_revision, newest_revision
from app.web.sentences import sentence

upkeep_node = Blueprint("upkeep_node", __name__, url_prefix="/admin")
GIBIBYTE = 1024**3
A_DAY = timedelta(days=1)
# Where something can be done about it, and what that place is called.
LINKS = {
    "node.no_backup": ("upkeep_backups.show_backups", _("Mở trang Sao lưu")),
    "node.backup_old": ("upkeep_backups.show_backups", _("Mở trang Sao lưu")),
    "node.no_second_place": ("upkeep_backups.show_backups", _("Mở trang Sao lưu")),
    "database.damaged": ("upkeep_backups.show_backups", _("Xem các bản sao lưu")),
    "node.keys_changed": ("upkeep_backups.show_backups", _("Xem các bản sao lưu")),
    "node.sync_held_up": ("sync_pages.show_sync", _("Mở trang Kênh tỉnh")),
    "node.sync_behind": ("sync_pages.show_sync", _("Mở trang Kênh tỉnh")),
    "node.clock_unlike_province": ("sync_pages.show_sync", _("Mở trang Kênh tỉnh")),
    "node.channel_stopped": ("upkeep_channels.show_channels", _("Mở trang Kênh gửi tin")),
    "node.certificate_ending_local": (
        "upkeep_certificate.show_certificate",
        _("Xem chứng chỉ đang dùng"),
    ),
    "node.certificate_ending_public": (
        "upkeep_certificate.show_certificate",
        _("Xem chứng chỉ đang dùng"),
    ),
}


@upkeep_node.get("/node")
@access(Permission.MANAGE_NODE)
def show_node() -> ResponseReturnValue:
    settings: Settings = current_app.config["SETTINGS"]
    facts = find_facts(settings, current_app.extensions["clock"].now())
    problems = [
        (problem.grave, sentence(problem.code, problem.params), LINKS.get(problem.code))
        for problem in find_problems(facts)
    ]
    return render_template(
        "upkeep/show_node.html",
        facts=facts,
        problems=problems,
        settings=settings,
        program=program_version(),
        python=sys.version.split()[0],
        sqlite=".".join(map(str, sqlite_version())),
        gibibytes_free=facts.disk_free / GIBIBYTE,
    )


def find_facts(settings: Settings, now: datetime) -> NodeFacts:
    """Everything that this node's state is judged by."""
    session, extensions = db.session(), current_app.extensions
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
        copies=_copies(settings),
    )


def _copies(settings: Settings) -> CopyFacts:
    newest = find_newest_good(db.session())
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
