"""the log down, entries that came early, keys that were replaced, and forks that were settled"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('early_entry',
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('direction', sa.String(length=4), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=43), nullable=False),
    sa.Column('received_at', Moment(timezone=True), nullable=False),
    sa.Column('compact', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('node', 'direction', 'seq', 'hash', name=op.f('pk_early_entry'))
    )
    op.create_table('past_key',
    sa.Column('node', sa.String(length=36), nullable=False),
    sa.Column('kid', sa.String(length=43), nullable=False),
    sa.Column('sign_key', sa.JSON(), nullable=False),
    sa.Column('through', sa.Integer(), nullable=False),
    sa.Column('ended_at', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('node', 'kid', name=op.f('pk_past_key'))
    )
    op.add_column('log_entry', sa.Column('unapplied', sa.String(length=60), nullable=True))
    op.add_column('fork', sa.Column('direction', sa.String(length=4), server_default='up', nullable=False))
    op.add_column('fork', sa.Column('settled_at', Moment(timezone=True), nullable=True))
    op.add_column('invitation', sa.Column('replaces', sa.String(length=36), nullable=True))
    op.add_column('known_node', sa.Column('confirmed_through', sa.Integer(), server_default='0', nullable=False))
    op.add_column('known_node', sa.Column('revoked_at', Moment(timezone=True), nullable=True))
    op.add_column('known_node', sa.Column('version', sa.String(length=40), server_default='', nullable=False))
    op.add_column('this_node', sa.Column('applied_through', sa.Integer(), server_default='0', nullable=False))
    op.add_column('this_node', sa.Column('applied_hash', sa.String(length=43), server_default='', nullable=False))
    op.add_column('this_node', sa.Column('down_head', sa.Integer(), server_default='0', nullable=False))
    op.add_column('this_node', sa.Column('pull_failures', sa.Integer(), server_default='0', nullable=False))
    op.add_column('this_node', sa.Column('next_pull_at', Moment(timezone=True), nullable=True))
    op.add_column('this_node', sa.Column('pull_problem', sa.JSON(), nullable=True))
    op.add_column('this_node', sa.Column('next_keys', sa.LargeBinary(), nullable=True))
    _set_down_logs_in_order(op.get_bind())


def _set_down_logs_in_order(connection: sa.Connection) -> None:
    """Receipts were kept as they came: from now on a log here has no holes, the rest waits."""
    node = connection.execute(sa.text('SELECT node FROM this_node')).scalar()
    if node is None:
        return
    of_park = {'node': node}
    rows = connection.execute(
        sa.text("SELECT seq, hash FROM log_entry WHERE node = :node AND direction = 'down' ORDER BY seq"),
        of_park,
    ).all()
    through, link = 0, ''
    for seq, entry_hash in rows:
        if seq != through + 1:
            break
        through, link = seq, entry_hash
    behind = "WHERE node = :node AND direction = 'down' AND seq > :through"
    values = {**of_park, 'through': through, 'link': link, 'head': rows[-1][0] if rows else 0}
    connection.execute(
        sa.text(
            'INSERT INTO early_entry (node, direction, seq, hash, received_at, compact) '
            f'SELECT node, direction, seq, hash, stored_at, compact FROM log_entry {behind}'  # noqa: S608
        ),
        values,
    )
    connection.execute(sa.text(f'DELETE FROM log_entry {behind}'), values)  # noqa: S608
    connection.execute(
        sa.text('UPDATE this_node SET applied_through = :through, applied_hash = :link, down_head = :head'),
        values,
    )


def downgrade() -> None:
    for table, columns in {
        'this_node': ('next_keys', 'pull_problem', 'next_pull_at', 'pull_failures', 'down_head', 'applied_hash', 'applied_through'),
        'known_node': ('version', 'revoked_at', 'confirmed_through'),
        'invitation': ('replaces',),
        'fork': ('settled_at', 'direction'),
        'log_entry': ('unapplied',),
    }.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
    op.drop_table('past_key')
    op.drop_table('early_entry')
