"""places of imports"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('import_place',
    sa.Column('import_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('place_id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['roster_import.id'], name=op.f('fk_import_place_import_id')),
    sa.PrimaryKeyConstraint('import_id', 'kind', 'place_id', name=op.f('pk_import_place'))
    )


def downgrade() -> None:
    op.drop_table('import_place')
