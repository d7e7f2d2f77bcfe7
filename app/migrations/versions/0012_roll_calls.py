"""roll calls"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('roll_call',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('group_id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('called_by', sa.String(length=120), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.Column('called_at', Moment(timezone=True), nullable=False),
    sa.Column('received_at', Moment(timezone=True), nullable=False),
    sa.Column('clock_suspect', sa.Boolean(), nullable=False),
    sa.Column('undone_at', Moment(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(length=120), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_roll_call_company_id')),
    sa.ForeignKeyConstraint(['group_id'], ['work_group.id'], name=op.f('fk_roll_call_group_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roll_call'))
    )
    with op.batch_alter_table('roll_call', schema=None) as batch_op:
        batch_op.create_index('ix_roll_call_group', ['group_id', 'shift_on', 'shift'], unique=False)

    op.create_table('roll_mark',
    sa.Column('roll_call_id', sa.String(length=36), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('said', sa.String(length=12), nullable=False),
    sa.Column('kept', sa.String(length=20), nullable=True),
    sa.Column('steps', sa.JSON(), nullable=True),
    sa.Column('restored', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['roll_call_id'], ['roll_call.id'], name=op.f('fk_roll_mark_roll_call_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_roll_mark_worker_id')),
    sa.PrimaryKeyConstraint('roll_call_id', 'worker_id', name=op.f('pk_roll_mark')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('roll_mark', schema=None) as batch_op:
        batch_op.create_index('ix_roll_mark_duty', ['worker_id', 'shift_on', 'shift'], unique=False)


def downgrade() -> None:
    op.drop_table('roll_mark')
    op.drop_table('roll_call')
