"""What weakens a verdict, or explains it away, in plain words."""

from collections.abc import Sequence

from clipviz.analysis.verdict.arm import Arm
from clipviz.analysis.verdict.comparison import Comparison, never_fired

ALWAYS = 0.9
"""From this share of steps on, a gradient clip sets the step size all the time."""

CLIPS = {"inputs": "input clamp", "activation": "activation clip", "gradient": "gradient clip"}


def warnings(arms: Sequence[Arm], comparisons: Sequence[Comparison]) -> list[str]:
    """What weakens the verdict, or explains it away. arms: those of which it claims something."""
    said = []
    if all(arm.clips for arm in arms if not arm.reference):
        kept = [family for family in CLIPS if all(family in arm.clips for arm in arms)]
        beside = (
            f"All arms keep their {clips_in_words(kept)}" if kept else "No arm is without a clip of any kind"
        )
        said.append(f"{beside}: this says which is better, not whether clipping helps at all.")
    said += _other_inputs(arms)
    said += _lonely([each for each in comparisons if each.relation not in ("identical", "left early")], arms)
    said += [
        f"A lower learning rate may keep {arm.name} from diverging as well: compare with one before crediting a clip."
        for arm in arms
        if not arm.reference and arm.outcomes and arm.share_diverged() == 1
        if any(found.reference == arm.name and found.relation == "better" for found in comparisons)
    ]
    for scale_free in (True, False):
        said += _always([arm for arm in arms if arm.scale_free is scale_free], scale_free)
    identical = {found.arm for found in comparisons if found.relation == "identical"}
    for arm in arms:
        silent = arm.silent()
        if silent and not (never_fired(arm) and arm.name in identical):
            said.append(f"{arm.name}: its {clips_in_words(silent)} never fired.")
    return said


def clips_in_words(families: Sequence[str]) -> str:
    return " and ".join(CLIPS[family] for family in families)


def listed(names: Sequence[str], most: int = 6) -> str:
    return "; ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _other_inputs(arms: Sequence[Arm]) -> list[str]:
    """That arms read other things of the same rows."""
    names = dict.fromkeys(name for arm in arms for name in arm.reads)
    differing = [name for name in names if len({arm.reads.get(name) for arm in arms}) > 1]
    if not differing:
        return []
    return [
        f"Not all arms read the same ({', '.join(differing)}). They are judged on the same test rows and paired by "
        "seed, but networks with other inputs begin from other weights at the same seed, so that pairing buys less; "
        "and between arms that read other things, a difference is not the clip's alone."
    ]


def _lonely(comparisons: Sequence[Comparison], arms: Sequence[Arm]) -> list[str]:
    """Seeds that only one side of a comparison has: of all comparisons at once."""
    known = {arm.name: arm for arm in arms}
    found = []
    for each in comparisons:
        either = set(known[each.arm].outcomes) | set(known[each.reference].outcomes)
        if left := len(either) - len(each.seeds):
            found.append((f"{each.arm} and {each.reference}", f"{left} of {len(either)}"))
    if len(found) == 1:
        (pair, count), *_ = found
        return [f"{pair}: {count} seeds have not ended in both, and are left out."]
    each_pair = listed([f"{pair} ({count})" for pair, count in found])
    return [f"Seeds that have not ended in both arms are left out: {each_pair}."] if found else []


def _always(arms: Sequence[Arm], scale_free: bool) -> list[str]:
    """What a gradient clip is that fires nearly always, under such an optimiser."""
    shares = {
        arm.name: share
        for arm in arms
        if "gradient" in arm.clips and (share := arm.share_fired("gradient")) is not None and share >= ALWAYS
    }
    if not shares:
        return []
    fired = f"{listed(list(shares))}: the gradient clip fired at {min(shares.values()):.0%} of the steps"
    fired += " or more" if len({f"{share:.0%}" for share in shares.values()}) > 1 else ""
    if scale_free:
        return [
            f"{fired}, under an optimiser that divides by the gradient's own size: a constant shortening cancels "
            "there, so what is seen is steps made alike, not made shorter."
        ]
    return [
        f"{fired}, and this optimiser's step is as long as the gradient: it is a learning rate by another name. "
        "Compare with a lower learning rate before crediting the clip."
    ]
