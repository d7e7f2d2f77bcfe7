"""what providers tell of their own accord"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0026'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('provider_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('provider_event_id', sa.String(length=64), nullable=False),
    sa.Column('received_at', Moment(timezone=True), nullable=False),
    sa.Column('raw', sa.LargeBinary(), nullable=False),
    sa.Column('handled_at', Moment(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=20), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_event')),
    sa.UniqueConstraint('channel', 'provider_event_id', name=op.f('uq_provider_event_channel_provider_event_id'))
    )
    op.create_index('ix_provider_event_new', 'provider_event', ['received_at'], unique=False, sqlite_where=sa.text('handled_at IS NULL'), postgresql_where=sa.text('handled_at IS NULL'))
    op.create_index('ix_provider_event_handled', 'provider_event', ['handled_at'], unique=False)


def downgrade() -> None:
    op.drop_table('provider_event')
