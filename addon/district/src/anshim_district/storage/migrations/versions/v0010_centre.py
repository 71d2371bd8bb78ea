"""Numbers for a control centre's receiver: of homes, and of signals."""

from alembic import op
import sqlalchemy as sa

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name, column, length in (
        ("centre_homes", "household", 40),
        ("centre_signals", "reference", 96),
    ):
        op.create_table(
            name,
            sa.Column("n", _SERIAL, autoincrement=True, nullable=False),
            sa.Column(column, sa.String(length=length), nullable=False),
            sa.PrimaryKeyConstraint("n"),
            sa.UniqueConstraint(column),
            # what was given once is given to nobody else, also after an erasure
            sqlite_autoincrement=True,
        )
