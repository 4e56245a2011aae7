"""Runs the steps on the connection that :mod:`connectors.database` hands over."""

from alembic import context

from connectors.database import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
