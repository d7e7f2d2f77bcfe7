"""requests of workers about their own data, their answers, and help that was put away"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('data_request',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', Moment(timezone=True), nullable=False),
    sa.Column('received_at', Moment(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('rule_version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('noted_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_data_request_company_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_data_request_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_request'))
    )
    op.create_index('ix_data_request_company', 'data_request', ['company_id', 'state', 'due_on'], unique=False)
    op.create_index('ix_data_request_worker', 'data_request', ['worker_id', 'received_at'], unique=False)
    op.create_table('data_request_answer',
    sa.Column('request_id', sa.String(length=36), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('decision', sa.String(length=8), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=True),
    sa.Column('answered_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['data_request.id'], name=op.f('fk_data_request_answer_request_id')),
    sa.PrimaryKeyConstraint('request_id', 'n', name=op.f('pk_data_request_answer'))
    )
    op.create_table('help_put_away',
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_help_put_away_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'topic', name=op.f('pk_help_put_away'))
    )


def downgrade() -> None:
    op.drop_table('help_put_away')
    op.drop_table('data_request_answer')
    op.drop_table('data_request')
