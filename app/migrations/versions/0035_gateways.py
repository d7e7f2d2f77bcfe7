"""what messages cost, and what a channel says of its money and of whether it can send"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0035'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('delivery', sa.Column('cost', sa.Integer(), nullable=True))
    op.create_index(
        'ix_delivery_cost',
        'delivery',
        ['channel', 'sent_at'],
        sqlite_where=sa.text('cost IS NOT NULL'),
        postgresql_where=sa.text('cost IS NOT NULL'),
    )
    op.add_column('channel_state', sa.Column('balance', sa.Integer(), nullable=True))
    op.add_column('channel_state', sa.Column('checked_at', Moment(timezone=True), nullable=True))
    op.add_column(
        'channel_state', sa.Column('problem', sa.String(length=120), server_default='', nullable=False)
    )


def downgrade() -> None:
    with op.batch_alter_table('channel_state') as batch:
        for column in ('problem', 'checked_at', 'balance'):
            batch.drop_column(column)
    op.drop_index('ix_delivery_cost', 'delivery')
    with op.batch_alter_table('delivery') as batch:
        batch.drop_column('cost')
