"""Every sample is an ordinary dataset with a target and an origin."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from clipviz.core.errors import NotFound
from clipviz.core.recipe import Data, Recipe
from clipviz.datasets import files, samples, table

pytestmark = pytest.mark.usefixtures("in_process")

SHAPES = {
    "spikes": (1000, 7, "regression"),
    "diabetes": (442, 11, "regression"),
    "wine": (178, 14, "classification"),
    "breast_cancer": (569, 31, "classification"),
    "digits": (1797, 65, "classification"),
}


@pytest.mark.parametrize("id", SHAPES)
def test_a_sample_loads(settings, id):
    dataset = samples.load(id, settings, "Ada")
    rows, columns, task = SHAPES[id]
    assert (dataset.rows, len(dataset.columns), dataset.rejected) == (rows, columns, 0)
    assert dataset.target and dataset.origin and dataset.created_by == "Ada"
    found = table.load(settings, dataset, Recipe(data=Data(dataset=dataset.id, target=dataset.target)))
    assert found.task == task


def test_the_catalogue():
    assert [sample.id for sample in samples.samples()] == list(SHAPES)


def test_an_unknown_sample(settings):
    with pytest.raises(NotFound, match=r"received 'iris'.*Pick one of spikes, diabetes"):
        samples.load("iris", settings)


def test_the_tails_of_spikes_are_of_two_kinds(settings):
    dataset = samples.load("spikes", settings)
    sensor, load, output = (files.values(settings, dataset.id, name) for name in ("sensor", "load", "output"))
    broken = np.abs(sensor) > 10
    assert broken.sum() == 20
    assert (
        abs(np.corrcoef(sensor[broken], output[broken])[0, 1])
        < 0.4
        < np.corrcoef(sensor[~broken], output[~broken])[0, 1]
    )
    tail = load > np.quantile(load, 0.97)
    assert np.corrcoef(load[tail], output[tail])[0, 1] > 0.7


def test_the_committed_file_is_what_the_script_writes(tmp_path):
    script = Path(__file__).parents[2] / "data" / "make_spikes.py"
    copied = tmp_path / script.name
    copied.write_bytes(script.read_bytes())
    subprocess.run([sys.executable, str(copied)], check=True, capture_output=True)
    written = np.genfromtxt(tmp_path / "spikes.csv", delimiter=",", skip_header=1)
    committed = np.genfromtxt(script.with_name("spikes.csv"), delimiter=",", skip_header=1)
    np.testing.assert_allclose(written, committed, atol=2e-4)
