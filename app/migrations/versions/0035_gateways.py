"""what messages cost, what a channel says of its money, and phones that ring for the inbox"""

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
    op.create_table(
        'push_subscription',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('account_id', sa.String(length=36), nullable=False),
        sa.Column('device_id', sa.String(length=64), nullable=False),
        sa.Column('contact_point_id', sa.String(length=36), nullable=False),
        sa.Column('endpoint_hash', sa.String(length=64), nullable=False),
        sa.Column('consented_at', Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['contact_point_id'], ['contact_point.id'], name=op.f('fk_push_subscription_contact_point_id')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_push_subscription')),
        sa.UniqueConstraint('endpoint_hash', name=op.f('uq_push_subscription_endpoint_hash')),
        sa.UniqueConstraint('contact_point_id', name=op.f('uq_push_subscription_contact_point_id')),
    )
    op.create_index('ix_push_subscription_account', 'push_subscription', ['account_id', 'device_id'])
    op.create_table(
        'told_trouble',
        sa.Column('key', sa.String(length=80), nullable=False),
        sa.Column('since_at', Moment(timezone=True), nullable=False),
        sa.Column('told_at', Moment(timezone=True), nullable=False),
        sa.Column('ended_at', Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_told_trouble')),
    )


def downgrade() -> None:
    op.drop_table('told_trouble')
    op.drop_table('push_subscription')
    with op.batch_alter_table('channel_state') as batch:
        for column in ('problem', 'checked_at', 'balance'):
            batch.drop_column(column)
    op.drop_index('ix_delivery_cost', 'delivery')
    with op.batch_alter_table('delivery') as batch:
        batch.drop_column('cost')
