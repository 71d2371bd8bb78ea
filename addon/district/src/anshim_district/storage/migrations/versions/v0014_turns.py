"""Whose turn it was when a round of telling began, so that an edited table passes nobody over."""

from alembic import op
import sqlalchemy as sa

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("errands", sa.Column("turns", sa.String(64), nullable=True))
