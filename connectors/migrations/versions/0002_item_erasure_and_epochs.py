"""Erasures that are written down before they are done, with their evidence; explanations; suites of case keys."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("case_key", sa.Column("suite", sa.String(length=20), nullable=False, server_default="keten-pq"))
    op.drop_index("case_key_once", "case_key")
    op.create_index("case_key_once", "case_key", ["case_ref", "phase", "epoch", "address", "suite"], unique=True)
    op.create_table(
        "explanation",
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("case_ref", sa.String(length=22), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("message"),
    )
    op.create_index("explanation_by_case", "explanation", ["case_ref"], unique=False)
    op.create_table(
        "erasing",
        sa.Column("nr", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("case_ref", sa.String(length=22), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("kids", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("canaries", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("nr"),
    )
    for column in (
        sa.Column("scope", sa.String(length=10), nullable=False, server_default="phase"),
        sa.Column("ids", sa.Text(), nullable=False, server_default=""),
        sa.Column("names", sa.Text(), nullable=False, server_default=""),
        sa.Column("method", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("singing", sa.Text(), nullable=False, server_default=""),
        sa.Column("canaries", sa.Text(), nullable=False, server_default="{}"),
    ):
        op.add_column("erasure", column)
