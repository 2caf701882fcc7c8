"""What became of a sweep after its start: seeds that were added, and whether people have paused it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("sweeps", sa.Column("extensions", sa.Text, nullable=False, server_default="[]"))
    op.add_column("sweeps", sa.Column("held", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("sweeps", "held")
    op.drop_column("sweeps", "extensions")
