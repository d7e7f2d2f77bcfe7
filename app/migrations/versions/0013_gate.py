"""passes, their keys, and who went through a gate"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pass_key',
    sa.Column('kid', sa.String(length=16), nullable=False),
    sa.Column('public', sa.String(length=43), nullable=False),
    sa.Column('private', sa.LargeBinary(), nullable=False),
    sa.Column('in_use', sa.Boolean(), nullable=True),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.Column('until_at', Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('kid', name=op.f('pk_pass_key')),
    sa.UniqueConstraint('in_use', name=op.f('uq_pass_key_in_use'))
    )
    op.create_table('gate_pass',
    sa.Column('jti', sa.String(length=16), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('kid', sa.String(length=16), nullable=False),
    sa.Column('opens_at', Moment(timezone=True), nullable=False),
    sa.Column('expires_at', Moment(timezone=True), nullable=False),
    sa.Column('issued_at', Moment(timezone=True), nullable=False),
    sa.Column('revoked_at', Moment(timezone=True), nullable=True),
    sa.Column('revoked_because', sa.String(length=8), nullable=True),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_gate_pass_worker_id')),
    sa.PrimaryKeyConstraint('jti', name=op.f('pk_gate_pass'))
    )
    with op.batch_alter_table('gate_pass', schema=None) as batch_op:
        batch_op.create_index('ix_gate_pass_standing', ['worker_id', 'shift_on', 'shift'], unique=True, sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))
        batch_op.create_index('ix_gate_pass_revoked', ['expires_at'], unique=False, sqlite_where=sa.text('revoked_at IS NOT NULL'), postgresql_where=sa.text('revoked_at IS NOT NULL'))
    op.create_table('gate_scan',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=True),
    sa.Column('jti', sa.String(length=16), nullable=True),
    sa.Column('badge', sa.String(length=40), nullable=True),
    sa.Column('gate', sa.String(length=40), nullable=False),
    sa.Column('direction', sa.String(length=3), nullable=False),
    sa.Column('verdict', sa.String(length=14), nullable=False),
    sa.Column('judged', sa.String(length=14), nullable=True),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.Column('received_at', Moment(timezone=True), nullable=False),
    sa.Column('counted_at', Moment(timezone=True), nullable=False),
    sa.Column('clock_suspect', sa.Boolean(), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=True),
    sa.Column('device_id', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_gate_scan_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gate_scan'))
    )
    with op.batch_alter_table('gate_scan', schema=None) as batch_op:
        batch_op.create_index('ix_gate_scan_worker', ['worker_id', 'counted_at'], unique=False)


def downgrade() -> None:
    op.drop_table('gate_scan')
    op.drop_table('gate_pass')
    op.drop_table('pass_key')
