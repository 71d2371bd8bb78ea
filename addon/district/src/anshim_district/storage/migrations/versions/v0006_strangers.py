"""Strangers: kits whose key a restored district does not know; what was handed out to each kit."""

from alembic import op
import sqlalchemy as sa

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    handed = sa.Column("down_handed", sa.Integer(), server_default="0", nullable=False)
    op.add_column("kits", handed)
    op.create_table(
        "strangers",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("x", sa.String(length=64), nullable=False),
        sa.Column("kit", sa.String(length=40), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("instance", sa.String(length=32), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kid"),
    )
