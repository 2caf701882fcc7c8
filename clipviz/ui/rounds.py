"""What a sweep that chooses as it goes has decided, a line a round."""

import streamlit as st

from clipviz.core.sweep import Sweep
from clipviz.ui.text import counted, escape, number

STAGES = {
    "rung": "A rung of all that are left",
    "pilot": "Pilot",
    "screen": "Screen",
    "race": "Race",
    "combine": "The best together",
    "confirm": "Confirmation",
    "stopped": "Cancelled",
}


def story(sweep: Sweep) -> None:
    """The rounds so far, a line each."""
    for place, each in enumerate(sweep.rounds):
        going = sweep.choosing and place == len(sweep.rounds) - 1
        seed = "fresh seed" if each.stage == "confirm" else "seed"
        said = f"{counted(len(each.arms), 'arm')} × {counted(len(each.seeds), seed)}"
        left = f"; {number(len(each.left))} left" if each.left else ""
        why = f": {escape(each.why, 300)}" if each.why else ""
        icon = ":material/pending:" if going else ":material/check:"
        st.markdown(f"{icon} **{STAGES[each.stage]}**, {said}{left}{why}")


def folded(sweep: Sweep) -> None:
    """The same below an answer; nothing for a sweep in which all arms have all seeds."""
    if sweep.rounds:
        with st.expander("How it was chosen", icon=":material/route:"):
            story(sweep)
