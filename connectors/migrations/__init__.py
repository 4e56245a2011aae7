"""Alembic's steps of the connector's database; :func:`connectors.database.Database.open` runs them."""
