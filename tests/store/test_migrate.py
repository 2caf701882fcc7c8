import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_mock_engine

import clipviz.store
from clipviz.core.errors import StoreUnavailable
from clipviz.core.recipe import Data, Recipe
from clipviz.core.sweep import Design
from clipviz.store import Store, migrate
from clipviz.store.database import Database
from clipviz.store.schema import metadata
from clipviz.store.sweeps import Cell

from .conftest import DATASET, dataset_named


def test_migrations_lead_to_the_tables_that_the_code_knows(url: str) -> None:
    database = Database(url, busy_seconds=0.2)
    with database.writing() as connection:
        migrate.upgrade(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_a_new_store_counts_as_migrated(store: Store) -> None:
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == migrate.HEAD


def test_head_is_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def test_a_sweep_of_the_first_release_is_still_there(store: Store, url: str) -> None:
    store.datasets.add(dataset_named("x.csv"))
    recipe = Recipe(data=Data(dataset=DATASET, target="y"))
    swept = store.sweeps.add(
        Design(recipe=recipe), [], [Cell(recipe, "one", "a" * 16)], "from long ago", "Ada"
    )
    with store.database.writing() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
        command.downgrade(config, "0001")
    with clipviz.store.open(url) as later:
        assert later.sweeps.get(swept.id) == swept
        assert later.sweeps.ask(swept.id, "pause", "Ada") == 1


def test_opening_again_changes_nothing(store: Store, url: str) -> None:
    with clipviz.store.open(url) as again:
        assert again.datasets.list() == []


def test_many_processes_opening_a_new_store_at_once(url: str) -> None:
    program = f"import clipviz.store; clipviz.store.open({url!r}).close()"
    started = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", program], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    assert [(process.communicate()[1], process.returncode) for process in started] == [(b"", 0)] * 4


def test_a_store_from_a_newer_release_is_left_alone(store: Store, url: str) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    with pytest.raises(
        StoreUnavailable, match=r"made by a newer clipviz.*received revision 0099. Upgrade clipviz"
    ):
        clipviz.store.open(url)


def test_the_tables_can_be_made_in_postgresql() -> None:
    statements: list[str] = []
    engine = create_mock_engine(
        "postgresql+psycopg://",
        lambda sql, *_, **__: statements.append(str(sql.compile(dialect=engine.dialect))),
    )
    metadata.create_all(engine, checkfirst=False)
    made = "\n".join(statements)
    assert "key BIGSERIAL NOT NULL" in made and "TIMESTAMP WITH TIME ZONE" in made and "BYTEA" in made
