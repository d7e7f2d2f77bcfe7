"""roads of a message: addresses of people, when a delivery is looked at again, stopped messages"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from cryptography.exceptions import InvalidTag
from flask import has_app_context

from app.extensions import EncryptedText, Moment

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

CHUNK = 2000
WAITING = sa.text("status IN ('created', 'queued')")
# Of the rows that a step of the work looks for, not of all that ever were.
INDEXES = (
    ('ix_delivery_due', ['channel', 'lane', 'next_attempt_at'], sa.text("status = 'queued'")),
    ('ix_delivery_waiting', ['message_id'], WAITING),
    ('ix_delivery_late', ['expires_at'], WAITING),
    ('ix_delivery_sending', ['lease_until'], sa.text("status = 'sending'")),
    ('ix_delivery_look', ['look_at'], sa.text("look_at IS NOT NULL")),
)
ONE_A_PERSON = 'uq_contact_point_person_id_channel_address_hash'
ONE_AN_ADDRESS = 'uq_contact_point_channel_address_hash'


def upgrade() -> None:
    op.add_column('message', sa.Column('stopped_at', Moment(timezone=True), nullable=True))
    op.add_column('delivery', sa.Column('look_at', Moment(timezone=True), nullable=True))
    op.add_column('delivery', sa.Column('answered_at', Moment(timezone=True), nullable=True))
    op.drop_index('ix_delivery_due', 'delivery')
    for name, columns, rows in INDEXES:
        op.create_index(name, 'delivery', columns, sqlite_where=rows, postgresql_where=rows)
    with op.batch_alter_table('contact_point') as batch_op:
        batch_op.add_column(sa.Column('gone_at', Moment(timezone=True), nullable=True))
        batch_op.drop_index('ix_contact_point_person_id')
        batch_op.drop_constraint(op.f(ONE_AN_ADDRESS), type_='unique')
        batch_op.create_unique_constraint(op.f(ONE_A_PERSON), ['person_id', 'channel', 'address_hash'])
    op.create_index('ix_contact_point_address', 'contact_point', ['channel', 'address_hash'])
    fill_phones()


def downgrade() -> None:
    op.execute("UPDATE delivery SET contact_point_id = NULL WHERE contact_point_id IS NOT NULL")
    op.execute("DELETE FROM contact_point")
    op.drop_index('ix_contact_point_address', 'contact_point')
    with op.batch_alter_table('contact_point') as batch_op:
        batch_op.drop_constraint(op.f(ONE_A_PERSON), type_='unique')
        batch_op.create_unique_constraint(op.f(ONE_AN_ADDRESS), ['channel', 'address_hash'])
        batch_op.create_index('ix_contact_point_person_id', ['person_id'])
        batch_op.drop_column('gone_at')
    for name, _, _ in INDEXES:
        op.drop_index(name, 'delivery')
    op.create_index('ix_delivery_due', 'delivery', ['status', 'lane', 'next_attempt_at'])
    # Dropped in place: a table made anew would need the foreign keys switched off.
    op.drop_column('delivery', 'answered_at')
    op.drop_column('delivery', 'look_at')
    op.drop_column('message', 'stopped_at')


def fill_phones() -> None:
    """Everybody's phone number becomes an address that messages may be sent to."""
    # A database without an application around it is a new one, or one whose keys are elsewhere.
    if not has_app_context():
        return
    worker = sa.table(
        "worker",
        sa.column("id", sa.String),
        sa.column("phone", sa.LargeBinary),
        sa.column("phone_index", sa.String),
        sa.column("updated_at", Moment(timezone=True)),
    )
    point = sa.table(
        "contact_point",
        sa.column("id", sa.String),
        sa.column("person_id", sa.String),
        sa.column("channel", sa.String),
        sa.column("address", sa.LargeBinary),
        sa.column("address_hash", sa.String),
        sa.column("state", sa.String),
        sa.column("state_at", Moment(timezone=True)),
    )
    bind, last = op.get_bind(), ""
    opened, sealed = EncryptedText("worker.phone"), EncryptedText("contact_point.address")
    while rows := bind.execute(
        sa.select(worker.c.id, worker.c.phone, worker.c.phone_index, worker.c.updated_at)
        .where(worker.c.id > last, worker.c.phone.is_not(None))
        .where(worker.c.phone_index.is_not(None))
        .order_by(worker.c.id)
        .limit(CHUNK)
    ).all():
        last, found = rows[-1].id, []
        for row in rows:
            try:
                phone = opened.process_result_value(row.phone, bind.dialect)
            except InvalidTag:
                continue
            found.append(
                {
                    "id": str(uuid4()),
                    "person_id": row.id,
                    "channel": "phone",
                    "address": sealed.process_bind_param(phone, bind.dialect),
                    "address_hash": row.phone_index,
                    "state": "unknown",
                    "state_at": row.updated_at,
                }
            )
        if found:
            bind.execute(point.insert(), found)
