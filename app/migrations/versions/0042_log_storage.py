"""the log's texts lie packed: PostgreSQL need not try to pack them again"""

from alembic import op

revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None

PACKED = (('log_entry', 'compact'), ('summary', 'body'))


def _store(how) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for table, column in PACKED:
            op.execute(f'ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE {how}')


def upgrade() -> None:
    _store('EXTERNAL')


def downgrade() -> None:
    _store('EXTENDED')
