"""first tables"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('login', sa.String(length=80), nullable=True),
    sa.Column('secret_hash', sa.String(length=200), nullable=True),
    sa.Column('secret_must_change', sa.Boolean(), nullable=False),
    sa.Column('locale', sa.String(length=5), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('login', name=op.f('uq_account_login'))
    )
    op.create_table('audit_entry',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('actor_id', sa.String(length=36), nullable=True),
    sa.Column('actor_name', sa.String(length=120), nullable=False),
    sa.Column('actor_roles', sa.String(length=120), nullable=False),
    sa.Column('act', sa.String(length=60), nullable=False),
    sa.Column('subject_id', sa.String(length=60), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_company', ['company_id', 'at'], unique=False)
        batch_op.create_index('ix_audit_entry_subject', ['subject_id', 'at'], unique=False)

    op.create_table('backup_record',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('path', sa.String(length=400), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('verified_at', Moment(), nullable=True),
    sa.Column('code', sa.String(length=60), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_backup_record'))
    )
    op.create_table('branch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('path', sa.String(length=80), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_branch_company_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['branch.id'], name=op.f('fk_branch_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_branch')),
    sa.UniqueConstraint('parent_id', 'code', name=op.f('uq_branch_parent_id_code')),
    sa.UniqueConstraint('path', name=op.f('uq_branch_path'))
    )
    with op.batch_alter_table('branch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_branch_company_id'), ['company_id'], unique=False)

    op.create_table('channel_state',
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.Column('pause_reason', sa.String(length=200), nullable=True),
    sa.Column('paused_at', Moment(), nullable=True),
    sa.Column('resume_at', Moment(), nullable=True),
    sa.Column('quota_left', sa.Integer(), nullable=True),
    sa.Column('quota_reset_at', Moment(), nullable=True),
    sa.Column('error_window', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('channel', name=op.f('pk_channel_state'))
    )
    op.create_table('command',
    sa.Column('key', sa.String(length=36), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=True),
    sa.Column('result', sa.JSON(), nullable=False),
    sa.Column('received_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_command'))
    )
    with op.batch_alter_table('command', schema=None) as batch_op:
        batch_op.create_index('ix_command_received', ['received_at'], unique=False)

    op.create_table('fork',
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=43), nullable=False),
    sa.Column('received_at', Moment(), nullable=False),
    sa.Column('compact', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('node', 'seq', 'hash', name=op.f('pk_fork'))
    )
    op.create_table('invitation',
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.Column('node', sa.String(length=36), nullable=True),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_invitation'))
    )
    op.create_table('known_node',
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('sign_key', sa.JSON(), nullable=False),
    sa.Column('box_key', sa.JSON(), nullable=False),
    sa.Column('enrolled_at', Moment(), nullable=False),
    sa.Column('accepted_through', sa.Integer(), nullable=False),
    sa.Column('head_hash', sa.String(length=43), nullable=False),
    sa.Column('last_contact_at', Moment(), nullable=True),
    sa.Column('as_of', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('node', name=op.f('pk_known_node'))
    )
    op.create_table('lease',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('holder', sa.String(length=60), nullable=False),
    sa.Column('until', Moment(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_lease'))
    )
    op.create_table('lockout',
    sa.Column('subject', sa.String(length=90), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('last_at', Moment(), nullable=False),
    sa.Column('locked_until', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_lockout'))
    )
    op.create_table('log_entry',
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('direction', sa.String(length=4), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('stored_at', Moment(), nullable=False),
    sa.Column('hash', sa.String(length=43), nullable=False),
    sa.Column('compact', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('node', 'direction', 'seq', name=op.f('pk_log_entry'))
    )
    op.create_table('message',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('lane', sa.String(length=8), nullable=False),
    sa.Column('source_key', sa.String(length=120), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('sender', sa.String(length=120), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('not_before', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('planned_at', Moment(), nullable=True),
    sa.Column('closed_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('source_key', name=op.f('uq_message_source_key'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_open', ['expires_at'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('reminder_look',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('looked_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_look'))
    )
    op.create_table('shift_count',
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('expected', sa.Integer(), nullable=False),
    sa.Column('answered', sa.Integer(), nullable=False),
    sa.Column('on_time', sa.Integer(), nullable=False),
    sa.Column('absent', sa.Integer(), nullable=False),
    sa.Column('not_asked', sa.Integer(), nullable=False),
    sa.Column('green', sa.Integer(), nullable=False),
    sa.Column('amber', sa.Integer(), nullable=False),
    sa.Column('red', sa.Integer(), nullable=False),
    sa.Column('as_of', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('branch_id', 'shift_on', 'shift', name=op.f('pk_shift_count')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('shift_count', schema=None) as batch_op:
        batch_op.create_index('ix_shift_count_on', ['shift_on', 'branch_id'], unique=False)

    op.create_table('summary',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('final', sa.Boolean(), nullable=False),
    sa.Column('as_of', Moment(), nullable=False),
    sa.Column('received_at', Moment(), nullable=False),
    sa.Column('checked_at', Moment(), nullable=False),
    sa.Column('seqs', sa.JSON(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_summary')),
    sa.UniqueConstraint('node', 'on', 'shift', name=op.f('uq_summary_node_on_shift'))
    )
    with op.batch_alter_table('summary', schema=None) as batch_op:
        batch_op.create_index('ix_summary_on', ['on', 'node'], unique=False)

    op.create_table('symptom_count',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('symptom', sa.String(length=30), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('company_id', 'shift_on', 'shift', 'symptom', name=op.f('pk_symptom_count')),
    sqlite_with_rowid=False
    )
    op.create_table('this_node',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('sign_key', sa.LargeBinary(), nullable=False),
    sa.Column('box_key', sa.LargeBinary(), nullable=False),
    sa.Column('enrolled_at', Moment(), nullable=True),
    sa.Column('upstream_url', sa.String(length=200), nullable=False),
    sa.Column('upstream_keys', sa.JSON(), nullable=False),
    sa.Column('accepted_through', sa.Integer(), nullable=False),
    sa.Column('last_contact_at', Moment(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('next_push_at', Moment(), nullable=True),
    sa.Column('last_problem', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_this_node'))
    )
    op.create_table('consent',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('version', sa.String(length=20), nullable=False),
    sa.Column('agreed', sa.Boolean(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_consent_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index('ix_consent_account', ['account_id', 'at'], unique=False)

    op.create_table('credential',
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('badge_key', sa.String(length=40), nullable=False),
    sa.Column('pin_hash', sa.String(length=200), nullable=True),
    sa.Column('pin_must_change', sa.Boolean(), nullable=False),
    sa.Column('pin_set_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_credential_account_id')),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_credential_company_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_credential')),
    sa.UniqueConstraint('company_id', 'badge_key', name=op.f('uq_credential_company_id_badge_key'))
    )
    op.create_table('device_token',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('device_id', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('last_used_at', Moment(), nullable=False),
    sa.Column('revoked_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_device_token_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_device_token_token_hash'))
    )
    with op.batch_alter_table('device_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_device_token_account_id'), ['account_id'], unique=False)

    op.create_table('duty_plan',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('through_id', sa.String(length=36), nullable=True),
    sa.Column('finished_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_duty_plan_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'shift_on', name=op.f('pk_duty_plan')),
    sqlite_with_rowid=False
    )
    op.create_table('holiday',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_holiday_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holiday')),
    sa.UniqueConstraint('branch_id', 'on', name=op.f('uq_holiday_branch_id_on'))
    )
    op.create_table('recovery_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_recovery_code_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code'))
    )
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_code_account_id'), ['account_id'], unique=False)

    op.create_table('reminder_schedule',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('template', sa.String(length=60), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('audience', sa.String(length=10), nullable=False),
    sa.Column('anchor', sa.String(length=12), nullable=False),
    sa.Column('clock_time', sa.String(length=5), nullable=True),
    sa.Column('offset_minutes', sa.Integer(), nullable=False),
    sa.Column('weekdays', sa.JSON(), nullable=False),
    sa.Column('shifts', sa.JSON(), nullable=False),
    sa.Column('group_ids', sa.JSON(), nullable=False),
    sa.Column('only_unanswered', sa.Boolean(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('removed_at', Moment(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', Moment(), nullable=False),
    sa.Column('updated_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_reminder_schedule_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_schedule'))
    )
    with op.batch_alter_table('reminder_schedule', schema=None) as batch_op:
        batch_op.create_index('ix_reminder_schedule_company', ['company_id', 'active'], unique=False)

    op.create_table('role_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_role_grant_account_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_role_grant_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant')),
    sa.UniqueConstraint('account_id', 'role', 'branch_id', name=op.f('uq_role_grant_account_id_role_branch_id'))
    )
    op.create_table('roster_import',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=True),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('sheet_name', sa.String(length=80), nullable=False),
    sa.Column('date1904', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=True),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('notes', sa.JSON(), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('columns', sa.LargeBinary(), nullable=True),
    sa.Column('corrections', sa.LargeBinary(), nullable=True),
    sa.Column('roster_mark', sa.String(length=36), nullable=True),
    sa.Column('plan_digest', sa.String(length=64), nullable=True),
    sa.Column('ends_work', sa.Boolean(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('touched_at', Moment(), nullable=False),
    sa.Column('finished_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_roster_import_account_id')),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_roster_import_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_import'))
    )
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.create_index('ix_roster_import_company', ['company_id', 'created_at'], unique=False)
        batch_op.create_index('ix_roster_import_state', ['state'], unique=False)

    op.create_table('rule_acceptance',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('rules', sa.String(length=60), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('accepted_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_rule_acceptance_account_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_rule_acceptance_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_acceptance'))
    )
    with op.batch_alter_table('rule_acceptance', schema=None) as batch_op:
        batch_op.create_index('ix_rule_acceptance_branch', ['branch_id', 'at'], unique=False)

    op.create_table('shift_hours',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('starts', sa.Time(), nullable=False),
    sa.Column('ends', sa.Time(), nullable=False),
    sa.Column('meal', sa.Time(), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_shift_hours_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift_hours')),
    sa.UniqueConstraint('company_id', 'shift', 'from_on', name=op.f('uq_shift_hours_company_id_shift_from_on'))
    )
    op.create_table('web_session',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('started_at', Moment(), nullable=False),
    sa.Column('last_seen_at', Moment(), nullable=False),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_web_session_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_web_session'))
    )
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_web_session_account_id'), ['account_id'], unique=False)

    op.create_table('work_group',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_work_group_branch_id')),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_work_group_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_group')),
    sa.UniqueConstraint('company_id', 'kind', 'name', name=op.f('uq_work_group_company_id_kind_name'))
    )
    with op.batch_alter_table('work_group', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_work_group_branch_id'), ['branch_id'], unique=False)

    op.create_table('work_pattern',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('cycle', sa.JSON(), nullable=False),
    sa.Column('anchor_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_work_pattern_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_pattern')),
    sa.UniqueConstraint('company_id', 'name', name=op.f('uq_work_pattern_company_id_name'))
    )
    op.create_table('worker',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('badge', sa.String(length=40), nullable=False),
    sa.Column('badge_key', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('name_folded', sa.String(length=120), nullable=False),
    sa.Column('born_on', sa.Date(), nullable=True),
    sa.Column('birth_year', sa.Integer(), nullable=True),
    sa.Column('sex', sa.String(length=6), nullable=True),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('phone_index', sa.String(length=64), nullable=True),
    sa.Column('id_number', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_index', sa.String(length=64), nullable=True),
    sa.Column('position', sa.String(length=80), nullable=True),
    sa.Column('joined_on', sa.Date(), nullable=True),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('updated_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_worker_branch_id')),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_worker_company_id')),
    sa.ForeignKeyConstraint(['id'], ['account.id'], name=op.f('fk_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_worker')),
    sa.UniqueConstraint('company_id', 'badge_key', name=op.f('uq_worker_company_id_badge_key'))
    )
    with op.batch_alter_table('worker', schema=None) as batch_op:
        batch_op.create_index('ix_worker_id_number', ['id_number_index'], unique=False)
        batch_op.create_index('ix_worker_line', ['company_id', 'branch_id', 'name_folded'], unique=False)
        batch_op.create_index('ix_worker_phone', ['phone_index'], unique=False)

    op.create_table('check_in',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('received_at', Moment(), nullable=False),
    sa.Column('counted_at', Moment(), nullable=False),
    sa.Column('clock_suspect', sa.Boolean(), nullable=False),
    sa.Column('on_time', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=True),
    sa.Column('device_id', sa.String(length=64), nullable=True),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('rules', sa.String(length=60), nullable=False),
    sa.Column('rules_proposed', sa.Boolean(), nullable=False),
    sa.Column('lookback_days', sa.Integer(), nullable=False),
    sa.Column('level', sa.String(length=5), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('advice', sa.String(length=20), nullable=True),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_check_in_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_in')),
    sa.UniqueConstraint('worker_id', 'shift_on', 'shift', 'version', name=op.f('uq_check_in_worker_id_shift_on_shift_version'))
    )
    op.create_table('clearance',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('level', sa.String(length=5), nullable=False),
    sa.Column('since', Moment(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=True),
    sa.Column('cleared_by', sa.String(length=120), nullable=False),
    sa.Column('rule', sa.String(length=30), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_clearance_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clearance'))
    )
    with op.batch_alter_table('clearance', schema=None) as batch_op:
        batch_op.create_index('ix_clearance_worker', ['worker_id', 'at'], unique=False)

    op.create_table('contact_point',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=False),
    sa.Column('address_hash', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('state_code', sa.String(length=40), nullable=True),
    sa.Column('state_at', Moment(), nullable=False),
    sa.Column('last_inbound_at', Moment(), nullable=True),
    sa.Column('verified_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['worker.id'], name=op.f('fk_contact_point_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_point')),
    sa.UniqueConstraint('channel', 'address_hash', name=op.f('uq_contact_point_channel_address_hash'))
    )
    with op.batch_alter_table('contact_point', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contact_point_person_id'), ['person_id'], unique=False)

    op.create_table('duty',
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('level', sa.String(length=5), nullable=True),
    sa.Column('on_time', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('check_in_id', sa.String(length=36), nullable=True),
    sa.Column('answered_at', Moment(), nullable=True),
    sa.Column('reason', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_duty_worker_id')),
    sa.PrimaryKeyConstraint('worker_id', 'shift_on', 'shift', name=op.f('pk_duty')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('duty', schema=None) as batch_op:
        batch_op.create_index('ix_duty_board', ['company_id', 'shift_on', 'shift', 'state', 'level'], unique=False)
        batch_op.create_index('ix_duty_line', ['branch_id', 'shift_on', 'shift', 'state'], unique=False)

    op.create_table('health_state',
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.String(length=5), nullable=False),
    sa.Column('since', Moment(), nullable=False),
    sa.Column('check_in_id', sa.String(length=36), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('advice', sa.String(length=20), nullable=True),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_health_state_worker_id')),
    sa.PrimaryKeyConstraint('worker_id', name=op.f('pk_health_state'))
    )
    with op.batch_alter_table('health_state', schema=None) as batch_op:
        batch_op.create_index('ix_health_state_company', ['company_id', 'level'], unique=False)

    op.create_table('leave',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=80), nullable=False),
    sa.Column('cancelled_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_leave_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leave'))
    )
    with op.batch_alter_table('leave', schema=None) as batch_op:
        batch_op.create_index('ix_leave_worker', ['worker_id', 'from_on'], unique=False)

    op.create_table('membership',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('group_id', sa.String(length=36), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['work_group.id'], name=op.f('fk_membership_group_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_membership_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index('ix_membership_group', ['group_id', 'to_on'], unique=False)
        batch_op.create_index('ix_membership_worker', ['worker_id', 'from_on'], unique=False)

    op.create_table('pattern_assignment',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('pattern_id', sa.String(length=36), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['pattern_id'], ['work_pattern.id'], name=op.f('fk_pattern_assignment_pattern_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_pattern_assignment_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pattern_assignment'))
    )
    with op.batch_alter_table('pattern_assignment', schema=None) as batch_op:
        batch_op.create_index('ix_pattern_assignment_pattern', ['pattern_id'], unique=False)
        batch_op.create_index('ix_pattern_assignment_worker', ['worker_id', 'from_on'], unique=False)

    op.create_table('reminder_occurrence',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('schedule_id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('message_id', sa.String(length=36), nullable=True),
    sa.Column('reached', sa.Integer(), nullable=False),
    sa.Column('cursor', sa.String(length=36), nullable=True),
    sa.Column('skipped', sa.JSON(), nullable=False),
    sa.Column('finished_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['schedule_id'], ['reminder_schedule.id'], name=op.f('fk_reminder_occurrence_schedule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_occurrence')),
    sa.UniqueConstraint('schedule_id', 'shift_on', 'shift', name=op.f('uq_reminder_occurrence_schedule_id_shift_on_shift'))
    )
    with op.batch_alter_table('reminder_occurrence', schema=None) as batch_op:
        batch_op.create_index('ix_reminder_occurrence_due', ['company_id', 'due_at'], unique=False)
        batch_op.create_index('ix_reminder_occurrence_open', ['due_at'], unique=False, sqlite_where=sa.text('finished_at IS NULL'), postgresql_where=sa.text('finished_at IS NULL'))

    op.create_table('staged_row',
    sa.Column('import_id', sa.String(length=36), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('severity', sa.String(length=8), nullable=False),
    sa.Column('codes', sa.Text(), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=True),
    sa.Column('leaves', sa.Boolean(), nullable=False),
    sa.Column('values', sa.LargeBinary(), nullable=True),
    sa.Column('problems', sa.LargeBinary(), nullable=True),
    sa.Column('applied_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['import_id'], ['roster_import.id'], name=op.f('fk_staged_row_import_id')),
    sa.PrimaryKeyConstraint('import_id', 'row', name=op.f('pk_staged_row'))
    )
    with op.batch_alter_table('staged_row', schema=None) as batch_op:
        batch_op.create_index('ix_staged_row_outcome', ['import_id', 'outcome', 'row'], unique=False)
        batch_op.create_index('ix_staged_row_severity', ['import_id', 'severity', 'row'], unique=False)

    op.create_table('staged_sheet',
    sa.Column('import_id', sa.String(length=36), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['roster_import.id'], name=op.f('fk_staged_sheet_import_id')),
    sa.PrimaryKeyConstraint('import_id', 'part', name=op.f('pk_staged_sheet'))
    )
    op.create_table('delivery',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('message_id', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('once_key', sa.String(length=120), nullable=True),
    sa.Column('answer_key', sa.String(length=20), nullable=True),
    sa.Column('contact_point_id', sa.String(length=36), nullable=True),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('lane', sa.String(length=8), nullable=False),
    sa.Column('locale', sa.String(length=5), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('attempt_count', sa.Integer(), nullable=False),
    sa.Column('next_attempt_at', Moment(), nullable=True),
    sa.Column('lease_until', Moment(), nullable=True),
    sa.Column('leased_by', sa.String(length=60), nullable=True),
    sa.Column('external_id', sa.String(length=80), nullable=True),
    sa.Column('error_class', sa.String(length=30), nullable=True),
    sa.Column('error_code', sa.String(length=40), nullable=True),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('sent_at', Moment(), nullable=True),
    sa.Column('delivered_at', Moment(), nullable=True),
    sa.Column('read_at', Moment(), nullable=True),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['contact_point_id'], ['contact_point.id'], name=op.f('fk_delivery_contact_point_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_delivery_message_id')),
    sa.ForeignKeyConstraint(['person_id'], ['worker.id'], name=op.f('fk_delivery_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('message_id', 'person_id', 'channel', name=op.f('uq_delivery_message_id_person_id_channel')),
    sa.UniqueConstraint('once_key', 'channel', name=op.f('uq_delivery_once_key_channel'))
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_answer', ['person_id', 'answer_key'], unique=False, sqlite_where=sa.text('answer_key IS NOT NULL'), postgresql_where=sa.text('answer_key IS NOT NULL'))
        batch_op.create_index('ix_delivery_due', ['status', 'lane', 'next_attempt_at'], unique=False)
        batch_op.create_index('ix_delivery_external', ['channel', 'external_id'], unique=False, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('ix_delivery_person', ['person_id', 'created_at'], unique=False)

    op.create_table('attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('delivery_id', sa.String(length=36), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('started_at', Moment(), nullable=False),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.Column('outcome', sa.String(length=20), nullable=True),
    sa.Column('error_class', sa.String(length=30), nullable=True),
    sa.Column('code', sa.String(length=40), nullable=True),
    sa.Column('http_status', sa.Integer(), nullable=True),
    sa.Column('ms', sa.Integer(), nullable=True),
    sa.Column('masked', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_attempt_delivery_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempt')),
    sa.UniqueConstraint('delivery_id', 'n', name=op.f('uq_attempt_delivery_id_n'))
    )
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.create_index('ix_attempt_started', ['started_at'], unique=False)


    keep_audit_entries()


def keep_audit_entries() -> None:
    """Refuse any change of the audit log, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{act.lower()} BEFORE {act} ON audit_entry "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entry_no_change ON audit_entry")
        op.execute("DROP FUNCTION refuse_audit_change")
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_index('ix_attempt_started')

    op.drop_table('attempt')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_person')
        batch_op.drop_index('ix_delivery_external', sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.drop_index('ix_delivery_due')
        batch_op.drop_index('ix_delivery_answer', sqlite_where=sa.text('answer_key IS NOT NULL'), postgresql_where=sa.text('answer_key IS NOT NULL'))

    op.drop_table('delivery')
    op.drop_table('staged_sheet')
    with op.batch_alter_table('staged_row', schema=None) as batch_op:
        batch_op.drop_index('ix_staged_row_severity')
        batch_op.drop_index('ix_staged_row_outcome')

    op.drop_table('staged_row')
    with op.batch_alter_table('reminder_occurrence', schema=None) as batch_op:
        batch_op.drop_index('ix_reminder_occurrence_open', sqlite_where=sa.text('finished_at IS NULL'), postgresql_where=sa.text('finished_at IS NULL'))
        batch_op.drop_index('ix_reminder_occurrence_due')

    op.drop_table('reminder_occurrence')
    with op.batch_alter_table('pattern_assignment', schema=None) as batch_op:
        batch_op.drop_index('ix_pattern_assignment_worker')
        batch_op.drop_index('ix_pattern_assignment_pattern')

    op.drop_table('pattern_assignment')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index('ix_membership_worker')
        batch_op.drop_index('ix_membership_group')

    op.drop_table('membership')
    with op.batch_alter_table('leave', schema=None) as batch_op:
        batch_op.drop_index('ix_leave_worker')

    op.drop_table('leave')
    with op.batch_alter_table('health_state', schema=None) as batch_op:
        batch_op.drop_index('ix_health_state_company')

    op.drop_table('health_state')
    with op.batch_alter_table('duty', schema=None) as batch_op:
        batch_op.drop_index('ix_duty_line')
        batch_op.drop_index('ix_duty_board')

    op.drop_table('duty')
    with op.batch_alter_table('contact_point', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contact_point_person_id'))

    op.drop_table('contact_point')
    with op.batch_alter_table('clearance', schema=None) as batch_op:
        batch_op.drop_index('ix_clearance_worker')

    op.drop_table('clearance')
    op.drop_table('check_in')
    with op.batch_alter_table('worker', schema=None) as batch_op:
        batch_op.drop_index('ix_worker_phone')
        batch_op.drop_index('ix_worker_line')
        batch_op.drop_index('ix_worker_id_number')

    op.drop_table('worker')
    op.drop_table('work_pattern')
    with op.batch_alter_table('work_group', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_work_group_branch_id'))

    op.drop_table('work_group')
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_web_session_account_id'))

    op.drop_table('web_session')
    op.drop_table('shift_hours')
    with op.batch_alter_table('rule_acceptance', schema=None) as batch_op:
        batch_op.drop_index('ix_rule_acceptance_branch')

    op.drop_table('rule_acceptance')
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.drop_index('ix_roster_import_state')
        batch_op.drop_index('ix_roster_import_company')

    op.drop_table('roster_import')
    op.drop_table('role_grant')
    with op.batch_alter_table('reminder_schedule', schema=None) as batch_op:
        batch_op.drop_index('ix_reminder_schedule_company')

    op.drop_table('reminder_schedule')
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recovery_code_account_id'))

    op.drop_table('recovery_code')
    op.drop_table('holiday')
    op.drop_table('duty_plan')
    with op.batch_alter_table('device_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_device_token_account_id'))

    op.drop_table('device_token')
    op.drop_table('credential')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index('ix_consent_account')

    op.drop_table('consent')
    op.drop_table('this_node')
    op.drop_table('symptom_count')
    with op.batch_alter_table('summary', schema=None) as batch_op:
        batch_op.drop_index('ix_summary_on')

    op.drop_table('summary')
    with op.batch_alter_table('shift_count', schema=None) as batch_op:
        batch_op.drop_index('ix_shift_count_on')

    op.drop_table('shift_count')
    op.drop_table('reminder_look')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_open', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.drop_table('message')
    op.drop_table('log_entry')
    op.drop_table('lockout')
    op.drop_table('lease')
    op.drop_table('known_node')
    op.drop_table('invitation')
    op.drop_table('fork')
    with op.batch_alter_table('command', schema=None) as batch_op:
        batch_op.drop_index('ix_command_received')

    op.drop_table('command')
    op.drop_table('channel_state')
    with op.batch_alter_table('branch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_branch_company_id'))

    op.drop_table('branch')
    op.drop_table('backup_record')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entry_subject')
        batch_op.drop_index('ix_audit_entry_company')

    op.drop_table('audit_entry')
    op.drop_table('account')
