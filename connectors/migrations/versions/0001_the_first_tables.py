"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "asked",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_ref", sa.String(length=22), nullable=False),
        sa.Column("subject", sa.String(length=22), nullable=False),
        sa.Column("address", sa.String(length=61), nullable=False),
        sa.Column("sent", sa.String(length=20), nullable=False),
        sa.Column("answer_at", sa.String(length=20), nullable=False),
        sa.Column("expires", sa.String(length=20), nullable=False),
        sa.Column("collected", sa.String(length=20), nullable=True),
        sa.Column("answer", sa.String(length=36), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("refusal", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("answer"),
    )
    op.create_index("asked_by_case", "asked", ["case_ref"], unique=False)
    op.create_table(
        "case_file",
        sa.Column("case_ref", sa.String(length=22), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("notifier", sa.String(length=61), nullable=False),
        sa.Column("acting_for", sa.String(length=61), nullable=False),
        sa.Column("opened", sa.String(length=20), nullable=False),
        sa.Column("phase_since", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("case_ref"),
    )
    op.create_table(
        "case_key",
        sa.Column("kid", sa.String(length=43), nullable=False),
        sa.Column("case_ref", sa.String(length=22), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=61), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("not_after", sa.String(length=20), nullable=False),
        sa.Column("canary", sa.Text(), nullable=False),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("erased", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("kid"),
    )
    op.create_index("case_key_once", "case_key", ["case_ref", "phase", "epoch", "address"], unique=True)
    op.create_table(
        "consent",
        sa.Column("ref", sa.String(length=22), nullable=False),
        sa.Column("case_ref", sa.String(length=22), nullable=False),
        sa.Column("subject", sa.String(length=22), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=False),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("withdrawn", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("ref"),
    )
    op.create_table(
        "erasure",
        sa.Column("nr", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("case_ref", sa.String(length=22), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("kids", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("generation_before", sa.Integer(), nullable=False),
        sa.Column("generation_after", sa.Integer(), nullable=False),
        sa.Column("backend", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("nr"),
    )
    op.create_table(
        "finding",
        sa.Column("nr", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("message", sa.String(length=36), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=66), nullable=True),
        sa.PrimaryKeyConstraint("nr"),
    )
    op.create_table(
        "item",
        sa.Column("item", sa.String(length=22), nullable=False),
        sa.Column("case_ref", sa.String(length=22), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("filed", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("item"),
    )
    op.create_index("item_by_case", "item", ["case_ref", "phase"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("way", sa.String(length=4), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("case_ref", sa.String(length=22), nullable=True),
        sa.Column("sender", sa.String(length=61), nullable=False),
        sa.Column("reply_to", sa.String(length=36), nullable=True),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=43), nullable=False),
        sa.Column("time", sa.String(length=20), nullable=False),
        sa.Column("idx", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    op.create_index("message_by_case", "message", ["case_ref", "kind"], unique=False)
    op.create_index("message_by_thread", "message", ["reply_to"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("nr", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("since", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("nr"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("outbox_waiting", "outbox", ["state"], unique=False)
    op.create_table(
        "provision",
        sa.Column("nr", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=3), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("case_ref", sa.String(length=22), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("nr"),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_ref", sa.String(length=22), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=22), nullable=False),
        sa.Column("asker", sa.String(length=61), nullable=False),
        sa.Column("address", sa.String(length=61), nullable=False),
        sa.Column("received", sa.String(length=20), nullable=False),
        sa.Column("answer_at", sa.String(length=20), nullable=False),
        sa.Column("due", sa.String(length=20), nullable=False),
        sa.Column("expires", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("human", sa.Boolean(), nullable=False),
        sa.Column("proposal", sa.LargeBinary(), nullable=True),
        sa.Column("decision", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("answer", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("answer"),
    )
    op.create_index("question_due", "question", ["state", "due"], unique=False)
    op.create_table(
        "record",
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=True),
        sa.Column("time", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("idx"),
    )
    op.create_table(
        "state",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
