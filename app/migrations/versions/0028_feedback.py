"""feedback of workers, its pictures, and what was done with it"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feedback',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('worker_id', sa.String(length=36), nullable=True),
    sa.Column('category', sa.String(length=10), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('caller', sa.LargeBinary(), nullable=True),
    sa.Column('noted_by', sa.String(length=120), nullable=False),
    sa.Column('created_on', sa.Date(), nullable=False),
    sa.Column('received_at', Moment(timezone=True), nullable=True),
    sa.Column('reply_index', sa.String(length=64), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('owner_id', sa.String(length=36), nullable=True),
    sa.Column('owner_name', sa.String(length=120), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('same_as', sa.String(length=36), nullable=True),
    sa.Column('looked_on', sa.Date(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('sent_seq', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_feedback_branch_id')),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_feedback_company_id')),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_feedback_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback')),
    sa.UniqueConstraint('reply_index', name=op.f('uq_feedback_reply_index')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_feedback_branch', 'feedback', ['branch_id', 'state', 'due_on'], unique=False)
    op.create_index('ix_feedback_worker', 'feedback', ['worker_id'], unique=False)
    op.create_table('feedback_photo',
    sa.Column('feedback_id', sa.String(length=36), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['feedback_id'], ['feedback.id'], name=op.f('fk_feedback_photo_feedback_id')),
    sa.PrimaryKeyConstraint('feedback_id', name=op.f('pk_feedback_photo')),
    sqlite_with_rowid=False
    )
    op.create_table('feedback_entry',
    sa.Column('feedback_id', sa.String(length=36), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=10), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('undone', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['feedback_id'], ['feedback.id'], name=op.f('fk_feedback_entry_feedback_id')),
    sa.PrimaryKeyConstraint('feedback_id', 'n', name=op.f('pk_feedback_entry')),
    sqlite_with_rowid=False
    )


def downgrade() -> None:
    op.drop_table('feedback_entry')
    op.drop_table('feedback_photo')
    op.drop_index('ix_feedback_worker', table_name='feedback')
    op.drop_index('ix_feedback_branch', table_name='feedback')
    op.drop_table('feedback')
