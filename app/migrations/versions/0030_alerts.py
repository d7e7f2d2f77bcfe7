"""urgent notices of the province: at the province what is told to which park, at a park what came"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alert',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('root_id', sa.String(length=36), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('corrects_id', sa.String(length=36), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('severity', sa.String(length=10), nullable=False),
    sa.Column('to', sa.JSON(), nullable=False),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.Column('sender', sa.String(length=120), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('returned_for', sa.String(length=500), nullable=False),
    sa.Column('withdrawn_for', sa.String(length=500), nullable=False),
    sa.Column('written_at', Moment(timezone=True), nullable=False),
    sa.Column('writer_id', sa.String(length=36), nullable=True),
    sa.Column('writer_name', sa.String(length=120), nullable=False),
    sa.Column('expires_at', Moment(timezone=True), nullable=False),
    sa.Column('touched', sa.Integer(), nullable=False),
    sa.Column('asked_at', Moment(timezone=True), nullable=True),
    sa.Column('approved_at', Moment(timezone=True), nullable=True),
    sa.Column('approver_id', sa.String(length=36), nullable=True),
    sa.Column('approver_name', sa.String(length=120), nullable=False),
    sa.Column('approved_seal', sa.String(length=64), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('sends_at', Moment(timezone=True), nullable=True),
    sa.Column('begun_at', Moment(timezone=True), nullable=True),
    sa.Column('ended_at', Moment(timezone=True), nullable=True),
    sa.Column('ended_by', sa.String(length=120), nullable=False),
    sa.Column('cancelled_at', Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['corrects_id'], ['alert.id'], name=op.f('fk_alert_corrects_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert')),
    sa.UniqueConstraint('root_id', 'version', name=op.f('uq_alert_root_id_version'))
    )
    op.create_index('ix_alert_state', 'alert', ['state', 'sends_at'])
    op.create_index('ix_alert_written', 'alert', ['written_at'])
    op.create_table('alert_park',
    sa.Column('alert_id', sa.String(length=36), nullable=False),
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=True),
    sa.Column('sent_at', Moment(timezone=True), nullable=True),
    sa.Column('cancel_seq', sa.Integer(), nullable=True),
    sa.Column('told_at', Moment(timezone=True), nullable=True),
    sa.Column('told_state', sa.String(length=10), nullable=False),
    sa.Column('told_code', sa.String(length=60), nullable=False),
    sa.Column('audience', sa.Integer(), nullable=True),
    sa.Column('gone', sa.Integer(), nullable=True),
    sa.Column('reached', sa.Integer(), nullable=True),
    sa.Column('read', sa.Integer(), nullable=True),
    sa.Column('unknown', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_alert_park_alert_id')),
    sa.ForeignKeyConstraint(['node'], ['known_node.node'], name=op.f('fk_alert_park_node')),
    sa.PrimaryKeyConstraint('alert_id', 'node', name=op.f('pk_alert_park'))
    )
    op.create_index('ix_alert_park_node', 'alert_park', ['node'])
    op.create_table('province_notice',
    sa.Column('alert_id', sa.String(length=36), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('root_id', sa.String(length=36), nullable=True),
    sa.Column('notice_id', sa.String(length=36), nullable=True),
    sa.Column('unknown', sa.JSON(), nullable=False),
    sa.Column('cancelled_at', Moment(timezone=True), nullable=True),
    sa.Column('cancelled_for', sa.String(length=500), nullable=False),
    sa.Column('told_at', Moment(timezone=True), nullable=True),
    sa.Column('told', sa.JSON(), nullable=True),
    sa.Column('looked_at', Moment(timezone=True), nullable=True),
    sa.Column('closed_at', Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_province_notice_notice_id')),
    sa.PrimaryKeyConstraint('alert_id', name=op.f('pk_province_notice'))
    )
    op.create_index('ix_province_notice_root', 'province_notice', ['root_id'])


def downgrade() -> None:
    op.drop_table('province_notice')
    op.drop_table('alert_park')
    op.drop_table('alert')
