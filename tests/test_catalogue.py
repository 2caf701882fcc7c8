from clipviz.catalogue import FAMILIES, policies
from clipviz.core.discovery import discover


def test_every_discovered_policy_is_in_it() -> None:
    listed = [(policy.family, policy.id) for policy in policies()]
    assert listed == [(family, id) for family in FAMILIES for id in discover(f"clipviz.policies.{family}")]


def test_bounds_are_words_for_what_the_field_takes() -> None:
    fields = {(p.family, p.id, field.name): field for p in policies() for field in p.fields}
    assert fields["inputs", "quantile", "lower"].bounds == ">= 0, < 1"
    assert fields["inputs", "sigma", "sides"].bounds == "both | upper | lower"
    assert fields["gradients", "global_norm", "max_norm"].unit == "gradient norm"
    assert fields["gradients", "global_norm", "max_norm"].sweep == [0.1, 0.5, 1.0, 5.0]
