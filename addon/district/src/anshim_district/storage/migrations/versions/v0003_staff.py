"""Staff: second factors, dongs, accounts that are closed or owe a new password."""

from alembic import op
import sqlalchemy as sa

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    off = sa.false()
    for name in ("disabled", "must_change"):
        op.add_column("staff", sa.Column(name, sa.Boolean(), server_default=off, nullable=False))
    op.add_column("staff", sa.Column("totp", sa.LargeBinary(), nullable=True))
    op.add_column(
        "staff", sa.Column("totp_step", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("logins", sa.Column("second", sa.BigInteger(), nullable=True))
    op.add_column("logins", sa.Column("proved", sa.BigInteger(), nullable=True))
    op.create_table(
        "staff_dongs",
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("dong", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["staff.user"]),
        sa.PrimaryKeyConstraint("user", "dong"),
    )
    op.create_index("looks_at", "looks", ["at"], unique=False)
