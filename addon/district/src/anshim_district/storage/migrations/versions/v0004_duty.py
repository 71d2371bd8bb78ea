"""Duty: who responds when, and errands: what is to be told, asked or called."""

from alembic import op
import sqlalchemy as sa

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("staff", sa.Column("phone", sa.String(length=24), nullable=True))
    _calendar()
    _shifts()
    _errands()


def _calendar() -> None:
    op.create_table(
        "special_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "duty_rules",
        sa.Column("dong", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("dong", "period"),
    )


def _shifts() -> None:
    op.create_table(
        "shifts",
        sa.Column("n", _SERIAL, nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("begins", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("stand_in", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["staff.user"]),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("ix_shifts_ends", "shifts", ["ends"], unique=False)
    op.create_table(
        "teams",
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("team"),
    )


def _errands() -> None:
    op.create_table(
        "errands",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("case", sa.String(length=64), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_errands_case", "errands", ["case"], unique=False)
    op.create_index(
        "errands_due",
        "errands",
        ["due"],
        unique=False,
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_table(
        "reaches",
        sa.Column("reference", sa.String(length=96), nullable=False),
        sa.Column("errand", sa.String(length=80), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("heard", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("reference"),
    )
    op.create_index("ix_reaches_at", "reaches", ["at"], unique=False)
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_callbacks_received", "callbacks", ["received"], unique=False)
