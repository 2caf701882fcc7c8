"""What a run and a page survive: reload, a closed browser, kill -9 of the server; and what people share."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from clipviz.core.run import State
from clipviz.core.settings import Settings
from clipviz.store import open as open_store
from tests.browser.conftest import Dashboard, Person
from tests.browser.test_journey import HAS_POINTS, LAST_STEP, fill, last_step, open_page, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def open_sample(page: Page, dashboard: Dashboard) -> None:
    open_page(page, dashboard.url, "What have I got?")
    page.locator(".st-key-sample-spikes button").locator("visible=true").click()
    expect(page.get_by_role("button", name="Look at the tails")).to_be_visible()
    settled(page)


def start_long_run(page: Page, dashboard: Dashboard) -> str:
    open_sample(page, dashboard)
    page.get_by_role("link", name="Train").click()
    expect(page.get_by_role("heading", name="Train a clipped network")).to_be_visible()
    settled(page)
    fill(page, Epochs="500000", Patience="0")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?run=[0-9a-f]{16}"))
    page.wait_for_function(HAS_POINTS)
    return page.url[-16:]


def steps_in_store(dashboard: Dashboard, run: str) -> tuple[State, int, int]:
    with open_store(Settings(home=dashboard.home).store_url) as store:
        found = store.runs.get(run)
        return found.state, found.step, found.attempt


def test_a_run_survives_reload_closed_browser_and_a_killed_server(
    dashboard: Dashboard, people: "list[Person]", chromium: Browser
) -> None:
    page = people[0].page
    run = start_long_run(page, dashboard)
    page.reload()
    page.wait_for_function(HAS_POINTS)

    dashboard.kill()
    expect(page.get_by_text(re.compile("away")).first).to_be_visible()
    _, step, attempt = steps_in_store(dashboard, run)
    deadline = time.monotonic() + 60
    while (now := steps_in_store(dashboard, run))[1] <= step:
        assert time.monotonic() < deadline, "the run goes on without the server"
        time.sleep(0.2)
    assert now[0] == State.RUNNING
    assert now[2] == attempt, "and nobody had to take it up again"

    people[0].context.close()
    dashboard.start()
    again = chromium.new_page()
    again.goto(f"{dashboard.url}/train?run={run}")
    again.wait_for_function(HAS_POINTS)
    again.get_by_role("button", name="Stop").click()
    expect(again.get_by_text("Test MAE")).to_be_visible()
    again.close()


def test_an_open_page_finds_the_server_again(dashboard: Dashboard, people: "list[Person]") -> None:
    page = people[0].page
    start_long_run(page, dashboard)
    dashboard.kill()
    expect(page.get_by_text(re.compile("away")).first).to_be_visible()
    stopped_at = last_step(page)
    dashboard.start()
    page.wait_for_function(f"(before) => ({LAST_STEP})() > before + 50", arg=stopped_at)


def test_a_name_is_chosen_once_and_kept_in_the_browser(dashboard: Dashboard, people: "list[Person]") -> None:
    page = people[0].page
    open_page(page, dashboard.url, "What have I got?")
    page.get_by_role("button", name="Guest").click()
    page.get_by_role("textbox", name="Your name").fill("Ada <b>")
    page.get_by_role("button", name="Keep this name").click()
    expect(page.get_by_role("button", name="Ada <b>")).to_be_visible()
    settled(page)
    page.reload()
    expect(page.get_by_role("button", name="Ada <b>")).to_be_visible()
    open_sample(page, dashboard)
    expect(page.get_by_text("uploaded by Ada <b>")).to_be_visible()
    expect(people[1].page.get_by_text("Ada")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["?dataset=zz", "train?run=0123456789abcdef", "compare?runs=1,2", "clamp?recipe=no"]
)
def test_a_wrong_link_says_so_and_offers_the_way_back(
    dashboard: Dashboard, people: "list[Person]", path: str
) -> None:
    page = people[0].page
    page.goto(f"{dashboard.url}/{path}")
    expect(page.get_by_text(re.compile("malformed|There is no")).first).to_be_visible()


def test_user_text_fetches_nothing_and_runs_nothing(
    dashboard: Dashboard, people: "list[Person]", tmp_path: Path
) -> None:
    """A file whose names are attacks goes through every page; no request leaves for another host."""
    page, asked = people[0].page, []
    page.on("request", lambda request: asked.append(request.url))
    attack = "![x](http://elsewhere.test/i.png)<img src=http://elsewhere.test/j.png onerror=alert(1)>"
    rows = "".join(f"{i},{i % 7},{i * 1.5}\n" for i in range(60))
    file = tmp_path / "![f](http:elsewhere.test).csv"
    file.write_text(f'"{attack}",<a href="http://elsewhere.test">b</a>,y\n' + rows)
    open_page(page, dashboard.url, "What have I got?")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("button", name="Look at the tails")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Look at the tails").click()
    expect(page.get_by_role("button", name="Train with these clamps")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Train with these clamps").click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text(re.compile("Test MAE|Test Accuracy")).first).to_be_visible()
    assert not [url for url in asked if "elsewhere" in url]
    assert not [url for url in asked if not re.match(r"(https?|wss?)://localhost|data:|blob:", url)]
