"""What staff writes about a case in their own words, sealed."""

from alembic import op
import sqlalchemy as sa

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("case", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notes_household", "notes", ["household"], unique=False)
    op.create_index("ix_notes_case", "notes", ["case"], unique=False)
