"""a second proof at sign-in, and sessions that are renewed"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('second_factor',
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('seed', sa.LargeBinary(), nullable=False),
    sa.Column('begun_at', Moment(timezone=True), nullable=False),
    sa.Column('confirmed_at', Moment(timezone=True), nullable=True),
    sa.Column('last_step', sa.BigInteger(), nullable=True),
    sa.Column('pass_hash', sa.String(length=64), nullable=True),
    sa.Column('pass_until', Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_second_factor_account_id_account')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_second_factor'))
    )
    op.create_table('spare_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_spare_code_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_spare_code'))
    )
    op.create_index(op.f('ix_spare_code_account_id'), 'spare_code', ['account_id'])
    op.create_table('second_factor_rule',
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('since_at', Moment(timezone=True), nullable=False),
    sa.Column('set_by', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('role', name=op.f('pk_second_factor_rule'))
    )
    op.add_column('web_session', sa.Column('renew_due', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column('web_session', 'renew_due')
    op.drop_table('second_factor_rule')
    op.drop_index(op.f('ix_spare_code_account_id'), table_name='spare_code')
    op.drop_table('spare_code')
    op.drop_table('second_factor')
