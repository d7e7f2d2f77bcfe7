"""what the province sends over Zalo for its parks, and what a park handed on"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def _where(rows):
    return {'sqlite_where': sa.text(rows), 'postgresql_where': sa.text(rows)}


def upgrade() -> None:
    op.create_table('hub_delivery',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('ref', sa.String(length=48), nullable=False),
    sa.Column('once', sa.String(length=64), nullable=True),
    sa.Column('road', sa.String(length=16), nullable=False),
    sa.Column('lane', sa.String(length=8), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=True),
    sa.Column('words', sa.LargeBinary(), nullable=True),
    sa.Column('inbound_at', Moment(timezone=True), nullable=True),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('attempt_count', sa.Integer(), nullable=False),
    sa.Column('next_attempt_at', Moment(timezone=True), nullable=True),
    sa.Column('lease_until', Moment(timezone=True), nullable=True),
    sa.Column('external_id', sa.String(length=80), nullable=True),
    sa.Column('error_class', sa.String(length=30), nullable=False),
    sa.Column('error_code', sa.String(length=40), nullable=False),
    sa.Column('sent_at', Moment(timezone=True), nullable=True),
    sa.Column('delivered_at', Moment(timezone=True), nullable=True),
    sa.Column('read_at', Moment(timezone=True), nullable=True),
    sa.Column('expires_at', Moment(timezone=True), nullable=False),
    sa.Column('changed_at', Moment(timezone=True), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.Column('told_rev', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['node'], ['known_node.node'], name=op.f('fk_hub_delivery_node')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hub_delivery')),
    sa.UniqueConstraint('node', 'ref', name=op.f('uq_hub_delivery_node_ref')),
    sa.UniqueConstraint('node', 'once', 'road', name=op.f('uq_hub_delivery_node_once_road'))
    )
    op.create_index('ix_hub_delivery_due', 'hub_delivery', ['road', 'lane', 'next_attempt_at'], **_where("status = 'queued'"))
    op.create_index('ix_hub_delivery_sending', 'hub_delivery', ['lease_until'], **_where("status = 'sending'"))
    op.create_index('ix_hub_delivery_untold', 'hub_delivery', ['node'], **_where("told_rev < rev"))
    op.create_index('ix_hub_delivery_external', 'hub_delivery', ['external_id'])
    op.create_index('ix_hub_delivery_changed', 'hub_delivery', ['changed_at'])
    op.create_table('hub_address',
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('address_hash', sa.String(length=64), nullable=False),
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('seen_at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['node'], ['known_node.node'], name=op.f('fk_hub_address_node')),
    sa.PrimaryKeyConstraint('kind', 'address_hash', 'node', name=op.f('pk_hub_address'))
    )
    op.create_table('hub_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('told', sa.LargeBinary(), nullable=False),
    sa.Column('came_at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['node'], ['known_node.node'], name=op.f('fk_hub_event_node')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hub_event')),
    sa.UniqueConstraint('node', 'key', name=op.f('uq_hub_event_node_key'))
    )
    op.create_table('hub_passed',
    sa.Column('delivery_id', sa.String(length=36), nullable=False),
    sa.Column('passed_at', Moment(timezone=True), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('delivery_id', name=op.f('pk_hub_passed'))
    )


def downgrade() -> None:
    op.drop_table('hub_passed')
    op.drop_table('hub_event')
    op.drop_table('hub_address')
    op.drop_table('hub_delivery')
