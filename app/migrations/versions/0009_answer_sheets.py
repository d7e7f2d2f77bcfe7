"""answer sheets"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('answer_sheet',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=True),
    sa.Column('read_at', Moment(timezone=True), nullable=False),
    sa.Column('done_at', Moment(timezone=True), nullable=True),
    sa.Column('lines', sa.LargeBinary(), nullable=True),
    sa.Column('kept', sa.Integer(), nullable=False),
    sa.Column('discarded', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_answer_sheet_branch_id')),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_answer_sheet_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_sheet'))
    )
    with op.batch_alter_table('answer_sheet', schema=None) as batch_op:
        batch_op.create_index('ix_answer_sheet_company', ['company_id', 'read_at'], unique=False)


def downgrade() -> None:
    op.drop_table('answer_sheet')
