"""bulletins with their versions, what went down to parks, and rules sent and received"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bulletin_draft',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('touched', sa.Integer(), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.Column('touched_at', Moment(timezone=True), nullable=False),
    sa.Column('touched_by', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin_draft'))
    )
    op.create_table('bulletin_version',
    sa.Column('bulletin_id', sa.String(length=36), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('channels', sa.JSON(), nullable=False),
    sa.Column('content', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.Column('made_by', sa.String(length=120), nullable=False),
    sa.Column('stored_at', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('bulletin_id', 'version', name=op.f('pk_bulletin_version'))
    )
    op.create_index('ix_bulletin_version_on', 'bulletin_version', ['on'], unique=False)
    op.create_table('channel_link',
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('renewed_at', Moment(timezone=True), nullable=False),
    sa.Column('renewed_by', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('channel', name=op.f('pk_channel_link'))
    )
    op.create_table('down_sending',
    sa.Column('thing_id', sa.String(length=36), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('sent_at', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('thing_id', 'version', 'node', name=op.f('pk_down_sending'))
    )
    op.create_table('rule_document',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('valid_from_on', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.Column('nodes', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.Column('made_by', sa.String(length=120), nullable=False),
    sa.Column('sent_at', Moment(timezone=True), nullable=True),
    sa.Column('sent_by', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_document'))
    )
    op.create_table('rule_arrival',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('valid_from_on', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('arrived_at', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_arrival'))
    )
    op.create_table('hotline_list',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('valid_from_on', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.Column('received_at', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hotline_list'))
    )
    op.create_index(op.f('ix_hotline_list_valid_from_on'), 'hotline_list', ['valid_from_on'], unique=False)
    op.create_table('sent_rule_set',
    sa.Column('version', sa.String(length=60), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.Column('valid_from_on', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('received_at', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_sent_rule_set'))
    )


def downgrade() -> None:
    op.drop_table('sent_rule_set')
    op.drop_index(op.f('ix_hotline_list_valid_from_on'), table_name='hotline_list')
    op.drop_table('hotline_list')
    op.drop_table('rule_arrival')
    op.drop_table('rule_document')
    op.drop_table('down_sending')
    op.drop_table('channel_link')
    op.drop_index('ix_bulletin_version_on', table_name='bulletin_version')
    op.drop_table('bulletin_version')
    op.drop_table('bulletin_draft')
