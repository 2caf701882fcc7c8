from pathlib import Path

import pytest

import clipviz
from clipviz.catalogue import FAMILIES, FOLDERS, catalogue, policies
from clipviz.core.discovery import discover
from clipviz.core.errors import NotFound


def test_every_discovered_policy_is_in_it() -> None:
    listed = [(policy.family, policy.id) for policy in policies()]
    assert listed == [(family, id) for family in FAMILIES for id in discover(f"clipviz.policies.{family}")]


def test_bounds_are_words_for_what_the_field_takes() -> None:
    fields = {(p.family, p.id, field.name): field for p in policies() for field in p.fields}
    assert fields["inputs", "quantile", "lower"].bounds == ">= 0, < 1"
    assert fields["inputs", "sigma", "sides"].bounds == "both | upper | lower"
    assert fields["gradients", "global_norm", "max_norm"].unit == "gradient norm"
    assert fields["gradients", "global_norm", "max_norm"].sweep == [0.1, 0.5, 1.0, 5.0]


def test_every_folder_of_members_is_a_family() -> None:
    root = Path(clipviz.__file__).parent
    folders = {".".join(("clipviz", *base.parent.relative_to(root).parts)) for base in root.rglob("base.py")}
    assert folders - {"clipviz.datasets.images"} == set(FOLDERS.values()), "images are read by formats"


def test_all_that_can_be_chosen_is_listed_with_words() -> None:
    found = catalogue()
    listed = {(one.family, one.id) for one in found}
    assert {("models", "resnet18"), ("losses", "huber"), ("stopping", "patience")} <= listed
    assert {("contamination", "rate"), ("formats", "parquet"), ("executors", "local")} <= listed
    assert len(listed) == len(found) and all(one.title and one.description for one in found)
    assert [one.id for one in catalogue("schedules")] == list(discover("clipviz.training.schedules"))
    with pytest.raises(NotFound, match=r"A family is one of inputs, .*; received 'colours'"):
        catalogue("colours")
