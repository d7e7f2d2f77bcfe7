"""messages that were taken back, and those that take the place of another"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('message') as batch_op:
        batch_op.add_column(sa.Column('withdrawn_at', Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('corrects_id', sa.String(length=36), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('message') as batch_op:
        batch_op.drop_column('corrects_id')
        batch_op.drop_column('withdrawn_at')
