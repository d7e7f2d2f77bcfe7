"""groups are closed by a day, and changes of them are undone"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('group_change',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('act_id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.String(length=36), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('undone_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_group_change_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_change'))
    )
    with op.batch_alter_table('group_change', schema=None) as batch_op:
        batch_op.create_index('ix_group_change_act', ['act_id'], unique=False)

    op.add_column('work_group', sa.Column('closed_on', sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column('work_group', 'closed_on')
    with op.batch_alter_table('group_change', schema=None) as batch_op:
        batch_op.drop_index('ix_group_change_act')

    op.drop_table('group_change')
