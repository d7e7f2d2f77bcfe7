"""urgent notices and whom they are for"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('notice',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('root_id', sa.String(length=36), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('corrects_id', sa.String(length=36), nullable=True),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('severity', sa.String(length=10), nullable=False),
    sa.Column('urgency', sa.String(length=10), nullable=False),
    sa.Column('certainty', sa.String(length=10), nullable=False),
    sa.Column('cap_sender', sa.String(length=120), nullable=True),
    sa.Column('cap_identifier', sa.String(length=120), nullable=True),
    sa.Column('cap_sent', sa.String(length=30), nullable=True),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('returned_for', sa.String(length=500), nullable=False),
    sa.Column('withdrawn_for', sa.String(length=500), nullable=False),
    sa.Column('written_at', Moment(timezone=True), nullable=False),
    sa.Column('writer_id', sa.String(length=36), nullable=True),
    sa.Column('writer_name', sa.String(length=120), nullable=False),
    sa.Column('sender', sa.String(length=120), nullable=False),
    sa.Column('expires_at', Moment(timezone=True), nullable=False),
    sa.Column('touched', sa.Integer(), nullable=False),
    sa.Column('asked_at', Moment(timezone=True), nullable=True),
    sa.Column('approved_at', Moment(timezone=True), nullable=True),
    sa.Column('approver_id', sa.String(length=36), nullable=True),
    sa.Column('approver_name', sa.String(length=120), nullable=False),
    sa.Column('approved_seal', sa.String(length=64), nullable=False),
    sa.Column('sends_at', Moment(timezone=True), nullable=True),
    sa.Column('begun_at', Moment(timezone=True), nullable=True),
    sa.Column('planned_at', Moment(timezone=True), nullable=True),
    sa.Column('ended_at', Moment(timezone=True), nullable=True),
    sa.Column('swept_at', Moment(timezone=True), nullable=True),
    sa.Column('ended_by', sa.String(length=120), nullable=False),
    sa.Column('message_id', sa.String(length=36), nullable=True),
    sa.Column('cursor', sa.String(length=36), nullable=True),
    sa.Column('audience', sa.Integer(), nullable=False),
    sa.Column('planned', sa.Integer(), nullable=False),
    sa.Column('roads', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_notice_branch_id')),
    sa.ForeignKeyConstraint(['corrects_id'], ['notice.id'], name=op.f('fk_notice_corrects_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_notice_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('cap_sender', 'cap_identifier', 'cap_sent', name=op.f('uq_notice_cap_sender_cap_identifier_cap_sent')),
    sa.UniqueConstraint('root_id', 'version', name=op.f('uq_notice_root_id_version'))
    )
    op.create_index('ix_notice_state', 'notice', ['state', 'sends_at'], unique=False)
    op.create_index('ix_notice_branch', 'notice', ['branch_id', 'written_at'], unique=False)
    op.create_index('ix_notice_message', 'notice', ['message_id'], unique=False)
    op.create_table('notice_target',
    sa.Column('notice_id', sa.String(length=36), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('branch_id', sa.Integer(), nullable=True),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('on', sa.Date(), nullable=True),
    sa.Column('group_id', sa.String(length=36), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_notice_target_branch_id')),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_notice_target_company_id')),
    sa.ForeignKeyConstraint(['group_id'], ['work_group.id'], name=op.f('fk_notice_target_group_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_target_notice_id')),
    sa.PrimaryKeyConstraint('notice_id', 'n', name=op.f('pk_notice_target'))
    )
    op.create_index('ix_notice_target_company', 'notice_target', ['company_id', 'notice_id'], unique=False)


def downgrade() -> None:
    op.drop_table('notice_target')
    op.drop_table('notice')
