"""purges, deletions, breaches; what is old may leave the audit log"""

import sqlalchemy as sa
from alembic import op

from app.extensions import Moment

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None

REFUSED = "RAISE EXCEPTION 'the audit log is append-only'"
# Whatever the program is told: a year of the log stands against everybody who asks the database.
KEPT = "365 days"
SAME = ("id", "at", "actor_id", "actor_roles", "act", "company_id", "subject_id")


def upgrade() -> None:
    op.create_table('purge_run',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('began_at', Moment(timezone=True), nullable=False),
    sa.Column('finished_at', Moment(timezone=True), nullable=True),
    sa.Column('by_name', sa.String(length=120), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('keys', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_purge_run'))
    )
    op.create_index('ix_purge_run_finished_at', 'purge_run', ['finished_at'])
    op.create_table('retention_days',
    sa.Column('rule', sa.String(length=20), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('set_at', Moment(timezone=True), nullable=False),
    sa.Column('set_by', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('rule', name=op.f('pk_retention_days'))
    )
    op.create_table('erasure',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('depth', sa.String(length=8), nullable=False),
    sa.Column('cause', sa.String(length=8), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.Column('request_id', sa.String(length=36), nullable=True),
    sa.Column('finished_at', Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure'))
    )
    op.create_index('ix_erasure_worker', 'erasure', ['worker_id'])
    still_open = sa.text("finished_at IS NULL")
    op.create_index('ix_erasure_open', 'erasure', ['at'], sqlite_where=still_open, postgresql_where=still_open)
    op.create_table('breach',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('known_at', Moment(timezone=True), nullable=False),
    sa.Column('what', sa.LargeBinary(), nullable=False),
    sa.Column('whose', sa.LargeBinary(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('done', sa.LargeBinary(), nullable=False),
    sa.Column('told_authority_at', Moment(timezone=True), nullable=True),
    sa.Column('told_people_at', Moment(timezone=True), nullable=True),
    sa.Column('noted_at', Moment(timezone=True), nullable=False),
    sa.Column('noted_by', sa.String(length=120), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_breach'))
    )
    let_old_entries_go()


def let_old_entries_go() -> None:
    """An entry of more than a year may be deleted; of a person who was deleted, the name."""
    if op.get_bind().dialect.name == "postgresql":
        same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in SAME)
        op.execute(f"""
        CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN
            IF OLD.at < now() - interval '{KEPT}' THEN RETURN OLD; END IF;
          ELSIF TG_OP = 'UPDATE' THEN
            IF {same} AND NEW.actor_name IN ('', OLD.actor_name)
              AND NEW.details::text IN ('{{}}', OLD.details::text) AND EXISTS (
                SELECT 1 FROM erasure WHERE worker_id IN (OLD.actor_id, OLD.subject_id))
            THEN RETURN NEW; END IF;
          END IF;
          {REFUSED};
        END $$""")  # noqa: S608 - names of this file
        return
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER IF EXISTS audit_entry_no_{act}")
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    op.execute(
        "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry "
        f"WHEN OLD.at >= datetime('now', '-{KEPT}') {refuse}"
    )
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in SAME)
    op.execute(
        "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry "
        f"WHEN NOT ({same} AND NEW.actor_name IN ('', OLD.actor_name) "
        "AND (NEW.details IS OLD.details OR NEW.details = '{}') AND EXISTS ("
        f"SELECT 1 FROM erasure WHERE worker_id IN (OLD.actor_id, OLD.subject_id))) {refuse}"
    )


def keep_every_entry() -> None:
    """As it was: nothing leaves the log."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {REFUSED}; END $$"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(f"DROP TRIGGER IF EXISTS audit_entry_no_{act.lower()}")
        op.execute(
            f"CREATE TRIGGER audit_entry_no_{act.lower()} BEFORE {act} ON audit_entry "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )


def downgrade() -> None:
    keep_every_entry()
    op.drop_table('breach')
    op.drop_table('erasure')
    op.drop_table('retention_days')
    op.drop_table('purge_run')
