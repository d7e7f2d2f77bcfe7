"""what an import changed is kept for undoing; headings that a company chose are remembered"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.add_column(sa.Column('undone_at', Moment(), nullable=True))
        batch_op.add_column(sa.Column('undone_by_id', sa.String(length=36), nullable=True))
        batch_op.create_foreign_key(
            op.f('fk_roster_import_undone_by_id'), 'account', ['undone_by_id'], ['id']
        )

    with op.batch_alter_table('staged_row', schema=None) as batch_op:
        batch_op.add_column(sa.Column('fields', sa.Text(), server_default='', nullable=False))

    op.create_table('import_change',
    sa.Column('import_id', sa.String(length=36), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('before', sa.LargeBinary(), nullable=True),
    sa.Column('after', sa.String(length=64), nullable=False),
    sa.Column('saved_on', sa.Date(), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['roster_import.id'], name=op.f('fk_import_change_import_id')),
    sa.PrimaryKeyConstraint('import_id', 'worker_id', name=op.f('pk_import_change'))
    )
    with op.batch_alter_table('import_change', schema=None) as batch_op:
        batch_op.create_index('ix_import_change_outcome', ['import_id', 'outcome', 'worker_id'], unique=False)

    op.create_table('heading_choice',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('heading_key', sa.String(length=120), nullable=False),
    sa.Column('heading', sa.String(length=120), nullable=False),
    sa.Column('field', sa.String(length=24), nullable=True),
    sa.Column('chosen_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['branch.id'], name=op.f('fk_heading_choice_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'heading_key', name=op.f('pk_heading_choice'))
    )


def downgrade() -> None:
    op.drop_table('heading_choice')
    with op.batch_alter_table('import_change', schema=None) as batch_op:
        batch_op.drop_index('ix_import_change_outcome')

    op.drop_table('import_change')
    with op.batch_alter_table('staged_row', schema=None) as batch_op:
        batch_op.drop_column('fields')

    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_roster_import_undone_by_id'), type_='foreignkey')
        batch_op.drop_column('undone_by_id')
        batch_op.drop_column('undone_at')
