"""Training many runs in one process, as many of them at once as one program can take."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import torch

from clipviz.core.errors import ClipvizError, TrainingFailed
from clipviz.core.ids import canonical_json
from clipviz.core.recipe import Recipe
from clipviz.core.run import Sink, State
from clipviz.core.table import Table
from clipviz.training import checkpoint
from clipviz.training.assembly import Assembly, assemble
from clipviz.training.calibration import calibrate
from clipviz.training.device import current, one_stream
from clipviz.training.failures import Starved, in_words
from clipviz.training.replicas import kept
from clipviz.training.replicas.alike import clip_kind, company, groups, obstacle, signature
from clipviz.training.replicas.member import Ended, Member
from clipviz.training.replicas.program import Program
from clipviz.training.rows import check, check_varies

MOST = 48
"""Most replicas of one program on the CPU: what they compute stays in the cache of a core."""
MOST_CUDA = 512

Ending = Callable[[int, Ended], None]
"""Told of the place of a run among those given, and how it ended, as soon as it has."""


def train_many(
    recipes: Sequence[Recipe],
    table: Table,
    sinks: Sequence[Sink],
    *,
    device: str,
    folders: Sequence[Path],
    home: Path,
    ended: Ending = lambda place, how: None,
    checkpoint_seconds: float = 5.0,
    flush_seconds: float = 0.5,
    threads: int = 1,
    resident_bytes: int | None = None,
    most: int | None = None,
) -> list[Ended]:
    """Trains recipes on one table, or goes on from the checkpoints in `home`; one sink and one folder each.

    Recipes with one `signature` are trained as one program of at most `most` replicas: each as `loop.train` would,
    within the tolerance of float32, but that what they draw at random is not the same. What cannot be vectorised is
    trained by `loop.train` one after another, and says so. An error of one run, and what people want of one, ends that
    one alone. The folders need different names. Raises TrainingFailed only where the table is useless for all of them.
    """
    check(table)
    before = torch.get_num_threads()
    crowd = _Crowd(list(recipes), table, list(sinks), device, list(folders), home, ended, resident_bytes)
    with in_words(), torch.random.fork_rng(devices=current(device)), one_stream(device):
        torch.set_num_threads(threads)
        try:
            found = crowd.programs(most or (MOST if device == "cpu" else MOST_CUDA))
            crowd.train(crowd.begin(found, checkpoint_seconds, flush_seconds))
        finally:
            torch.set_num_threads(before)
    timing = {"checkpoint_seconds": checkpoint_seconds, "flush_seconds": min(flush_seconds, 0.2)}
    crowd.train_alone(threads, timing)
    return [crowd.ends[place] for place in range(len(recipes))]


def programs_of(
    recipes: Sequence[Recipe],
    table: Table,
    sinks: Sequence[Sink],
    folders: Sequence[Path],
    home: Path,
    most: int,
    device: str = "cpu",
) -> list[Program]:
    """The programs that `train_many` would train, ready for their first step; for measurements."""
    crowd = _Crowd(
        list(recipes), table, list(sinks), device, list(folders), home, lambda place, how: None, None
    )
    return crowd.begin(crowd.programs(most), checkpoint_seconds=1e9, flush_seconds=0.5)


class _Crowd:
    """The runs that were asked for, by their places."""

    def __init__(
        self,
        recipes: list[Recipe],
        table: Table,
        sinks: list[Sink],
        device: str,
        folders: list[Path],
        home: Path,
        ended: Ending,
        resident_bytes: int | None,
    ) -> None:
        self._recipes, self._table, self._sinks, self._folders = recipes, table, sinks, folders
        self._device, self._home, self._ended, self._resident_bytes = device, home, ended, resident_bytes
        self._places = {folder.name: place for place, folder in enumerate(folders)}
        self._alone: dict[int, str] = {}
        self.ends: dict[int, Ended] = {}

    def programs(self, most: int) -> list[tuple[Program, checkpoint.Saved | None]]:
        """Every program, with the checkpoint that it goes on from; what must be trained alone is set aside."""
        found: list[tuple[Program, checkpoint.Saved | None]] = []
        fresh = set(self._places)
        known, damage = kept.found(self._home, list(self._places))
        for names, saved in known:
            members = self._members([self._places[name] for name in names], calibrates=False)
            if members:
                program = Program(members, self._home, self._tell, self._device, saved.position["apart"])
                found.append((program, saved))
            fresh -= set(names)
        places_of: dict[str, list[int]] = defaultdict(list)
        for name in fresh:
            if damage:
                self._sinks[self._places[name]].event(0, "warning", damage)
            if (self._folders[self._places[name]] / checkpoint.NAME).exists():
                self._alone[self._places[name]] = "it goes on from a checkpoint of its own"
        for name, place in self._places.items():
            if name in fresh and place not in self._alone:
                places_of[signature(self._recipes[place])].append(place)
        for places in places_of.values():
            if why := self._obstacle(places):
                self._alone |= dict.fromkeys(places, why)
                continue
            for alike in groups(self._members(places, calibrates=True)):
                parts = -(-len(alike) // most)
                ends = [len(alike) * number // parts for number in range(parts + 1)]
                for part in (alike[start:end] for start, end in pairwise(ends)):
                    if len(part) == 1:
                        self._alone[self._places[part[0].name]] = ""
                    else:
                        found.append((Program(part, self._home, self._tell, self._device), None))
        return found

    def begin(
        self,
        programs: list[tuple[Program, checkpoint.Saved | None]],
        checkpoint_seconds: float,
        flush_seconds: float,
    ) -> list[Program]:
        """Makes each ready for its first step here."""
        for program, saved in programs:
            others = len(program.members) - 1
            lost: list[tuple[Member, ClipvizError]] = []
            for member in program.members:
                try:
                    member.begin()
                except ClipvizError as error:
                    lost.append((member, error))
                member.report.say(member.progress.step, "info", company(others, member.recipe))
            program.lose(lost)
            if program.members:
                program.begin(saved, checkpoint_seconds, flush_seconds)
        return [program for program, _ in programs if program.members]

    def train(self, programs: list[Program]) -> None:
        """Trains programs in turn, a fraction of a second each."""
        going = programs
        while going:
            going = [each for program in going for each in self._after_stint(program) if each.members]

    def _after_stint(self, program: Program) -> list[Program]:
        """What goes on of a program: itself; where it is too large for memory its halves; nothing where it fails."""
        try:
            with in_words():
                program.stint()
        except Starved:
            pass  # and only behind it is there room again
        except TrainingFailed as error:
            program.fail(error)
            return []
        else:
            return [program]
        return [program, *program.halve()]

    def train_alone(self, threads: int, timing: dict[str, float]) -> None:
        for place, why in self._alone.items():
            if why:
                self._sinks[place].event(0, "info", f"is trained by itself: {why}")
            self._finish(place, self._by_itself(place, threads, timing))

    def _by_itself(self, place: int, threads: int, timing: dict[str, float]) -> Ended:
        from clipviz.training.loop import train

        try:
            return Ended(
                *train(
                    self._recipes[place],
                    self._table,
                    self._sinks[place],
                    device=self._device,
                    folder=self._folders[place],
                    threads=threads,
                    resident_bytes=self._resident_bytes,
                    **timing,  # type: ignore[arg-type]
                )
            )
        except ClipvizError as error:
            return Ended(State.FAILED, None, error)

    def _obstacle(self, places: list[int]) -> str:
        if len(places) == 1:
            return "there is no other run like it"
        return obstacle(self._recipes[places[0]])

    def _members(self, places: list[int], calibrates: bool) -> list[Member]:
        """Runs ready to be joined, by kind of gradient clip; those that cannot be built end here."""
        members = []
        like: dict[str, Assembly] = {}
        for place in places:
            recipe = self._recipes[place]
            key = canonical_json(
                [recipe.inputs.model_dump(mode="json"), recipe.target_clamp.model_dump(mode="json")]
            )
            try:
                assembly = assemble(
                    recipe,
                    self._table,
                    self._device,
                    self._folders[place],
                    self._resident_bytes,
                    like=like.get(key),
                )
                check_varies(assembly.train)
            except ClipvizError as error:
                self._finish(place, Ended(State.FAILED, None, error))
                continue
            if assembly.spill is not None:
                self._alone |= dict.fromkeys(places, "its rows do not fit into memory and are streamed")
                return []
            like.setdefault(key, assembly)
            member = Member(
                recipe, assembly, self._table, self._sinks[place], self._folders[place], self._device
            )
            if calibrates:
                for sentence in calibrate(assembly, member.progress.first_batch()):
                    member.report.say(0, "info", sentence)
            members.append(member)
        return sorted(members, key=lambda member: clip_kind(member.recipe))

    def _tell(self, member: Member, how: Ended) -> None:
        self._finish(self._places[member.name], how)

    def _finish(self, place: int, how: Ended) -> None:
        self.ends[place] = how
        self._ended(place, how)
