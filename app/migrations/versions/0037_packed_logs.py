"""entries and the bodies of summaries lie packed; how far each park was told something"""

import json
import zlib
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.sync.gateways.packing import PACKED, packed_entry, unpacked_entry

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None
STEP = 500

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
    step = sa.update(summary).where(summary.c.id == sa.bindparam('row')).values({new: sa.bindparam('told')})
    page = sa.select(summary.c.id, old).order_by(summary.c.id).limit(STEP)
    rows = connection.execute(page).all()
    while rows:
        connection.execute(step, [{'row': row_id, 'told': change(value)} for row_id, value in rows])
        rows = connection.execute(page.where(summary.c.id > rows[-1][0])).all()


def _change_entries(connection: sa.Connection, change: Callable[[bytes], bytes]) -> None:
    """Page by page in the order of their places; what is as it should be is not written again."""
    place = (log_entry.c.node, log_entry.c.direction, log_entry.c.seq)
    step = (
        sa.update(log_entry)
        .where(*(column == sa.bindparam(f'at_{column.name}') for column in place))
        .values(compact=sa.bindparam('told'))
    )
    page = sa.select(*place, log_entry.c.compact).order_by(*place).limit(STEP)
    rows = connection.execute(page).all()
    while rows:
        changed = []
        for node, direction, seq, kept in rows:
            told = _changed(bytes(kept), change)
            if told is not None:
                changed.append({'at_node': node, 'at_direction': direction, 'at_seq': seq, 'told': told})
        if changed:
            connection.execute(step, changed)
        last = [sa.literal(value) for value in rows[-1][:3]]
        rows = connection.execute(page.where(sa.tuple_(*place) > sa.tuple_(*last))).all()


def _changed(kept: bytes, change: Callable[[bytes], bytes]) -> bytes | None:
    packs = change is packed_entry
    return None if packs == kept.startswith(PACKED) else change(kept)
