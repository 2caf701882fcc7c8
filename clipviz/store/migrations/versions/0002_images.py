"""Datasets of images: the shape of each image."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("datasets", sa.Column("image", sa.JSON))


def downgrade() -> None:
    op.drop_column("datasets", "image")
