"""What a verdict must know of a sweep that chose as it went."""

from pydantic import Field

from clipviz.analysis.verdict.arm import Arm, Record
from clipviz.core.sweep import Sweep


class Screening(Record):
    """Arms that left early make no claim, and count in the correction all the same: then the chance of any false claim
    stays below the level, whatever the rule looked at. For a true null arm, a p that is set to 1 where the arm left
    is never below the p that all seeds would have given.
    """

    left: frozenset[str] = Field(description="Arms that got no more seeds.")
    fresh: frozenset[int] = Field(
        description="Seeds that nobody had looked at when arms left; empty: the verdict is about all seeds."
    )
    leader: str = Field(
        "", description="Chosen before the fresh seeds were trained; empty: by validation rows now."
    )

    @classmethod
    def of(cls, sweep: Sweep) -> "Screening | None":
        """None for a sweep in which all arms get all seeds."""
        decided = [each for each in sweep.rounds if each.stage != "stopped"]
        if not decided:
            return None
        last = decided[-1]
        confirmed = last.stage == "confirm"
        return cls(
            left=frozenset(arm.name for arm in sweep.variants if arm.reference and arm.name not in last.arms),
            fresh=frozenset(last.seeds) if confirmed else frozenset(),
            leader=last.arms[0] if confirmed else "",
        )

    def judged(self, arm: Arm) -> Arm:
        """The arm by the seeds that the verdict is about; one that left, by those that it has."""
        return arm if arm.name in self.left or not self.fresh else arm.over(self.fresh)

    def looked_at(self, arm: Arm) -> Arm:
        """The arm by the seeds that chose it."""
        return arm.over(set(arm.outcomes) - self.fresh) if self.fresh else arm
