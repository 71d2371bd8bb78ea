"""Whose net a home is on, what it could see when it last spoke; the workers that are at work."""

from alembic import op
import sqlalchemy as sa

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    network = sa.Column("network", sa.String(length=16), server_default="", nullable=False)
    op.add_column("residents", network)
    op.create_index("residents_network", "residents", ["network"], unique=False)
    op.add_column("pulses", sa.Column("watch", sa.String(length=8), nullable=True))
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
