"""Registry: residents, sealed; consent; equipment and who has it."""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("households", sa.Column("withdrawn", sa.BigInteger(), nullable=True))
    _settings()
    _residents()
    _consents()
    _items()
    _bindings()


def _settings() -> None:
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _residents() -> None:
    op.create_table(
        "residents",
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("dong", sa.String(length=64), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["household"], ["households.id"]),
        sa.PrimaryKeyConstraint("household"),
    )
    op.create_index("ix_residents_dong", "residents", ["dong"], unique=False)
    op.create_table(
        "resident_marks",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("mark", "household"),
    )
    op.create_index("resident_marks_household", "resident_marks", ["household"], unique=False)


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("n", _SERIAL, nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recorded", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("text_version", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index("ix_consents_household", "consents", ["household"], unique=False)


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("kit", sa.String(length=40), nullable=True),
        sa.Column("battery", sa.Integer(), nullable=True),
        sa.Column("tested", sa.BigInteger(), nullable=True),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("label"),
        sa.UniqueConstraint("kit"),
    )


def _bindings() -> None:
    op.create_table(
        "bindings",
        sa.Column("n", _SERIAL, nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("because", sa.String(length=16), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"]),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("ix_bindings_household", "bindings", ["household"], unique=False)
    op.create_index(
        "bindings_one_home",
        "bindings",
        ["item"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
