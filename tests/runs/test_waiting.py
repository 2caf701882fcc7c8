"""What a run that has not begun says of itself."""

from pathlib import Path

from clipviz.runs.waiting import PREPARING, WAKING, in_words
from tests.live_story import story_in


def test_a_waiting_run_says_what_for(tmp_path: Path) -> None:
    story = story_in(tmp_path)
    runs, first, second = story.store.runs, story.queued(), story.queued()
    while (taken := runs.claim("host:1", 600)) is not None and taken.id != first.id:
        runs.finish(taken.id, taken.attempt, taken.state.STOPPED, "", None)
    assert taken is not None
    assert in_words(story.store, second, slots=2) == WAKING
    assert in_words(story.store, second, slots=1) == "Waits for a free place: 1 of 1 train. It is next."
    third = story.queued()
    assert in_words(story.store, third, slots=1).endswith("One run is before it.")
    assert in_words(story.store, taken, slots=1) == PREPARING
    assert in_words(story.store, runs.begin(taken.id, taken.attempt, 30, "cpu"), slots=1) == ""
    story.store.close()
