"""A model as the first release wrote it."""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from clipviz.core.dataset import Reading
from clipviz.training import evaluation, network
from clipviz.training.assembly import assemble

from .conftest import recipe
from .test_architectures import texts


def test_it_says_what_it_said_then(tmp_path: Path) -> None:
    table = texts()
    made = assemble(recipe(model__id="lstm", model__layers=2), table, "cpu")
    network.save(made.network, table, tmp_path / "new.safetensors")
    with safe_open(tmp_path / "new.safetensors", framework="pt") as file:
        about = json.loads(file.metadata()["clipviz"])
        tensors = {
            name.replace("recurrent.1.", "recurrent.0.")
            .replace("_l0", f"_l{int('.1.' in name)}")
            .replace("recurrent.0.", "recurrent."): file.get_tensor(name)
            for name in file.keys()  # noqa: SIM118 (no mapping)
        }
    assert "body.recurrent.weight_ih_l1" in tensors
    del about["reading"]
    about["features"] = [feature[:3] for feature in about["features"]]
    old = tmp_path / "old.safetensors"
    save_file(tensors, old, metadata={"clipviz": json.dumps(about)})
    found, _, reading = network.load_with_words(old)
    assert reading == Reading()
    said = evaluation.outputs(found, made.validation)
    assert torch.equal(said, evaluation.outputs(made.network, made.validation))
