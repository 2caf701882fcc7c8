"""The live chart in a real browser: it moves, and nothing that a person did to it is lost."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from clipviz.core.run import State
from tests.live_story import Story, story_in

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
LOSS = "() => document.querySelector('.cv-plot')"


def server(home: Path, port: int) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "CLIPVIZ_HOME": str(home), "PYTHONPATH": f"{ROOT}"}
    command = [
        sys.executable, "-m", "streamlit", "run", "tests/browser/live/app.py", "--server.headless=true",
        f"--server.port={port}", "--server.address=localhost",
    ]  # fmt: skip
    with (home / "web.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    import urllib.request

    try:
        with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1) as answer:
            return bool(answer.read() == b"ok")
    except OSError:
        return False


def wait_for(port: int) -> None:
    import time

    deadline = time.monotonic() + 60
    while not answers(port):
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return story_in(tmp_path_factory.mktemp("live"))


@pytest.fixture(scope="module")
def url(story: Story) -> Iterator[str]:
    port = free_port()
    process = server(Path(story.store.database.engine.url.database).parent, port)
    wait_for(port)
    yield f"http://localhost:{port}"
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(params=["light"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 1360, "height": 900}, color_scheme=request.param, accept_downloads=True
    )
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def open_runs(page: Page, url: str, *runs: str) -> None:
    page.goto(f"{url}/?runs={','.join(runs)}")
    page.locator(".cv-panel .main-svg").first.wait_for()


def points(page: Page) -> int:
    """Points of the first curve of the first panel."""
    return int(page.evaluate("() => document.querySelector('.cv-plot').data?.[0]?.x.length ?? 0"))


def shown_steps(page: Page, panel: int = 0) -> list[float]:
    script = "at => document.querySelectorAll('.cv-plot')[at]._fullLayout.xaxis.range"
    return [float(edge) for edge in page.evaluate(script, panel)]


def until_points(page: Page, more_than: int) -> None:
    page.wait_for_function(
        "count => (document.querySelector('.cv-plot').data?.[0]?.x.length ?? 0) > count", arg=more_than
    )


def plot_box(page: Page) -> dict[str, float]:
    box = page.locator(".cv-plot .nsewdrag").first.bounding_box()
    assert box is not None
    return dict(box)


def drag_over_the_middle(page: Page) -> None:
    box = plot_box(page)
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.4, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, y, steps=5)
    page.mouse.up()


def test_curves_follow_the_run_and_the_script_stays_quiet(page: Page, url: str, story: Story) -> None:
    run = story.started()
    story.trained(run, 1, 200)
    open_runs(page, url, run.id)
    until_points(page, 150)
    before = points(page)
    story.trained(run, 201, 400)
    until_points(page, before)
    expect(page.locator(".cv-figures")).to_contain_text("step 400 of 3,000")
    expect(page.get_by_text("Script run 1,")).to_be_visible()


def test_zoom_hover_and_hidden_curves_survive_news_and_script_runs(
    page: Page, url: str, story: Story
) -> None:
    run = story.started()
    story.trained(run, 1, 600)
    open_runs(page, url, run.id)
    until_points(page, 500)
    page.locator(".cv-plot .legendtoggle").first.click()
    page.wait_for_function("() => document.querySelector('.cv-plot')._fullData[0].visible === 'legendonly'")
    drag_over_the_middle(page)
    page.wait_for_function(  # whole steps, once the drag has settled
        "() => document.querySelector('.cv-plot')._fullLayout.xaxis.range"
        ".every((edge) => Number.isInteger(edge) && edge > 100)"
    )
    zoomed = shown_steps(page)
    assert zoomed[0] > 100 and zoomed[1] < 500
    box = plot_box(page)
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.locator(".hoverlayer .legend, .hoverlayer .hovertext").first.wait_for()

    had = page.evaluate("() => document.querySelector('.cv-plot').data[1].x.length")
    story.trained(run, 601, 800)
    page.wait_for_function("had => document.querySelector('.cv-plot').data[1].x.length > had", arg=had)
    assert shown_steps(page) == zoomed
    assert shown_steps(page, panel=1) == zoomed
    assert page.evaluate("() => document.querySelector('.cv-plot')._fullData[0].visible") == "legendonly"
    expect(page.locator(".hoverlayer .legend, .hoverlayer .hovertext").first).to_be_visible()

    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("Script run 2,")).to_be_visible()
    assert shown_steps(page) == zoomed
    assert page.evaluate("() => document.querySelector('.cv-plot')._fullData[0].visible") == "legendonly"

    page.get_by_role("button", name="Show all steps").click()
    page.wait_for_function("() => document.querySelector('.cv-plot')._fullLayout.xaxis.range[0] === 0")


def test_zoom_brings_every_step_of_a_long_run(page: Page, url: str, story: Story) -> None:
    run = story.started(steps=20_000)
    story.trained(run, 1, 20_000, flush=5000)
    open_runs(page, url, run.id)
    until_points(page, 500)
    inside = (
        "() => { const [lo, hi] = document.querySelector('.cv-plot')._fullLayout.xaxis.range;"
        " return document.querySelector('.cv-plot').data[0].x.filter(x => x >= lo && x <= hi).length; }"
    )
    drag_over_the_middle(page)
    page.wait_for_function("() => document.querySelector('.cv-plot')._fullLayout.xaxis.range[0] > 100")
    page.wait_for_function(f"() => ({inside})() > 900")


def test_page_runs_again_once_when_the_run_ends(page: Page, url: str, story: Story) -> None:
    run = story.started()
    story.trained(run, 1, 100)
    open_runs(page, url, run.id)
    until_points(page, 50)
    story.ended(run, 100, State.FINISHED, "no better validation loss for 40 evaluations")
    expect(page.get_by_text("Script run 2, drawn for finished")).to_be_visible()
    expect(page.get_by_text(f"'run': '{run.id}'")).to_be_visible()
    expect(page.locator(".cv-pill")).to_contain_text("Finished")
    expect(page.locator(".cv-reason")).to_have_text("no better validation loss for 40 evaluations")
    page.wait_for_timeout(1500)
    expect(page.get_by_text("Script run 2, drawn for finished")).to_be_visible()


def test_queued_run_waits_and_gets_its_panels_when_it_begins(page: Page, url: str, story: Story) -> None:
    run = story.queued()
    open_runs(page, url, run.id)
    expect(page.locator(".cv-pill")).to_contain_text("Waiting")
    expect(page.get_by_text("Nothing measured yet").first).to_be_visible()
    taken = story.store.runs.claim("host:1", 600)
    while taken is not None and taken.id != run.id:
        taken = story.store.runs.claim("host:1", 600)
    assert taken is not None
    story.store.runs.begin(run.id, taken.attempt, 3000, "cpu")
    expect(page.locator(".cv-pill")).to_contain_text("Training")
    from tests.live_story import NAMES

    story.store.telemetry.declare(run.id, taken.attempt, NAMES)
    story.trained(taken, 1, 200)
    expect(page.get_by_role("heading", name="Threshold and activations, layer 1")).to_be_attached()


def test_user_text_is_shown_letter_by_letter(page: Page, url: str, story: Story) -> None:
    runs = [story.started(name) for name in ("<b>bold</b> $x$ %{y}", "plain ![x](https://example.org/x.png)")]
    for run in runs:
        story.trained(run, 1, 100)
        story.said(run, 10, "spike", "step 10: <img src=x onerror=alert(1)> gradient norm 40 -> 1.0")
    open_runs(page, url, *(run.id for run in runs))
    until_points(page, 1)
    expect(page.locator(".cv-key").first).to_have_text("<b>bold</b> $x$ %{y}")
    expect(page.locator(".cv-event").first).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.evaluate("() => document.querySelector('.cv-plot').data[0].name") == (
        "&lt;b&gt;bold&lt;/b&gt; $x$ %{y}"
    )
    assert page.locator(".cv-live img").count() == 0


def test_runs_of_a_comparison_can_be_hidden(page: Page, url: str, story: Story) -> None:
    runs = [story.started("one"), story.started("two")]
    for run in runs:
        story.trained(run, 1, 100)
    open_runs(page, url, *(run.id for run in runs))
    page.wait_for_function("() => document.querySelector('.cv-plot').data?.length === 2")
    page.get_by_role("button", name="two").click()
    page.wait_for_function("() => document.querySelector('.cv-plot').data.length === 1")
    expect(page.get_by_role("button", name="two")).to_have_attribute("aria-pressed", "false")


def test_not_finite_values_are_marked(page: Page, url: str, story: Story) -> None:
    import numpy as np

    from tests.live_story import STEP, rows

    run = story.started()
    story.trained(run, 1, 100)
    broken = rows(101, 103)
    broken[1, STEP.index("loss")] = np.nan
    story.store.telemetry.append(run.id, run.attempt, "step", np.arange(101, 104), broken)
    open_runs(page, url, run.id)
    expect(page.locator(".cv-figures")).to_contain_text("1 value not finite")
    texts = page.evaluate("() => document.querySelector('.cv-plot').data.flatMap(t => t.text ?? [])")
    assert "loss is not a number at step 102" in texts


def test_band_is_filled_between_its_two_series(page: Page, url: str, story: Story) -> None:
    page.goto(f"{url}/?runs={story.queued().id}")
    traces = page.evaluate(
        """async (root) => {
            const { tracesOf } = await import(`${root}/figure.js`);
            const { History } = await import(`${root}/history.js`);
            const history = new History("r");
            history.apply({ reset: true, run: {}, events: [], marks: [], streams: {
                step: { from: 1, stride: 1, series: { low: [[1, 2], [0.1, 0.2]], high: [[1, 2], [0.5, 0.6]] } } } });
            const band = { stream: "step", name: "low", upper: "high", label: "seeds", colour: "1", kind: "band" };
            const theme = { named: { 1: "#0072B2" }, ground: "#ffffff" };
            return tracesOf({ series: [band] }, [{ id: "r" }], new Map([["r", history]]), theme);
        }""",
        f"{url}/assets/live/any",
    )
    assert [trace["y"] for trace in traces] == [[0.1, 0.2], [0.5, 0.6]]
    assert traces[1]["fill"] == "tonexty" and traces[1]["fillcolor"] == "rgba(0, 114, 178, 0.22)"
    assert [trace.get("showlegend", True) for trace in traces] == [False, True]


def test_downloads_hold_every_step_and_a_picture(page: Page, url: str, story: Story, tmp_path: Path) -> None:
    run = story.started()
    story.trained(run, 1, 3000)
    open_runs(page, url, run.id)
    until_points(page, 500)
    with page.expect_download() as table:
        page.get_by_role("link", name="CSV").first.click()
    table.value.save_as(tmp_path / "loss.csv")
    lines = (tmp_path / "loss.csv").read_text().splitlines()
    assert lines[0] == "run,stream,series,step,value"
    assert sum(",step,loss," in line for line in lines) == 3000
    for form, begins in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as picture:
            page.get_by_role("button", name=form).first.click()
        picture.value.save_as(tmp_path / form)
        assert (tmp_path / form).read_bytes().startswith(begins)
        assert picture.value.suggested_filename == f"clipviz-loss.{form.lower()}"


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_ink_contrasts_with_the_page_in_both_themes(page: Page, url: str, story: Story) -> None:
    run = story.started()
    story.trained(run, 1, 100)
    open_runs(page, url, run.id)
    ink, ground = page.evaluate(
        "() => [document.querySelector('.cv-plot')._fullLayout.font.color,"
        " getComputedStyle(document.querySelector('.cv-live')).getPropertyValue('--st-background-color')]"
    )

    def light(colour: str) -> int:
        return sum(int(colour.strip()[at : at + 2], 16) for at in (1, 3, 5))

    assert abs(light(ink) - light(ground)) > 380


def test_server_that_goes_away_is_said_and_found_again(
    page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("away")
    story, port = story_in(home), free_port()
    run = story.started()
    story.trained(run, 1, 200)
    process = server(home, port)
    wait_for(port)
    open_runs(page, f"http://localhost:{port}", run.id)
    until_points(page, 100)
    process.kill()
    process.wait()
    expect(page.locator(".cv-trouble")).to_have_text(
        re.compile(r"The server is away: trying again in \d+ s\. What is shown stays\.")
    )
    assert points(page) >= 100
    story.trained(run, 201, 400)
    process = server(home, port)
    wait_for(port)
    page.wait_for_function(
        "() => document.querySelector('.cv-plot')?.data?.[0]?.x.at(-1) === 400", timeout=40_000
    )
    expect(page.locator(".cv-trouble")).to_be_hidden()
    process.terminate()
    process.wait(timeout=20)
