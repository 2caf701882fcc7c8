"""Why a sweep that has ended has no verdict, in words."""

from collections import Counter
from collections.abc import Sequence

from clipviz.analysis.verdict.gather import Group
from clipviz.analysis.verdict.proportion import wilson
from clipviz.core.clips import clips


def why(groups: Sequence[Group]) -> str:
    """For runs of which none has a result; where all diverged, that is the answer."""
    runs = [run for group in groups for run in group.runs.values()]
    states = Counter("diverged" if run.diverged else run.state.value for run in runs)
    total = states.total()
    if not total or states["diverged"] < total:
        counts = ", ".join(f"{count:,} {state}" for state, count in states.items()) or "there are none"
        return f"No run of this sweep has a result, so there is no verdict: {counts}."
    kinds = {bool(clips(group.variant.recipe)) for group in groups if group.runs}
    which = {(True, False): "with clips and without", (True,): "all with clips"}.get(
        tuple(sorted(kinds, reverse=True)), "all without clips"
    )
    low = wilson(total, total).low
    return (
        f"All {total:,} runs diverged, {which} (95% CI of the share {low:.0%} to 100%): there is nothing to compare, "
        "and no clip that was tried keeps this training finite. Lower the learning rate, warm it up, or look for "
        "numbers in the data that nothing holds back."
    )
