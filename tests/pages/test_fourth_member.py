"""A further member of a family costs one file: dropped into its folder, it is seen everywhere."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from clipviz import cli
from clipviz.core.discovery import build, discover
from clipviz.core.recipe import Choice, Recipe
from clipviz.datasets import samples
from clipviz.ui.text import escape
from tests.pages.conftest import words

INPUT = '''
    """A clamp to a multiple of the median."""

    from typing import ClassVar

    from pydantic import Field

    from clipviz.core.bounds import Bounds, Floats
    from clipviz.policies.inputs.base import FittedClamp
    from clipviz.policies.policy import extra


    class DroppedClamp(FittedClamp):
        """Clamp to a multiple of the median of the training rows."""

        title: ClassVar[str] = "Dropped clamp"
        traits: ClassVar = frozenset({"fixed"})
        formula: ClassVar[str] = r"hi = k |med(x)|"
        use: ClassVar[str] = "To see that one file is enough."
        reference: ClassVar[str] = "Made for a test, 2026."

        multiple: float = Field(
            7.5, gt=0, le=99, title="Multiple", description="Of the median.", json_schema_extra=extra("", 3.25, 7.5)
        )

        def limits(self, values: Floats) -> Bounds:
            import numpy as np

            reach = self.multiple * max(abs(float(np.median(values))), 1e-3)
            return Bounds(-reach, reach)
'''
ACTIVATION = '''
    """A ceiling."""

    from typing import ClassVar

    from pydantic import Field

    from clipviz.policies.activations.base import ActivationClip
    from clipviz.policies.policy import extra


    class DroppedClip(ActivationClip):
        """Cut what is above a ceiling and leave the rest alone."""

        title: ClassVar[str] = "Dropped clip"
        traits: ClassVar = frozenset({"control"})
        formula: ClassVar[str] = r"y = min(x, c)"
        gradient: ClassVar[str] = r"1[x < c]"
        use: ClassVar[str] = "To see that one file is enough."
        reference: ClassVar[str] = "Made for a test, 2026."

        ceiling: float = Field(
            2.5, gt=0, le=99, title="Ceiling", description="Largest value.", json_schema_extra=extra("", 0.75, 2.5)
        )

        def apply(self, values, **numbers):
            return values.clamp(max=self.ceiling)

        def build(self, channels, axis=-1):
            from torch import nn

            class Ceiling(nn.Module):
                def forward(module, values):
                    return self.apply(values)

            return Ceiling()
'''
GRADIENT = '''
    """The global norm under another name."""

    from typing import ClassVar

    from pydantic import Field

    from clipviz.policies.gradients.global_norm import GlobalNormClip
    from clipviz.policies.policy import extra


    class DroppedNorm(GlobalNormClip):
        """Shorten the gradient as the global norm does, from another start."""

        title: ClassVar[str] = "Dropped norm"

        max_norm: float = Field(
            0.35, gt=0, le=1e6, title="Longest", description="M.", json_schema_extra=extra("", 0.35, 0.65)
        )
'''
FILES = {"inputs": INPUT, "activations": ACTIVATION, "gradients": GRADIENT}
FIELD = {"inputs": "multiple", "activations": "ceiling", "gradients": "max_norm"}


@pytest.fixture
def dropped(tmp_path: Path) -> Iterator[None]:
    """One file more in each family, from folders that the packages do not have by themselves."""
    packages = {family: importlib.import_module(f"clipviz.policies.{family}") for family in FILES}
    for family, package in packages.items():
        folder = tmp_path / family
        folder.mkdir()
        (folder / "dropped.py").write_text(dedent(FILES[family]), encoding="utf-8")
        package.__path__.append(str(folder))
    importlib.invalidate_caches()
    discover.cache_clear()
    yield
    for family, package in packages.items():
        package.__path__.remove(str(tmp_path / family))
        sys.modules.pop(f"clipviz.policies.{family}.dropped", None)
        vars(package).pop("dropped", None)
    importlib.invalidate_caches()
    discover.cache_clear()


def picker(package: str) -> None:
    import streamlit as st

    from clipviz.core.recipe import Choice
    from clipviz.ui import forms

    st.write(repr(forms.pick(package, "Policy", Choice(id="dropped"), key="picker").fields()))


def test_one_file_is_seen_in_recipes_pickers_and_on_the_command_line(dropped: None) -> None:
    said = json.loads(CliRunner().invoke(cli.app, ["policies", "--json"]).stdout)
    for family in FILES:
        package = f"clipviz.policies.{family}"
        policy = build(package, Choice(id="dropped"))
        listed = next(each for each in said if (each["family"], each["id"]) == (family, "dropped"))
        field = next(each for each in listed["fields"] if each["name"] == FIELD[family])
        assert listed["title"] == policy.title
        # the grid of a sweep: values worth trying, each a valid recipe
        assert getattr(policy, FIELD[family]) in field["sweep"] and len(field["sweep"]) == 2
        for value in field["sweep"]:
            assert (
                getattr(build(package, Choice.of("dropped", **{FIELD[family]: value})), FIELD[family])
                == value
            )
        app = AppTest.from_function(picker, args=(package,)).run()
        assert not app.exception
        assert policy.title in app.selectbox[0].options and FIELD[family] in app.markdown[0].value
    assert np.isfinite(build("clipviz.policies.inputs", Choice(id="dropped")).fit(np.arange(9.0)).hi)


def test_one_file_is_seen_in_the_sweep_form(dropped: None, page, home, store) -> None:
    spikes = store.datasets.add(samples.load("spikes", home, "Ada"))
    recipe = {
        "data": {"dataset": spikes.id, "target": spikes.target},
        "inputs": {"default": {"id": "dropped"}},
        "activation": {"id": "dropped"},
        "gradient": {"id": "dropped"},
    }
    saved = store.recipes.add(Recipe.parse(recipe), "dropped", "Ada")
    app = page("train", dataset=spikes.id, recipe=saved.id)
    vary = next(each for each in app.multiselect if each.label == "Vary too")
    grids = {"Input clamp: multiple": "3.25, 7.5", "Activation clip: ceiling": "0.75, 2.5",
             "Gradient clip: longest": "0.35, 0.65"}  # fmt: skip
    assert {*grids, *(f"{title.split(':')[0]}: which one" for title in grids)} <= {*vary.options}
    vary.set_value(["inputs.default.multiple", "activation.ceiling", "gradient.max_norm"]).run()
    assert not app.exception and not app.error
    assert {
        title: next(each.value for each in app.text_input if each.label == title) for title in grids
    } == grids
    said = words(app)
    assert "**90 runs**" in said, "2 × 2 × 2 arms and one without clips, over ten seeds"
    assert all(escape(value) in said for value in ("3.25", "0.75", "0.65"))


def test_one_file_is_seen_in_the_lab_and_in_the_guide(dropped: None, page) -> None:
    for family, label in (("activations", "Ceiling"), ("gradients", "Longest")):
        app = page("lab", tab=family, p1="dropped")
        assert not app.warning
        assert label in [each.label for kind in (app.slider, app.select_slider) for each in kind]
        assert app.query_params[f"p1.{FIELD[family]}"] in ("2.5", "0.35")
    guide = page(
        "guide",
        policy=",".join(f"{family}.dropped" for family in FILES),
        bounding="activations",
        matters="control",
    )
    assert [header.value for header in guide.header] == ["Dropped clamp", "Dropped clip", "Dropped norm"]
    assert not guide.warning
    assert "Dropped clip" in "\n".join(each.label for each in guide.expander)
    assert "you say its bound" in words(guide)
