"""Foundation: homes and kits, their messages, cases, and the people who answer them."""

from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _households()
    _kits()
    _pulses()
    _epochs()
    _enrolment_codes()
    _sessions()
    _hellos()
    _events()
    _quarantine()
    _downlink()
    _cases()
    _timeline()
    _staff()
    _logins()
    _looks()


def _households() -> None:
    op.create_table(
        "households",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("ledger", sa.LargeBinary(), nullable=False),
        sa.Column("kit", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _kits() -> None:
    op.create_table(
        "kits",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("x", sa.String(length=64), nullable=False),
        sa.Column("instance", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=True),
        sa.Column("relay_version", sa.String(length=64), nullable=True),
        sa.Column("enrolled", sa.BigInteger(), nullable=False),
        sa.Column("down_counter", sa.Integer(), server_default="0", nullable=False),
        sa.Column("down_acknowledged", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["household"],
            ["households.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kid"),
    )


def _pulses() -> None:
    op.create_table(
        "pulses",
        sa.Column("kit", sa.String(length=40), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("heard", sa.BigInteger(), nullable=False),
        sa.Column("home_heard", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("claimed", sa.BigInteger(), nullable=True),
        sa.Column("silent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("condition", sa.LargeBinary(), nullable=True),
        sa.Column("gap", sa.String(length=160), nullable=True),
        sa.ForeignKeyConstraint(
            ["kit"],
            ["kits.id"],
        ),
        sa.PrimaryKeyConstraint("kit"),
    )
    op.create_index(
        "pulses_claimed",
        "pulses",
        ["claimed"],
        unique=False,
        sqlite_where=sa.text("claimed IS NOT NULL"),
        postgresql_where=sa.text("claimed IS NOT NULL"),
    )
    op.create_index(
        "pulses_due",
        "pulses",
        ["due"],
        unique=False,
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )


def _epochs() -> None:
    op.create_table(
        "epochs",
        sa.Column("kit", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("complete", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["kit"],
            ["kits.id"],
        ),
        sa.PrimaryKeyConstraint("kit", "epoch"),
    )


def _enrolment_codes() -> None:
    op.create_table(
        "enrolment_codes",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.Column("kit", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("kit", sa.String(length=40), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kit"],
            ["kits.id"],
        ),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("ix_sessions_kit", "sessions", ["kit"], unique=False)


def _hellos() -> None:
    op.create_table(
        "hellos",
        sa.Column("kit", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kit", "id"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("kit", sa.String(length=40), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("events_sequence", "events", ["kit", "epoch", "seq"], unique=False)
    op.create_index("ix_events_household", "events", ["household"], unique=False)


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("because", sa.String(length=64), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("event", sa.String(length=128), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=True),
        sa.Column("household", sa.String(length=128), nullable=True),
        sa.Column("kit", sa.String(length=40), nullable=True),
        sa.Column("epoch", sa.String(length=64), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.Column("seen_by", sa.String(length=64), nullable=True),
        sa.Column("seen", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("quarantine_sequence", "quarantine", ["kit", "epoch", "seq"], unique=False)


def _downlink() -> None:
    op.create_table(
        "downlink",
        sa.Column("kit", sa.String(length=40), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kit", "counter"),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("family", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household"],
            ["households.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "cases_due",
        "cases",
        ["due"],
        unique=False,
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_index(
        "cases_one_open",
        "cases",
        ["household", "family"],
        unique=True,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("ix_cases_household", "cases", ["household"], unique=False)


def _timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("case", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("timeline_case", "timeline", ["case"], unique=False)
    op.create_index("timeline_household", "timeline", ["household", "n"], unique=False)


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("user"),
    )


def _logins() -> None:
    op.create_table(
        "logins",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user"],
            ["staff.user"],
        ),
        sa.PrimaryKeyConstraint("token"),
    )


def _looks() -> None:
    op.create_table(
        "looks",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
