"""whom to call at a park; reports sent to other systems, by which codes, and what was taken"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('known_node', sa.Column('phone', sa.String(length=20), server_default='', nullable=False))
    op.create_table('report_codes',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('added_at', Moment(timezone=True), nullable=False),
    sa.Column('added_by', sa.String(length=36), nullable=True),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_report_codes'))
    )
    op.create_table('report_send',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('codes_version', sa.Integer(), nullable=False),
    sa.Column('dry_run', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('problem', sa.String(length=60), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('conflicts', sa.JSON(), nullable=False),
    sa.Column('asked_at', Moment(timezone=True), nullable=False),
    sa.Column('ended_at', Moment(timezone=True), nullable=True),
    sa.Column('asked_by', sa.String(length=36), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_send'))
    )
    with op.batch_alter_table('report_send') as batch:
        batch.create_index(batch.f('ix_report_send_asked_at'), ['asked_at'], unique=False)
    op.create_table('report_value',
    sa.Column('place', sa.String(length=64), nullable=False),
    sa.Column('told', sa.String(length=64), nullable=False),
    sa.Column('send_id', sa.String(length=36), nullable=False),
    sa.PrimaryKeyConstraint('place', name=op.f('pk_report_value'))
    )


def downgrade() -> None:
    op.drop_table('report_value')
    op.drop_table('report_send')
    op.drop_table('report_codes')
    with op.batch_alter_table('known_node') as batch:
        batch.drop_column('phone')
