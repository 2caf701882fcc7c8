import numpy as np
import pytest

from clipviz.analysis.lab.pictures import picture
from clipviz.catalogue import FAMILIES
from clipviz.core.discovery import discover

EVERYTHING = [(family, id) for family in FAMILIES for id in discover(f"clipviz.policies.{family}")]


@pytest.mark.parametrize(("family", "id"), EVERYTHING)
def test_every_policy_draws_its_own_picture(family: str, id: str) -> None:
    found = picture(family, discover(f"clipviz.policies.{family}")[id]())
    assert found.x.shape == found.y.shape and np.isfinite(found.x).all() and np.isfinite(found.y).any()
    assert all(found.titles)
    if id == "none" and family != "normalisations":
        np.testing.assert_allclose(found.y, found.x, rtol=1e-6)
