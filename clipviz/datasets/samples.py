"""Samples to begin with; each is ingested like an upload, so that it is an ordinary dataset."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clipviz.core.dataset import Dataset
from clipviz.core.errors import NotFound
from clipviz.core.settings import Settings
from clipviz.datasets.ingest import ingest, spool

SPIKES = Path(__file__).parents[2] / "data" / "spikes.csv"
SKLEARN = "scikit-learn's copy of"


@dataclass(frozen=True)
class Sample:
    """A dataset that comes with the house. target: the column to predict."""

    id: str
    title: str
    description: str
    target: str
    origin: str


CATALOGUE = (
    Sample(
        "spikes",
        "Spikes",
        "1,000 rows, 6 numbers. One column's outliers are errors, another's are the signal: clamp one, keep the other.",
        "output",
        "Made for clipviz by data/make_spikes.py; describes nothing real.",
    ),
    Sample(
        "diabetes",
        "Diabetes",
        "442 patients, 10 measurements; predict the progression of the disease after a year.",
        "progression",
        f"{SKLEARN} the data of Efron, Hastie, Johnstone and Tibshirani (2004), Least Angle Regression.",
    ),
    Sample(
        "wine",
        "Wine",
        "178 wines, 13 chemical measurements; tell three cultivars apart.",
        "cultivar",
        f"{SKLEARN} the UCI Wine recognition data (Forina et al., 1988).",
    ),
    Sample(
        "breast_cancer",
        "Breast cancer",
        "569 tumours, 30 measurements with long right tails; tell malignant from benign.",
        "diagnosis",
        f"{SKLEARN} the UCI Breast Cancer Wisconsin (Diagnostic) data (Wolberg et al., 1995).",
    ),
    Sample(
        "digits",
        "Digits",
        "1,797 handwritten digits as 64 grey values from 0 to 16; tell the ten digits apart.",
        "digit",
        f"{SKLEARN} the UCI Optical Recognition of Handwritten Digits test set (Alpaydin and Kaynak, 1998).",
    ),
)


def samples() -> list[Sample]:
    """The samples that this installation can load."""
    return [sample for sample in CATALOGUE if sample.id != "spikes" or SPIKES.is_file()]


def load(id: str, settings: Settings, who: str = "") -> Dataset:
    """Ingest a sample, with its target and origin set; raises NotFound for an unknown id."""
    sample = next((sample for sample in samples() if sample.id == id), None)
    if sample is None:
        known = ", ".join(sample.id for sample in samples())
        raise NotFound("The sample must be one of the house", repr(id), f"Pick one of {known}")
    content = SPIKES.read_bytes() if id == "spikes" else _csv(*_from_sklearn(id), sample.target)
    path = spool(io.BytesIO(content), settings)
    dataset = ingest(
        path, f"{sample.title}.csv", settings, who=who, target=sample.target, origin=sample.origin
    )
    return dataset.model_copy(update={"name": sample.title, "target": sample.target, "origin": sample.origin})


def _from_sklearn(id: str) -> tuple[list[str], Any, list[Any]]:
    """(names, (N, F) values, N targets) of one of scikit-learn's own datasets."""
    from sklearn import datasets

    if id == "diabetes":
        bunch = datasets.load_diabetes(scaled=False)
        return list(bunch.feature_names), bunch.data, bunch.target.tolist()
    bunch = {
        "wine": datasets.load_wine,
        "breast_cancer": datasets.load_breast_cancer,
        "digits": datasets.load_digits,
    }[id]()
    if id == "digits":
        return list(bunch.feature_names), bunch.data, bunch.target.tolist()
    return list(bunch.feature_names), bunch.data, [str(bunch.target_names[code]) for code in bunch.target]


def _csv(names: list[str], values: Any, targets: list[Any], target: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, target])
    for row, label in zip(values.tolist(), targets, strict=True):
        writer.writerow([*row, label])
    return text.getvalue().encode()
