"""Outages: many homes of one place that are silent together."""

from alembic import op
import sqlalchemy as sa

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outages",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("homes", sa.Integer(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("pulses", sa.Column("may_wait", sa.BigInteger(), nullable=True))
    op.add_column("pulses", sa.Column("outage", sa.String(length=40), nullable=True))
    op.create_index(
        "pulses_outage",
        "pulses",
        ["outage"],
        unique=False,
        sqlite_where=sa.text("outage IS NOT NULL"),
        postgresql_where=sa.text("outage IS NOT NULL"),
    )
    op.create_index("residents_line", "residents", ["line"], unique=False)
