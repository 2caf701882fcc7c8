"""What a deployment may choose, read once from the environment."""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """Where things live and how many run at once. Each field is read from CLIPVIZ_<NAME>."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    home: Path = Field(
        Path(".clipviz"), description="Folder of uploads, datasets, checkpoints and the database."
    )
    store: str = Field("", description="SQLAlchemy URL of the store; empty means SQLite inside home.")
    executor: str = Field("local", description="Where runs train: a module of clipviz/runs/executors.")
    slots: int = Field(2, ge=1, le=256, description="Runs that train at the same time on this machine.")
    threads: int = Field(1, ge=1, le=256, description="CPU threads of one run.")
    resident_mb: int | None = Field(
        None,
        ge=0,
        description="Most memory that the rows of one run may take, in megabytes; more is streamed from disk. Unset: a "
        "quarter of what is free, half of it on a GPU.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="Device of runs whose recipe says auto."
    )
    lease_seconds: float = Field(
        10.0, gt=0, description="Silence after which a run is taken from its worker."
    )
    checkpoint_seconds: float = Field(
        5.0, gt=0, description="Longest stretch of training that a crash can cost."
    )
    flush_seconds: float = Field(0.2, gt=0, description="How often telemetry leaves a worker.")
    idle_minutes: float = Field(
        15.0, gt=0, description="Time without work after which the runner goes to sleep."
    )
    upload_mb: int = Field(2000, ge=1, description="Largest upload in megabytes.")
    ingest_seconds: float = Field(300.0, gt=0, description="Longest time that reading one file may take.")
    ingest_mb: int = Field(4000, ge=64, description="Memory that reading one file may take, in megabytes.")

    @classmethod
    def from_environment(cls, environment: "dict[str, str] | os._Environ[str]" = os.environ) -> "Settings":
        """Settings with every CLIPVIZ_<NAME> of the environment applied; raises pydantic.ValidationError."""
        given = {
            name: environment[key]
            for name in cls.model_fields
            if (key := f"CLIPVIZ_{name.upper()}") in environment
        }
        return cls.model_validate(given)

    @property
    def store_url(self) -> str:
        return self.store or f"sqlite:///{self.home.absolute() / 'clipviz.db'}"

    @property
    def uploads(self) -> Path:
        return self.home / "uploads"

    @property
    def datasets(self) -> Path:
        return self.home / "datasets"

    @property
    def runs(self) -> Path:
        return self.home / "runs"
