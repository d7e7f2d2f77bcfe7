"""planned changes"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('planned_change',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.String(length=36), nullable=True),
    sa.Column('asked_by', sa.String(length=120), nullable=False),
    sa.Column('asked_at', Moment(timezone=True), nullable=False),
    sa.Column('import_id', sa.String(length=36), nullable=True),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=True),
    sa.Column('settled_at', Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(
        ['branch_id'], ['branch.id'], name=op.f('fk_planned_change_branch_id')
    ),
    sa.ForeignKeyConstraint(
        ['company_id'], ['branch.id'], name=op.f('fk_planned_change_company_id')
    ),
    sa.ForeignKeyConstraint(
        ['worker_id'], ['worker.id'], name=op.f('fk_planned_change_worker_id')
    ),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_planned_change'))
    )
    with op.batch_alter_table('planned_change', schema=None) as batch_op:
        for name, columns in INDEXES.items():
            batch_op.create_index(name, columns, unique=False)


def downgrade() -> None:
    op.drop_table('planned_change')


INDEXES = {
    'ix_planned_change_company': ['company_id', 'outcome', 'from_on'],
    'ix_planned_change_due': ['outcome', 'from_on'],
    'ix_planned_change_import': ['import_id'],
    'ix_planned_change_worker': ['worker_id', 'outcome'],
}
