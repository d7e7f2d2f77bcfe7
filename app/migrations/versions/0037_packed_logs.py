"""entries and the bodies of summaries lie packed; how far each park was told something"""

import json
import zlib
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.sync.gateways.packing import packed_entry, unpacked_entry

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None
STEP = 200

summary = sa.table(
    'summary',
    sa.column('id', sa.String),
    sa.column('body', sa.JSON),
    sa.column('packed', sa.LargeBinary),
)
log_entry = sa.table(
    'log_entry',
    sa.column('node', sa.String),
    sa.column('direction', sa.String),
    sa.column('seq', sa.Integer),
    sa.column('compact', sa.LargeBinary),
)


def upgrade() -> None:
    connection = op.get_bind()
    op.add_column('known_node', sa.Column('told_through', sa.Integer(), server_default='0', nullable=False))
    with op.batch_alter_table('summary') as batch:
        batch.add_column(sa.Column('packed', sa.LargeBinary(), nullable=True))
    _change_bodies(connection, summary.c.body, summary.c.packed, _packed)
    with op.batch_alter_table('summary') as batch:
        batch.drop_column('body')
        batch.alter_column('packed', new_column_name='body', existing_type=sa.LargeBinary(), nullable=False)
    _change_entries(connection, packed_entry)


def downgrade() -> None:
    connection = op.get_bind()
    _change_entries(connection, unpacked_entry)
    with op.batch_alter_table('known_node') as batch:
        batch.drop_column('told_through')
    with op.batch_alter_table('summary') as batch:
        batch.alter_column('body', new_column_name='packed', existing_type=sa.LargeBinary(), nullable=True)
    with op.batch_alter_table('summary') as batch:
        batch.add_column(sa.Column('body', sa.JSON(), nullable=True))
    _change_bodies(connection, summary.c.packed, summary.c.body, _unpacked)
    with op.batch_alter_table('summary') as batch:
        batch.drop_column('packed')
        batch.alter_column('body', existing_type=sa.JSON(), nullable=False)


def _packed(body: Any) -> bytes:
    return zlib.compress(json.dumps({'body': body}, ensure_ascii=False, separators=(',', ':')).encode(), 1)


def _unpacked(packed: bytes) -> Any:
    return json.loads(zlib.decompress(packed))['body']


def _change_bodies(
    connection: sa.Connection,
    old: sa.ColumnClause[Any],
    new: sa.ColumnClause[Any],
    change: Callable[[Any], Any],
) -> None:
    ids = connection.execute(sa.select(summary.c.id)).scalars().all()
    for start in range(0, len(ids), STEP):
        some = ids[start : start + STEP]
        rows = connection.execute(sa.select(summary.c.id, old).where(summary.c.id.in_(some))).all()
        for row_id, value in rows:
            connection.execute(
                sa.update(summary).where(summary.c.id == row_id).values({new: change(value)})
            )


def _change_entries(connection: sa.Connection, change: Callable[[bytes], bytes]) -> None:
    places = connection.execute(
        sa.select(log_entry.c.node, log_entry.c.direction, log_entry.c.seq)
    ).all()
    for node, direction, seq in places:
        here = (
            log_entry.c.node == node,
            log_entry.c.direction == direction,
            log_entry.c.seq == seq,
        )
        compact = bytes(connection.execute(sa.select(log_entry.c.compact).where(*here)).scalar_one())
        connection.execute(sa.update(log_entry).where(*here).values(compact=change(compact)))
