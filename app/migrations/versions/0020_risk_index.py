"""risk index: sets, assessments, findings"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('risk_set',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('origin', sa.String(length=10), nullable=False),
    sa.Column('valid_from_on', sa.Date(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('added_at', Moment(timezone=True), nullable=False),
    sa.Column('added_by', sa.String(length=120), nullable=False),
    sa.Column('withdrawn_at', Moment(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.String(length=120), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_set')),
    sa.UniqueConstraint('code', 'version', 'digest', name=op.f('uq_risk_set_code_version_digest'))
    )
    op.create_table('risk_assessment',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('set_id', sa.String(length=36), nullable=False),
    sa.Column('assessed_on', sa.Date(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('begun_at', Moment(timezone=True), nullable=False),
    sa.Column('begun_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_risk_assessment_branch_id')),
    sa.ForeignKeyConstraint(['set_id'], ['risk_set.id'], name=op.f('fk_risk_assessment_set_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_assessment'))
    )
    op.create_index('ix_risk_assessment_place', 'risk_assessment', ['branch_id', 'assessed_on'], unique=False)
    op.create_table('risk_version',
    sa.Column('assessment_id', sa.String(length=36), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('stated', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('missing', sa.Integer(), nullable=False),
    sa.Column('points', sa.String(length=40), nullable=True),
    sa.Column('band', sa.String(length=60), nullable=True),
    sa.Column('saved_at', Moment(timezone=True), nullable=False),
    sa.Column('saved_by', sa.String(length=120), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=True),
    sa.ForeignKeyConstraint(['assessment_id'], ['risk_assessment.id'], name=op.f('fk_risk_version_assessment_id')),
    sa.PrimaryKeyConstraint('assessment_id', 'number', name=op.f('pk_risk_version'))
    )
    op.create_table('risk_finding',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('assessment_id', sa.String(length=36), nullable=True),
    sa.Column('component', sa.String(length=300), nullable=False),
    sa.Column('finding', sa.String(length=500), nullable=False),
    sa.Column('action', sa.String(length=500), nullable=False),
    sa.Column('owner', sa.String(length=120), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('found_at', Moment(timezone=True), nullable=False),
    sa.Column('found_by', sa.String(length=120), nullable=False),
    sa.Column('outcome', sa.String(length=500), nullable=False),
    sa.Column('done_at', Moment(timezone=True), nullable=True),
    sa.Column('done_by', sa.String(length=120), nullable=True),
    sa.ForeignKeyConstraint(['assessment_id'], ['risk_assessment.id'], name=op.f('fk_risk_finding_assessment_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_risk_finding_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_finding'))
    )
    op.create_index('ix_risk_finding_place', 'risk_finding', ['branch_id', 'due_on'], unique=False)
    op.create_table('risk_photo',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('finding_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('added_at', Moment(timezone=True), nullable=False),
    sa.Column('added_by', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['finding_id'], ['risk_finding.id'], name=op.f('fk_risk_photo_finding_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_photo'))
    )
    op.create_index(op.f('ix_risk_photo_finding_id'), 'risk_photo', ['finding_id'], unique=False)


def downgrade() -> None:
    for table in ('risk_photo', 'risk_finding', 'risk_version', 'risk_assessment', 'risk_set'):
        op.drop_table(table)
