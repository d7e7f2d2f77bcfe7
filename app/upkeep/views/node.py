"""The page of this node: what it runs on, what is wrong, and what to do about it."""

import sys

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from app.accounts.rules import Permission
from app.extensions import db
from app.settings import Settings
from app.upkeep.actions.facts import find_facts
from app.upkeep.gateways.machine import program_version, sqlite_version
from app.upkeep.rules.node_state import find_problems
from app.web.access import access
from app.web.sentences import sentence

upkeep_node = Blueprint("upkeep_node", __name__, url_prefix="/admin")
GIBIBYTE = 1024**3
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
    facts = find_facts(db.session(), settings, current_app.extensions)
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
