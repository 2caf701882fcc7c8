"""Moving a slider of the Lab: `python benchmarks/lab.py [--moves 15]`.

The clock runs around a whole run of the page's script as the server makes it, without a browser: the widgets, the
computation, the figures. In the dashboard only the open tab is run again, so this is an upper bound. The baseline, in
turn with it, is a script of one slider and one number. Exits 1 when the median of a tab takes 100 ms.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

LIMIT = 0.1
MAIN = Path(__file__).parents[1] / "clipviz" / "ui" / "main.py"
TABS = {
    "activations": ("Start", [round(0.5 + 0.1 * place, 1) for place in range(40)]),
    "gradients": ("Angle", [float(3 * place) for place in range(1, 100)]),
    "optimisers": ("Momentum", [round(0.02 * place, 2) for place in range(45)]),
}


def bare() -> None:
    import streamlit as st

    st.write(st.slider("Value", 0.0, 1000.0))


def lab(tab: str) -> AppTest:
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    app.run()
    app.switch_page("../../pages/lab.py")
    app.query_params["tab"] = tab
    app.run()
    assert not app.exception and not app.error, app
    return app


def mover(app: AppTest, label: str) -> Callable[[float], float]:
    """Sets a slider, runs the script, and says how many seconds that took."""

    def move(value: float) -> float:
        slider = next(
            each for kind in (app.slider, app.select_slider) for each in kind if each.label == label
        )
        slider.set_value(value)
        begun = time.perf_counter()
        app.run()
        return time.perf_counter() - begun

    return move


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--moves", type=int, default=15)
    moves = parser.parse_args().moves
    slow = False
    with tempfile.TemporaryDirectory() as home:
        os.environ["CLIPVIZ_HOME"] = home
        simple = mover(AppTest.from_function(bare).run(), "Value")
        for tab, (label, values) in TABS.items():
            move, ours, ground = mover(lab(tab), label), [], []
            for place, value in enumerate(values[: moves + 2]):
                ground.append(simple(float(place + 1)))
                ours.append(move(value))
            ours, ground = ours[2:], ground[2:]  # the first loads what the others find loaded
            median, base = statistics.median(ours), statistics.median(ground)
            slow |= median > LIMIT
            print(
                f"{tab:12} {1e3 * median:6.1f} ms (slowest {1e3 * max(ours):6.1f})   bare {1e3 * base:5.1f} ms   "
                f"ratio {median / base:.1f}"
            )
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
