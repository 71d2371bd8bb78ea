"""What was set apart and nobody has looked at yet is counted at each look at the board."""

from alembic import op
import sqlalchemy as sa

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "quarantine_unseen",
        "quarantine",
        ["kind"],
        unique=False,
        sqlite_where=sa.text("seen_by IS NULL"),
        postgresql_where=sa.text("seen_by IS NULL"),
    )
