"""What a node's role mounts: blueprints and commands of its features, beside the common ones."""

from flask import Blueprint, Flask

from app.accounts.cli import accounts_cli
from app.accounts.views import accounts_admin, accounts_api, accounts_pages
from app.alerts.views import alert_pages
from app.bulletins.views import (
    board_pages,
    desk_pages,
    province_rule_pages,
    rule_desk_pages,
)
from app.cases.views import case_pages
from app.checkins.cli import checkins_cli
from app.checkins.views.duplicates import duplicates_pages
from app.checkins.views.keying import keying_pages
from app.checkins.views.roll_call import roll_call_api, roll_call_pages
from app.checkins.views.rule_sets import rule_set_pages
from app.checkins.views.sheets import sheet_pages
from app.checkins.views.worker_health import worker_health_pages
from app.dashboards.views import (
    board_api,
    calls_pages,
    compliance_pages,
    groups_api,
    home_pages,
    live_board_pages,
    notes_pages,
    offline_pages,
    province_pages,
    shell_pages,
    today_pages,
)
from app.delivery.cli import delivery_cli
from app.delivery.views import delivery_api, provider_calls, push_api, zalo_calls
from app.demo.cli import demo_cli
from app.feedback.views import anonymous_api, feedback_pages
from app.gate.views import gate_api, gate_pages, guide_pages, kiosk_pages
from app.intake.views import intake_calls, intake_cases, intake_feedback
from app.notices.views import (
    cap_pages,
    display_api,
    display_pages,
    notice_pages,
    paper_pages,
)
from app.outbox.views import kiosk_api, me_api, outbox_api, parcels_api, record_pages
from app.reminders.cli import reminders_cli
from app.reminders.views import message_pages, reminder_pages
from app.reports.views import park_report_pages, report_pages
from app.retention.cli import purge_cli
from app.retention.views import breach_pages, retention_pages
from app.risk.cli import risk_cli
from app.risk.views import risk_pages
from app.settings import NodeRole
from app.sync.cli import summaries_cli, sync_cli
from app.sync.views import (
    park_sync_api,
    park_sync_pages,
    province_sync_api,
    province_sync_pages,
    sync_pages,
)
from app.upkeep.cli import backup_cli, db_cli, keys_cli, tls_cli
from app.upkeep.views import (
    api_document_pages,
    first_step_pages,
    metrics_pages,
    upkeep_backups,
    upkeep_certificate,
    upkeep_channels,
    upkeep_health,
    upkeep_node,
    upkeep_zalo,
)
from app.workforce.cli import workforce_cli
from app.workforce.views import (
    data_request_pages,
    groups_pages,
    imports_pages,
    schedule_pages,
    standard_list_pages,
    workers_pages,
)

COMMON: tuple[Blueprint, ...] = (
    accounts_pages,
    accounts_admin,
    accounts_api,
    home_pages,
    offline_pages,
    sync_pages,
    upkeep_backups,
    upkeep_certificate,
    upkeep_health,
    upkeep_node,
    first_step_pages,
    api_document_pages,
    metrics_pages,
    board_pages,
    retention_pages,
    breach_pages,
)
MOUNTED: dict[NodeRole, tuple[Blueprint, ...]] = {
    NodeRole.PARK: (
        shell_pages,
        today_pages,
        live_board_pages,
        calls_pages,
        notes_pages,
        board_api,
        compliance_pages,
        groups_api,
        roll_call_pages,
        roll_call_api,
        rule_set_pages,
        province_rule_pages,
        sheet_pages,
        keying_pages,
        workers_pages,
        data_request_pages,
        groups_pages,
        standard_list_pages,
        imports_pages,
        worker_health_pages,
        case_pages,
        duplicates_pages,
        schedule_pages,
        outbox_api,
        parcels_api,
        me_api,
        record_pages,
        gate_api,
        gate_pages,
        kiosk_api,
        kiosk_pages,
        guide_pages,
        delivery_api,
        push_api,
        provider_calls,
        zalo_calls,
        upkeep_channels,
        upkeep_zalo,
        reminder_pages,
        message_pages,
        cap_pages,
        display_api,
        display_pages,
        paper_pages,
        notice_pages,
        risk_pages,
        park_report_pages,
        feedback_pages,
        anonymous_api,
        park_sync_api,
        park_sync_pages,
    ),
    NodeRole.PROVINCE: (
        province_pages,
        alert_pages,
        intake_cases,
        intake_feedback,
        intake_calls,
        desk_pages,
        rule_desk_pages,
        report_pages,
        zalo_calls,
        upkeep_channels,
        upkeep_zalo,
        province_sync_api,
        province_sync_pages,
    ),
}


def mount(app: Flask, role: NodeRole) -> None:
    """Register the features of this role."""
    for blueprint in (*COMMON, *MOUNTED[role]):
        app.register_blueprint(blueprint)
    for group in (
        accounts_cli,
        db_cli,
        backup_cli,
        tls_cli,
        keys_cli,
        checkins_cli,
        delivery_cli,
        reminders_cli,
        risk_cli,
        demo_cli,
        sync_cli,
        summaries_cli,
        workforce_cli,
        purge_cli,
    ):
        app.cli.add_command(group)
