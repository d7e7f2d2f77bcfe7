"""where a backup lies a second time, and why not"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('backup_record') as table:
        table.add_column(sa.Column('copy_path', sa.String(length=400), nullable=True))
        table.add_column(sa.Column('copied_at', Moment(timezone=True), nullable=True))
        table.add_column(sa.Column('copy_code', sa.String(length=60), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('backup_record') as table:
        table.drop_column('copy_code')
        table.drop_column('copied_at')
        table.drop_column('copy_path')
