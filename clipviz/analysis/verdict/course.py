"""What a verdict must know of how its sweep came to its runs: what was named beforehand, added later, or is gone."""

from collections.abc import Sequence

from pydantic import Field

from clipviz.analysis.verdict.arm import Arm, Record
from clipviz.analysis.verdict.comparison import Comparison
from clipviz.analysis.verdict.gather import Group, metrics
from clipviz.core.metric import Metric
from clipviz.core.run import State
from clipviz.core.screening import Search
from clipviz.core.sweep import Extension, Sweep

PICKED = (
    "These runs were picked by hand, when their results could be seen: p knows nothing of that choice. A sweep plans "
    "its arms and seeds beforehand."
)


class Course(Record):
    """planned: what the verdict was to be about before anything was trained."""

    planned: Metric | None
    extensions: tuple[Extension, ...] = Field((), description="Seeds that were added once runs had ended.")
    gone: int = Field(0, description="Runs of the plan that somebody deleted.")
    picked: bool = Field(False, description="No plan: somebody picked runs whose results could be seen.")
    stopped: int = Field(0, description="Runs of the plan that were stopped, and so count nowhere.")

    @classmethod
    def of(cls, sweep: Sweep, groups: Sequence[Group]) -> "Course":
        """groups: the arms that the verdict is about, with their runs, ended or not."""
        there = {group.variant.name: group.runs.keys() for group in groups}
        return cls(
            planned=next(iter(metrics(groups, sweep.design.about)), None),
            extensions=tuple(each for each in sweep.extensions if each.ended),
            gone=sum(arm in there and seed not in there[arm] for arm, seed in sweep.cells),
            stopped=0 if isinstance(sweep.design.choosing, Search) else _stopped(groups),
        )

    def explores(self, metric: Metric) -> bool:
        """Whether this is another metric than the one that was named beforehand."""
        return self.planned is not None and self.planned.name != metric.name

    def fresh(self, arm: Arm) -> Arm:
        """An arm by the seeds that were added last: nobody had seen them when they were asked for."""
        return arm.over(self.extensions[-1].seeds)

    def level(self, level: float) -> float:
        """What the last of k extensions may spend: level / 2^k. All extensions together never spend more than the
        level, however often somebody goes on, and whatever makes him stop; the first verdict has spent one before them.
        """
        return level / 2.0 ** len(self.extensions)

    def cautions(self, metric: Metric, again: "Again | None", seeds: int) -> list[str]:
        """What the course of a sweep takes away from its numbers, in words. seeds: of the verdict, in all."""
        return [
            *_other_metric(self, metric),
            *_added(self.extensions, again, seeds),
            *_gone(self.gone),
            *_cut(self.stopped),
            *([PICKED] if self.picked else []),
        ]


class Again(Record):
    """The comparison of the sentence, over nothing but the seeds that were added last."""

    seeds: list[int]
    level: float = Field(description="What its corrected p is held against.")
    comparison: Comparison
    sentence: str


def _other_metric(course: Course, metric: Metric) -> list[str]:
    if course.planned is None or not course.explores(metric):
        return []
    return [
        f"Exploratory: the verdict of these runs was to be about {course.planned.title}. With {metric.title} picked "
        "afterwards, p is not corrected for the choice among metrics; to claim it, name it before you train again."
    ]


def _added(extensions: Sequence[Extension], again: Again | None, seeds: int) -> list[str]:
    if not extensions or again is None:
        return []
    last = extensions[-1]
    added = {seed for each in extensions for seed in each.seeds}
    often = "" if len(extensions) == 1 else f" in {len(extensions)} goes, the last of them"
    when = f"on {last.at.day} {last.at:%B %Y at %H:%M} UTC"
    return [
        f"{len(added)} of {seeds} seeds were added{often} {when}, when {last.ended} runs had ended and their verdict "
        "could be seen. p and intervals are of a number of seeds that is fixed beforehand: whoever adds seeds until a "
        f"difference shows will find one. Plan the number, or go by the {_seeds(len(again.seeds))} alone, corrected p "
        f"held against {again.level:.3g}: {again.sentence}"
    ]


def _seeds(count: int) -> str:
    return "added seed" if count == 1 else f"{count} seeds added last"


def _planned(count: int) -> str:
    return "1 planned run was" if count == 1 else f"{count} planned runs were"


def _gone(count: int) -> list[str]:
    if not count:
        return []
    return [
        f"{_planned(count)} deleted: their seeds are missing from the comparisons, and leaving out runs that one has "
        "seen makes any result. Extend the sweep, by no further seed if you like: that trains them again."
    ]


def _stopped(groups: Sequence[Group]) -> int:
    return sum(run.state is State.STOPPED for group in groups for run in group.runs.values())


def _cut(count: int) -> list[str]:
    if not count:
        return []
    return [
        f"{_planned(count)} stopped and left out, while those that had ended could be seen: whoever stops once a "
        "difference shows will find one. Unless the reason was another, train all planned seeds in a new "
        "sweep before you claim it."
    ]
