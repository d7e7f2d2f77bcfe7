"""what the province sends for a park may be stopped; when a parcel was tried last"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('hub_delivery') as batch:
        batch.add_column(sa.Column('stopped_at', Moment(timezone=True), nullable=True))
        batch.add_column(sa.Column('tried_at', Moment(timezone=True), nullable=True))
        batch.create_index('ix_hub_delivery_tried', ['road', 'tried_at'])
    with op.batch_alter_table('hub_passed') as batch:
        batch.add_column(sa.Column('stop_at', Moment(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('hub_passed') as batch:
        batch.drop_column('stop_at')
    with op.batch_alter_table('hub_delivery') as batch:
        batch.drop_index('ix_hub_delivery_tried')
        batch.drop_column('tried_at')
        batch.drop_column('stopped_at')
