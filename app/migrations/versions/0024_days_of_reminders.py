"""reminders by line, holiday, bus and language, single days that differ, and schedules carried"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

OLD = 'uq_reminder_occurrence_schedule_id_shift_on_shift'
NEW = f'{OLD}_part'


def upgrade() -> None:
    op.add_column('work_group', sa.Column('departures', sa.JSON(), nullable=False, server_default='[]'))
    for column in (
        sa.Column('branch_ids', sa.JSON(), nullable=False, server_default='[]'),
        sa.Column('on_holidays', sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column('language', sa.String(length=5), nullable=False, server_default=''),
        sa.Column('carried_from', sa.String(length=160), nullable=False, server_default=''),
        sa.Column('left_behind', sa.JSON(), nullable=False, server_default='[]'),
        sa.Column('carry_id', sa.String(length=36), nullable=True),
    ):
        op.add_column('reminder_schedule', column)
    op.create_index('ix_reminder_schedule_carry_id', 'reminder_schedule', ['carry_id'], unique=False)
    op.create_table('reminder_one_day',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('schedule_id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('kind', sa.String(length=6), nullable=False),
    sa.Column('due_at', Moment(timezone=True), nullable=True),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.Column('made_by', sa.String(length=120), nullable=False),
    sa.Column('undone_at', Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_reminder_one_day_company_id')),
    sa.ForeignKeyConstraint(['schedule_id'], ['reminder_schedule.id'], name=op.f('fk_reminder_one_day_schedule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_one_day'))
    )
    op.create_index('ix_reminder_one_day_company', 'reminder_one_day', ['company_id', 'on'], unique=False)
    op.create_index('ix_reminder_one_day_standing', 'reminder_one_day', ['schedule_id', 'on', 'shift'],
        unique=True, sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))
    with op.batch_alter_table('reminder_occurrence', schema=None) as batch_op:
        batch_op.add_column(sa.Column('part', sa.String(length=5), nullable=False, server_default=''))
        batch_op.drop_constraint(OLD, type_='unique')
        batch_op.create_unique_constraint(NEW, ['schedule_id', 'shift_on', 'shift', 'part'])


def downgrade() -> None:
    op.execute("DELETE FROM reminder_occurrence WHERE part <> ''")
    with op.batch_alter_table('reminder_occurrence', schema=None) as batch_op:
        batch_op.drop_constraint(NEW, type_='unique')
        batch_op.create_unique_constraint(OLD, ['schedule_id', 'shift_on', 'shift'])
        batch_op.drop_column('part')
    op.drop_index('ix_reminder_one_day_standing', table_name='reminder_one_day')
    op.drop_index('ix_reminder_one_day_company', table_name='reminder_one_day')
    op.drop_table('reminder_one_day')
    op.execute("UPDATE reminder_schedule SET anchor = 'shift_start', offset_minutes = offset_minutes - 45 WHERE anchor = 'bus'")
    op.drop_index('ix_reminder_schedule_carry_id', table_name='reminder_schedule')
    for name in ('carry_id', 'left_behind', 'carried_from', 'language', 'on_holidays', 'branch_ids'):
        op.drop_column('reminder_schedule', name)
    op.drop_column('work_group', 'departures')
