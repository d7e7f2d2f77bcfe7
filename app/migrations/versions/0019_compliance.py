"""what was kept of past shifts and days, files asked for, weekly digests"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('shift_record',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('wanted', sa.Integer(), nullable=False),
    sa.Column('delivered', sa.Integer(), nullable=False),
    sa.Column('read', sa.Integer(), nullable=False),
    sa.Column('final_due_at', Moment(timezone=True), nullable=True),
    sa.Column('final_seq', sa.Integer(), nullable=True),
    sa.Column('zero', sa.Boolean(), nullable=True),
    sa.Column('as_of', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_shift_record_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'shift_on', 'shift', name=op.f('pk_shift_record')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_shift_record_on', 'shift_record', ['shift_on'], unique=False)
    op.create_table('day_record',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('teams_needed', sa.Integer(), nullable=True),
    sa.Column('teams_staffed', sa.Integer(), nullable=True),
    sa.Column('cases_open', sa.Integer(), nullable=True),
    sa.Column('cases_overdue', sa.Integer(), nullable=True),
    sa.Column('as_of', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_day_record_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'on', name=op.f('pk_day_record')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_day_record_on', 'day_record', ['on'], unique=False)
    op.create_table('figures_file',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('asked_at', Moment(timezone=True), nullable=False),
    sa.Column('wanted', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('touched_at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_figures_file_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_figures_file'))
    )
    op.create_index('ix_figures_file_account', 'figures_file', ['account_id', 'asked_at'], unique=False)
    op.create_table('weekly_digest',
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('week_on', sa.Date(), nullable=False),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.Column('read_at', Moment(timezone=True), nullable=True),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_weekly_digest_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'week_on', name=op.f('pk_weekly_digest'))
    )
    op.create_table('digest_choice',
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('wanted', sa.Boolean(), nullable=False),
    sa.Column('chosen_at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_digest_choice_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_digest_choice'))
    )


def downgrade() -> None:
    op.drop_table('digest_choice')
    op.drop_table('weekly_digest')
    op.drop_index('ix_figures_file_account', table_name='figures_file')
    op.drop_table('figures_file')
    op.drop_index('ix_day_record_on', table_name='day_record')
    op.drop_table('day_record')
    op.drop_index('ix_shift_record_on', table_name='shift_record')
    op.drop_table('shift_record')
