"""deletions of people with merged records; deletions that a purge could not carry out"""

import sqlalchemy as sa
from alembic import op

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None

KEPT = "365 days"
SAME = ("id", "at", "actor_id", "actor_roles", "act", "company_id", "subject_id")
DELETED = "EXISTS (SELECT 1 FROM erasure WHERE worker_id IN (OLD.actor_id, OLD.subject_id))"
# A record that was merged into another stands one hop from it, whatever was merged in between.
DELETED_WITH_ANOTHER = (
    "EXISTS (SELECT 1 FROM worker JOIN erasure ON erasure.worker_id = worker.merged_into_id "
    "WHERE worker.id IN (OLD.actor_id, OLD.subject_id))"
)


def upgrade() -> None:
    op.add_column('purge_run', sa.Column('failed', sa.Integer(), server_default='0', nullable=False))
    let_names_go(f"({DELETED} OR {DELETED_WITH_ANOTHER})")


def let_names_go(deleted: str) -> None:
    """An entry loses name and details only where `deleted` holds of whom it tells."""
    if op.get_bind().dialect.name == "postgresql":
        same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in SAME)
        op.execute(f"""
        CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN
            IF OLD.at < now() - interval '{KEPT}' THEN RETURN OLD; END IF;
          ELSIF TG_OP = 'UPDATE' THEN
            IF {same} AND NEW.actor_name IN ('', OLD.actor_name)
              AND NEW.details::text IN ('{{}}', OLD.details::text) AND {deleted}
            THEN RETURN NEW; END IF;
          END IF;
          RAISE EXCEPTION 'the audit log is append-only';
        END $$""")
        return
    op.execute("DROP TRIGGER IF EXISTS audit_entry_no_update")
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in SAME)
    op.execute(
        "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry "
        f"WHEN NOT ({same} AND NEW.actor_name IN ('', OLD.actor_name) "
        f"AND (NEW.details IS OLD.details OR NEW.details = '{{}}') AND {deleted}) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    )


def downgrade() -> None:
    let_names_go(DELETED)
    op.drop_column('purge_run', 'failed')
