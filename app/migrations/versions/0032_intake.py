"""what parks hand to the province: cases, feedback, calls, and what was done with them"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('intake_item',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('ref', sa.String(length=60), nullable=False),
    sa.Column('company_code', sa.String(length=40), nullable=False),
    sa.Column('category', sa.String(length=10), nullable=False),
    sa.Column('level', sa.String(length=5), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('content_seq', sa.Integer(), nullable=False),
    sa.Column('park_state', sa.String(length=20), nullable=False),
    sa.Column('state_seq', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('owner_id', sa.String(length=36), nullable=True),
    sa.Column('owner_name', sa.String(length=120), nullable=False),
    sa.Column('reported_at', Moment(timezone=True), nullable=True),
    sa.Column('came_on', sa.Date(), nullable=False),
    sa.Column('due_at', Moment(timezone=True), nullable=False),
    sa.Column('looked_on', sa.Date(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('park_over_on', sa.Date(), nullable=True),
    sa.Column('destroyed_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intake_item')),
    sa.UniqueConstraint('node', 'kind', 'ref', name=op.f("uq_intake_item_node_kind_ref")),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('intake_item', schema=None) as batch_op:
        batch_op.create_index('ix_intake_item_queue', ['kind', 'state', 'due_at'], unique=False)
    op.create_table('intake_entry',
    sa.Column('item_id', sa.String(length=36), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=10), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=True),
    sa.Column('undone', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['intake_item.id'], name=op.f('fk_intake_entry_item_id_intake_item')),
    sa.PrimaryKeyConstraint('item_id', 'n', name=op.f('pk_intake_entry')),
    sa.UniqueConstraint('item_id', 'seq', name=op.f('uq_intake_entry_item_id_seq')),
    sqlite_with_rowid=False
    )
    # What parks sent before there was a place for it waits to be read: the hourly job does.
    op.execute(
        "UPDATE log_entry SET unapplied = 'intake.not_heard' WHERE direction = 'up' "
        "AND kind IN ('escalation', 'feedback') AND unapplied IS NULL "
        "AND node IN (SELECT node FROM known_node)"
    )
    rows = sa.text('unapplied IS NOT NULL')
    op.create_index('ix_log_entry_unapplied', 'log_entry', ['kind', 'stored_at'], sqlite_where=rows, postgresql_where=rows)


def downgrade() -> None:
    op.drop_index('ix_log_entry_unapplied', 'log_entry')
    op.execute("UPDATE log_entry SET unapplied = NULL WHERE unapplied = 'intake.not_heard'")
    op.drop_table('intake_entry')
    op.drop_table('intake_item')
