"""`/metrics`: figures of this process and its node for Prometheus; nothing of a person."""

import hmac
from collections.abc import Iterator

from flask import Blueprint, Response, abort, current_app, request
from flask.sansio.app import App
from flask.sansio.blueprints import BlueprintSetupState
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from app.delivery.queries.messages import count_waiting
from app.extensions import db
from app.settings import Settings
from app.sync.queries.states import sync_state
from app.upkeep.actions.facts import find_facts
from app.upkeep.gateways.machine import disk_free, program_version
from app.upkeep.queries.records import find_last_good_backup
from app.upkeep.rules.node_state import CHECK, find_problems
from app.web.access import public

metrics_pages = Blueprint("metrics", __name__)
LOOPBACK = frozenset({"127.0.0.1", "::1"})


@metrics_pages.get("/metrics")
@public
def show_metrics() -> Response:
    """To this machine, and to whoever brings the token of the settings."""
    settings: Settings = current_app.config["SETTINGS"]
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    wanted = settings.metrics_token.encode()
    known = bool(wanted) and hmac.compare_digest(token, wanted)
    if not known and (request.remote_addr not in LOOPBACK or settings.behind_proxy):
        abort(404)
    told = generate_latest(current_app.extensions["metrics"])
    return Response(told, content_type=CONTENT_TYPE_LATEST)


@metrics_pages.record_once
def collect(state: BlueprintSetupState) -> None:
    """The figures of this process and its node, beside the times of requests."""
    registry: CollectorRegistry = state.app.extensions["metrics"]
    registry.register(NodeMetrics(state.app))
    ProcessCollector(registry=registry)


class NodeMetrics(Collector):
    """What is read anew each time it is asked for."""

    def __init__(self, app: App) -> None:
        self.app = app

    def describe(self) -> Iterator[Metric]:
        """Nothing is known before it is asked for."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Gauges of the node; those that have no value yet are left out."""
        settings: Settings = self.app.config["SETTINGS"]
        now, session = self.app.extensions["clock"].now(), db.session()
        info = GaugeMetricFamily("anca_node", "This node", labels=("role", "version"))
        info.add_metric((settings.role, program_version()), 1)
        yield info
        state, backup_at = sync_state(session, settings), find_last_good_backup(session)
        check = self.app.extensions.get(CHECK)
        problems = find_problems(find_facts(session, settings, self.app.extensions))
        graves = sum(problem.grave for problem in problems)
        waiting, unsent = self.app.extensions["writer"].waiting, count_waiting(session)
        told = {
            "anca_writes_waiting": ("Works before the writer", waiting),
            "anca_disk_free_bytes": ("Room beside the database", disk_free(settings.instance)),
            "anca_problems": ("Things an administrator should put right", len(problems)),
            "anca_problems_grave": ("Those by which people may lose work or data", graves),
            "anca_database_damaged": (
                "Whether damage was found and nothing more is written",
                self.app.extensions["writer"].damaged,
            ),
            "anca_last_check_seconds": (
                "Since the whole database was looked through",
                check and (now - check.at).total_seconds(),
            ),
            "anca_deliveries_waiting": ("Messages that are still to be sent", unsent),
            "anca_log_pending": ("Entries the other node has not received", state.pending),
            "anca_sync_problem": ("Whether something keeps entries back", bool(state.problem_code)),
            "anca_last_contact_seconds": (
                "Since the other node was reached",
                state.last_contact_at and (now - state.last_contact_at).total_seconds(),
            ),
            "anca_last_backup_seconds": (
                "Since a backup was made and verified",
                backup_at and (now - backup_at).total_seconds(),
            ),
        }
        for name, (words, value) in told.items():
            if value is not None:
                yield GaugeMetricFamily(name, words, value=float(value))
