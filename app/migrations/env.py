"""Alembic's entry: runs the steps on the connection that `db upgrade` hands in."""

from alembic import context

from app.extensions import Base
from app.web.schema import is_modelled

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_object=is_modelled,
)
with context.begin_transaction():
    context.run_migrations()
