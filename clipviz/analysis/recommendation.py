"""What a search of the catalogue comes to: a policy with its recipe, or the news that none is needed."""

from pydantic import BaseModel, ConfigDict, Field

from clipviz.analysis.verdict.verdict import Verdict
from clipviz.core.clips import kinds
from clipviz.core.recipe import Recipe
from clipviz.core.screening import Search
from clipviz.core.sweep import Sweep

FAMILIES = {
    "inputs": "input clamp",
    "target": "target clamp",
    "activation": "activation clip",
    "gradient": "gradient clip",
}


class Recommendation(BaseModel):
    """helps: whether the verdict says so, on seeds that the search had not looked at. arm: what to train, the one
    without clips where nothing beats it. families: of its clips. settled: False while, or because, the search did not
    come to its end."""

    model_config = ConfigDict(frozen=True)

    helps: bool
    arm: str
    families: list[str]
    recipe: Recipe
    sentence: str
    settled: bool
    screened: int = Field(description="Arms that were trained, beside the one without clips.")
    skipped: list[str] = Field(description="Arms that there was no time to train.")


def recommendation(sweep: Sweep, verdict: Verdict | None) -> Recommendation:
    """verdict: None where no run has a result. Raises ValueError for a sweep that is no search."""
    if not isinstance(sweep.design.choosing, Search):
        raise ValueError("only a search of the catalogue comes to a recommendation")
    tried = {arm for each in sweep.rounds for arm in each.arms}
    reference = next(variant for variant in sweep.variants if not variant.reference)
    settled = verdict is not None and not sweep.choosing and _decided(sweep, verdict)
    better = _confirmed(verdict) if verdict else set()
    finalists = [
        variant for name in sweep.rounds[-1].arms for variant in sweep.variants if variant.name == name
    ]
    arm = next((variant for variant in finalists if variant.name in better), reference)
    helps = arm is not reference
    families = [FAMILIES[family] for family in kinds(arm.recipe)]
    skipped = [each.name for each in sweep.variants if each.reference and each.name not in tried]
    return Recommendation(
        helps=helps,
        arm=arm.name,
        families=families,
        recipe=arm.recipe,
        sentence=_helps(
            arm.name,
            families,
            len(tried),
            len(skipped),
            arm is finalists[0],
            verdict is None or verdict.learned,
        )
        if helps
        else _none(settled, len(tried), len(skipped)),
        settled=settled,
        screened=len(tried),
        skipped=skipped,
    )


def _decided(sweep: Sweep, verdict: Verdict) -> bool:
    """Whether the search came to its end: a confirmation, or arms that change nothing, all of them."""
    return sweep.rounds[-1].stage == "confirm" or (
        sweep.rounds[-1].stage != "stopped"
        and all(each.relation == "identical" for each in verdict.comparisons)
    )


def _confirmed(verdict: Verdict) -> set[str]:
    """The arms that are better on fresh seeds."""
    if verdict.screening is None or not verdict.screening.fresh:
        return set()
    return {each.arm for each in verdict.comparisons if each.relation == "better"}


def dropped(own: Recipe, recommended: Recipe) -> list[str]:
    """The families in which the one recipe has a clip and the other none."""
    there = kinds(recommended)
    return [FAMILIES[family] for family in kinds(own) if family not in there]


def _helps(arm: str, families: list[str], tried: int, skipped: int, leads: bool, learned: bool) -> str:
    led = "led" if leads else "was among the first"
    clips = " and ".join(families)
    if not learned:
        return (
            f"Of {tried} policies {arm} ({clips}) {led}, and it holds on fresh seeds; but it is hardly better than a "
            "constant prediction: first find out why so little is learned."
        )
    if skipped:
        return (
            f"Of the {tried} of {tried + skipped} policies that there was time for, {arm} ({clips}) {led}, and it "
            "holds on fresh seeds. Take it, or search longer for the others."
        )
    return f"Take {arm} ({clips}): of {tried} policies it {led}, and it holds on fresh seeds."


def _none(settled: bool, tried: int, skipped: int) -> str:
    if not settled:
        return "There is no recommendation yet: no policy has been confirmed on fresh seeds."
    if skipped:
        return (
            f"Nothing that was tried beats no clipping beyond doubt: {tried} policies. There was no time for {skipped} "
            "more: search longer before you give up on them."
        )
    return (
        f"Nothing beats no clipping here: of {tried} policies none does so beyond doubt. Train without clips, and "
        "spend the effort elsewhere."
    )
