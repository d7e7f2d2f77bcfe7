"""what accounts with providers sign in with"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('provider_grant',
    sa.Column('provider', sa.String(length=16), nullable=False),
    sa.Column('access_token', sa.LargeBinary(), nullable=True),
    sa.Column('refresh_token', sa.LargeBinary(), nullable=True),
    sa.Column('access_expires_at', Moment(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('given_at', Moment(timezone=True), nullable=True),
    sa.Column('rotated_at', Moment(timezone=True), nullable=True),
    sa.Column('renewing_until', Moment(timezone=True), nullable=True),
    sa.Column('next_renewal_at', Moment(timezone=True), nullable=True),
    sa.Column('problem', sa.String(length=40), server_default='', nullable=False),
    sa.Column('problem_at', Moment(timezone=True), nullable=True),
    sa.Column('templates', sa.JSON(), nullable=False),
    sa.Column('templates_at', Moment(timezone=True), nullable=True),
    sa.Column('signatures', sa.JSON(), nullable=False),
    sa.Column('refused_at', Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('provider', name=op.f('pk_provider_grant'))
    )


def downgrade() -> None:
    op.drop_table('provider_grant')
