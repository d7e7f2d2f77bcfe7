"""hand-over notes"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('hand_over_note',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('shift_on', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=8), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('written_by', sa.String(length=120), nullable=False),
    sa.Column('written_at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_hand_over_note_branch_id')),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_hand_over_note_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hand_over_note'))
    )
    op.create_index('ix_hand_over_note_company', 'hand_over_note', ['company_id', 'written_at'])
    op.create_table('hand_over_reading',
    sa.Column('note_id', sa.String(length=36), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('read_by', sa.String(length=120), nullable=False),
    sa.Column('read_at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['note_id'], ['hand_over_note.id'], name=op.f('fk_hand_over_reading_note_id')),
    sa.PrimaryKeyConstraint('note_id', name=op.f('pk_hand_over_reading'))
    )


def downgrade() -> None:
    op.drop_table('hand_over_reading')
    op.drop_table('hand_over_note')
