"""kiosks, the keys that commands are sealed for, and what came back"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('seal_key',
    sa.Column('kid', sa.String(length=43), nullable=False),
    sa.Column('public', sa.JSON(), nullable=False),
    sa.Column('private', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('kid', name=op.f('pk_seal_key'))
    )
    op.create_table('kiosk',
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('leave_lock', sa.JSON(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=True),
    sa.Column('code_expires_at', Moment(timezone=True), nullable=True),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.Column('made_by', sa.String(length=120), nullable=False),
    sa.Column('revoked_at', Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_kiosk_account_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_kiosk_branch_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_kiosk')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_kiosk_code_hash'))
    )
    op.create_index(op.f('ix_kiosk_branch_id'), 'kiosk', ['branch_id'], unique=False)
    op.create_table('kiosk_return',
    sa.Column('key', sa.String(length=36), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('badge', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.Column('received_at', Moment(timezone=True), nullable=False),
    sa.Column('seen_at', Moment(timezone=True), nullable=True),
    sa.Column('seen_by', sa.String(length=120), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_kiosk_return_account_id')),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_kiosk_return_company_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_kiosk_return'))
    )
    op.create_index('ix_kiosk_return_company', 'kiosk_return', ['company_id', 'received_at'], unique=False)


def downgrade() -> None:
    op.drop_table('kiosk_return')
    op.drop_table('kiosk')
    op.drop_table('seal_key')
