"""First release: datasets, recipes, sweeps, runs, telemetry and events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _datasets()
    _recipes()
    _sweeps()
    _runs()
    _telemetry()
    _events()


def downgrade() -> None:
    for table in ("events", "chunks", "series", "runs", "sweeps", "recipes", "datasets"):
        op.drop_table(table)


def _datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("reading", sa.JSON, nullable=False),
        sa.Column("columns", sa.JSON, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("rejected", sa.BigInteger, nullable=False),
        sa.Column("image", sa.JSON),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("target", sa.Text),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def _recipes() -> None:
    op.create_table(
        "recipes",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("dataset", sa.String(16), sa.ForeignKey("datasets.id"), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("parent", sa.Text, nullable=False),
        sa.Column("listed", sa.Boolean, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("recipes_by_dataset", "recipes", ["dataset", "created_at"])


def _sweeps() -> None:
    op.create_table(
        "sweeps",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("dataset", sa.String(16), sa.ForeignKey("datasets.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("design", sa.Text, nullable=False),
        sa.Column("variants", sa.Text, nullable=False),
        sa.Column("rounds", sa.Text, nullable=False),
        sa.Column("choosing", sa.Boolean, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("sweeps_by_dataset", "sweeps", ["dataset", "created_at"])


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("recipe", sa.String(16), sa.ForeignKey("recipes.id"), nullable=False),
        sa.Column("dataset", sa.String(16), sa.ForeignKey("datasets.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("sweep", sa.String(16), sa.ForeignKey("sweeps.id")),
        sa.Column("arm", sa.Text),
        sa.Column("seed", sa.BigInteger),
        sa.Column("program", sa.String(16)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("request", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("steps", sa.BigInteger, nullable=False),
        sa.Column("furthest", sa.BigInteger, nullable=False),
        sa.Column("stalled", sa.Integer, nullable=False),
        sa.Column("result", sa.JSON),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("runs_by_state", "runs", ["state", "created_at"])
    op.create_index("runs_by_dataset", "runs", ["dataset", "created_at"])
    op.create_index("runs_by_sweep", "runs", ["sweep", "created_at"])


def _telemetry() -> None:
    op.create_table(
        "series",
        sa.Column("run", sa.String(16), sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("stream", sa.String(16), primary_key=True),
        sa.Column("names", sa.JSON, nullable=False),
    )
    op.create_table(
        "chunks",
        sa.Column("key", KEY, primary_key=True, autoincrement=True),
        sa.Column("run", sa.String(16), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("stream", sa.String(16), nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("steps", sa.LargeBinary),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("chunks_by_run", "chunks", ["run", "key"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("key", KEY, primary_key=True, autoincrement=True),
        sa.Column("run", sa.String(16), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("events_by_run", "events", ["run", "key"])
