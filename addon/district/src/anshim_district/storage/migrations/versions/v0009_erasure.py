"""Erasure: marks of who was erased, their kits' keys, counts of cases that are gone."""

from alembic import op
import sqlalchemy as sa

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )
    op.create_index("ix_erasures_at", "erasures", ["at"], unique=False)
    op.create_table(
        "erased_kits",
        sa.Column("kit", sa.String(length=40), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("x", sa.String(length=64), nullable=False),
        sa.Column("stands_for", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("kit"),
        sa.UniqueConstraint("kid"),
    )
    op.create_table(
        "tallies",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("dong", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("month", "dong"),
    )
