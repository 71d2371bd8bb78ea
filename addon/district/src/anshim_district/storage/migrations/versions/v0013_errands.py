"""Whom an errand has reached is looked up at each change of its round."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_reaches_errand", "reaches", ["errand"], unique=False)
