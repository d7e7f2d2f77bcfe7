"""printed cards of workers"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_print",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(250), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(120), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["branch.id"], name=op.f("fk_card_print_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_print")),
    )
    op.create_index("ix_card_print_company", "card_print", ["company_id", "made_at"])
    op.create_table(
        "card",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("print_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("badge", sa.String(40), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(120), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("revoked_why", sa.String(10), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_card_account_id")),
        sa.ForeignKeyConstraint(["print_id"], ["card_print.id"], name=op.f("fk_card_print_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_card_account_id_number")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_card_secret_hash")),
    )
    op.create_index(op.f("ix_card_print_id"), "card", ["print_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_card_print_id"), table_name="card")
    op.drop_table("card")
    op.drop_index("ix_card_print_company", table_name="card_print")
    op.drop_table("card_print")
