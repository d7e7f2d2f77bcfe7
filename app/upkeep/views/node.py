"""The page of this node: what it runs on, what is wrong, and what to do about it."""

import sys
from datetime import datetime

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from app.accounts.rules import Permission
from app.extensions import db
from app.settings import Settings
from app.upkeep.gateways.certificates import certificate_of
from app.upkeep.gateways.machine import disk_free, program_version, sqlite_version
from app.upkeep.gateways.sealing import RecoveryKey
from app.upkeep.queries.records import (
    count_companies_on_proposed_rules,
    find_last_good_backup,
    find_newest_good,
    find_span_of_acts,
)
from app.upkeep.rules.node_state import CopyFacts, NodeFacts, find_problems
from app.web.access import access
from app.web.schema import current_revision, newest_revision
from app.web.sentences import sentence

upkeep_node = Blueprint("upkeep_node", __name__, url_prefix="/admin")
GIBIBYTE = 1024**3


@upkeep_node.get("/node")
@access(Permission.MANAGE_NODE)
def show_node() -> ResponseReturnValue:
    settings: Settings = current_app.config["SETTINGS"]
    facts = _facts(settings, current_app.extensions["clock"].now())
    problems = [
        (problem.grave, sentence(problem.code, problem.params)) for problem in find_problems(facts)
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


def _facts(settings: Settings, now: datetime) -> NodeFacts:
    session = db.session()
    first_act_at, newest_act_at = find_span_of_acts(session)
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
