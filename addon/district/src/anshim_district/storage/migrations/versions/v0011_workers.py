"""Workers: which of several made a call, so that it is made again only when that one has ended."""

from alembic import op
import sqlalchemy as sa

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reaches", sa.Column("worker", sa.Integer(), nullable=True))
