"""what providers tell of their own accord, and digests by e-mail"""

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
    op.create_table('digest_address',
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=False),
    sa.Column('set_at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_digest_address_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_digest_address'))
    )
    op.create_table('digest_letter',
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('week_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_digest_letter_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'week_on', name=op.f('pk_digest_letter'))
    )


def downgrade() -> None:
    op.drop_table('digest_letter')
    op.drop_table('digest_address')
    op.drop_table('provider_event')
