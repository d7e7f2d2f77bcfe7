"""the sheets of an uploaded list"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roster_import") as batch:
        batch.add_column(sa.Column("sheets", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("roster_import") as batch:
        batch.drop_column("sheets")
