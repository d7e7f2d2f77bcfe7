"""records of one worker can be merged, and come apart again"""

import sqlalchemy as sa
from alembic import op

from app.extensions import EncryptedText, Moment

revision = '0004'
down_revision = '0002'
branch_labels = None
depends_on = None

STANDING = sa.text("undone_at IS NULL")
MERGED = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("worker") as worker:
        worker.add_column(sa.Column("merged_into_id", sa.String(36), nullable=True))
        worker.create_foreign_key(
            "fk_worker_merged_into_id", "worker", ["merged_into_id"], ["id"]
        )
        worker.create_index(
            "ix_worker_merged_into_id", ["merged_into_id"], sqlite_where=MERGED, postgresql_where=MERGED
        )
    op.create_table(
        "worker_merge",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("company_id", sa.Integer, sa.ForeignKey("branch.id"), nullable=False),
        sa.Column("kept_id", sa.String(36), sa.ForeignKey("worker.id"), nullable=False),
        sa.Column("gone_id", sa.String(36), sa.ForeignKey("worker.id"), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("account_id", sa.String(36), nullable=True),
        sa.Column("merged_by", sa.String(120), nullable=False),
        sa.Column("undone_at", Moment, nullable=True),
    )
    op.create_index("ix_worker_merge_kept", "worker_merge", ["kept_id"])
    op.create_index(
        "ix_worker_merge_standing",
        "worker_merge",
        ["gone_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_table(
        "merge_step",
        sa.Column("merge_id", sa.Integer, sa.ForeignKey("worker_merge.id"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("row_key", sa.String(80), nullable=False),
        sa.Column("before", EncryptedText("merge_step.before"), nullable=True),
        sa.Column("after", EncryptedText("merge_step.after"), nullable=True),
    )
    op.create_table(
        "two_people",
        sa.Column("first_id", sa.String(36), sa.ForeignKey("worker.id"), primary_key=True),
        sa.Column("second_id", sa.String(36), sa.ForeignKey("worker.id"), primary_key=True),
        sa.Column("company_id", sa.Integer, sa.ForeignKey("branch.id"), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("account_id", sa.String(36), nullable=True),
    )
    op.create_index("ix_two_people_company_id", "two_people", ["company_id"])


def downgrade() -> None:
    op.drop_table("two_people")
    op.drop_table("merge_step")
    op.drop_table("worker_merge")
    with op.batch_alter_table("worker") as worker:
        worker.drop_index("ix_worker_merged_into_id")
        worker.drop_constraint("fk_worker_merged_into_id", type_="foreignkey")
        worker.drop_column("merged_into_id")
