"""follow-up cases"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('follow_up_case',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('level', sa.String(length=5), nullable=False),
    sa.Column('origin', sa.String(length=8), nullable=False),
    sa.Column('opened_at', Moment(timezone=True), nullable=False),
    sa.Column('opened_by', sa.String(length=120), nullable=False),
    sa.Column('owner_id', sa.String(length=36), nullable=True),
    sa.Column('owner_name', sa.String(length=120), nullable=False),
    sa.Column('due_at', Moment(timezone=True), nullable=False),
    sa.Column('touched_at', Moment(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('person_class', sa.String(length=2), nullable=True),
    sa.Column('isolated_on', sa.Date(), nullable=True),
    sa.Column('follow_from_on', sa.Date(), nullable=True),
    sa.Column('follow_days', sa.Integer(), nullable=False),
    sa.Column('follow_rule', sa.String(length=20), nullable=False),
    sa.Column('escalated_at', Moment(timezone=True), nullable=True),
    sa.Column('escalated_seq', sa.Integer(), nullable=True),
    sa.Column('cleared_at', Moment(timezone=True), nullable=True),
    sa.Column('closed_at', Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_follow_up_case_worker_id')),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_follow_up_case_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up_case'))
    )
    op.create_index('ix_follow_up_case_open', 'follow_up_case', ['worker_id'], unique=True,
                    sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index('ix_follow_up_case_worker', 'follow_up_case', ['worker_id', 'opened_at'])
    op.create_index('ix_follow_up_case_queue', 'follow_up_case', ['company_id', 'closed_at', 'due_at'])
    op.create_table('case_task',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('due_at', Moment(timezone=True), nullable=False),
    sa.Column('rule', sa.String(length=20), nullable=False),
    sa.Column('asked_at', Moment(timezone=True), nullable=False),
    sa.Column('asked_by', sa.String(length=120), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=False),
    sa.Column('over_at', Moment(timezone=True), nullable=True),
    sa.Column('over_by', sa.String(length=120), nullable=False),
    sa.Column('result', sa.String(length=10), nullable=True),
    sa.Column('result_at', Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['follow_up_case.id'], name=op.f('fk_case_task_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_task'))
    )
    op.create_index('ix_case_task_case', 'case_task', ['case_id', 'state'])
    op.create_table('case_entry',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=True),
    sa.Column('by_name', sa.String(length=120), nullable=False),
    sa.Column('act', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('check_in_id', sa.String(length=36), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['follow_up_case.id'], name=op.f('fk_case_entry_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_entry'))
    )
    op.create_index('ix_case_entry_case', 'case_entry', ['case_id', 'at'])
    op.create_table('follow_up_day',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=120), nullable=False),
    sa.Column('source', sa.String(length=8), nullable=False),
    sa.Column('level', sa.String(length=5), nullable=False),
    sa.Column('answers', sa.LargeBinary(), nullable=False),
    sa.Column('check_in_id', sa.String(length=36), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['follow_up_case.id'], name=op.f('fk_follow_up_day_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up_day')),
    sa.UniqueConstraint('case_id', 'on', 'version', name=op.f('uq_follow_up_day_case_id_on_version'))
    )


def downgrade() -> None:
    op.drop_table('follow_up_day')
    op.drop_table('case_entry')
    op.drop_table('case_task')
    op.drop_table('follow_up_case')
