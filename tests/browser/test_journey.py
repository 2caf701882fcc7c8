"""The whole path in real browsers: upload, clamp, train, a teammate on the same link, stop, compare."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Dashboard, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PLOTS = "[...document.querySelectorAll('.js-plotly-plot')]"
HAS_POINTS = f"() => {PLOTS}.some(p => (p.data || []).some(t => (t.x || []).length > 5))"
LAST_STEPS = f"{PLOTS}.flatMap(p => (p.data || []).map(t => t.x?.[t.x.length - 1]))"
LAST_STEP = f"() => Math.max(0, ...{LAST_STEPS}.filter(Number.isFinite))"
HAS_TWO_LINES = f"() => {PLOTS}.some(p => (p.data || []).filter(t => (t.x || []).length).length > 1)"


def settled(page: Page) -> None:
    """Waits until no script of the page is running."""
    expect(page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")).to_be_visible()


def open_page(page: Page, url: str, title: str) -> None:
    page.goto(url)
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def unfold(page: Page, name: str) -> None:
    """Opens the fold of this name, if it is not open already."""
    fold = page.get_by_test_id("stExpander").filter(has=page.locator("summary").filter(has_text=name))
    if fold.locator("details").get_attribute("open") is None:
        fold.locator("summary").click()
    expect(fold.locator("details")).to_have_attribute("open", "")


def fill(page: Page, **values: str) -> None:
    """Types numbers into the fields of the Train form, wherever they are folded away."""
    folds = {"Patience": "Stopping", "Seed": "Device, precision and seed"}
    for label, value in values.items():
        if label in folds:
            unfold(page, folds[label])
        field = page.get_by_role("spinbutton", name=label, exact=True)
        field.fill(value)
        field.press("Enter")
        settled(page)


def upload(page: Page, dashboard: Dashboard, file: Path) -> None:
    open_page(page, dashboard.url, "What have I got?")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("heading", name=file.name)).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?dataset=[0-9a-f]{16}"))
    page.get_by_test_id("stDataFrame").locator("visible=true").first.hover()
    expect(
        page.get_by_role("button", name=re.compile("Fullscreen")).locator("visible=true").first
    ).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Download as CSV"))).to_have_count(
        0
    )  # with its formulas


def predict(page: Page, column: str) -> None:
    picker = page.get_by_role("combobox", name="Column to predict")
    picker.click()
    page.get_by_role("option", name=column, exact=True).click()
    settled(page)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def clamp(page: Page) -> None:
    page.get_by_role("button", name="Look at the tails").click()
    expect(page.get_by_role("heading", name=re.compile("Where are the tails"))).to_be_visible()
    settled(page)


def long_run(page: Page) -> None:
    """Starts a run that lasts until it is stopped."""
    page.get_by_role("button", name="Train with these clamps").click()
    expect(page.get_by_role("heading", name="Train a clipped network")).to_be_visible()
    settled(page)
    fill(page, Epochs="200000", Patience="0")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?run=[0-9a-f]{16}"))


def last_step(page: Page) -> int:
    """The last step of all lines in the live panels."""
    return int(page.evaluate(LAST_STEP))


def walk(dashboard: Dashboard, people: "list[Person]", file: Path, target: str, metric: str) -> None:
    ada, grace = people[0].page, people[1].page
    upload(ada, dashboard, file)
    clamp(ada)
    predict(ada, target)
    choose(ada, "Default for every numeric column", "Tukey fences")
    expect(ada.get_by_text(re.compile("is limited to|keeps every one")).first).to_be_visible()
    long_run(ada)
    ada.wait_for_function("() => document.querySelectorAll('.js-plotly-plot').length > 2")
    ada.wait_for_function(HAS_POINTS)
    before = last_step(ada)

    grace.goto(ada.url)
    grace.wait_for_function(HAS_POINTS)
    ada.wait_for_function(f"before => ({LAST_STEP})() > before", arg=before)

    grace.get_by_role("button", name="Stop").click()
    expect(ada.get_by_text(re.compile(f"Test {metric}"))).to_be_visible()
    expect(grace.get_by_text(re.compile(f"Test {metric}"))).to_be_visible()
    run = re.search(r"run=([0-9a-f]{16})", ada.url)
    assert run is not None

    ada.get_by_role("button", name="Clone").click()
    expect(ada.get_by_role("heading", name="Train a clipped network")).to_be_visible()
    settled(ada)
    fill(ada, Epochs="20", Seed="1")
    ada.get_by_role("button", name="Start", exact=True).click()
    expect(ada.get_by_text(re.compile(f"Test {metric}"))).to_be_visible()
    second = re.search(r"run=([0-9a-f]{16})", ada.url)
    assert second is not None
    assert second.group(1) != run.group(1)

    grace.goto(f"{dashboard.url}/compare?runs={run.group(1)},{second.group(1)}")
    expect(grace.get_by_role("heading", name="What differs between their recipes")).to_be_visible()
    # Panels are drawn when they are seen.
    grace.get_by_role("heading", name="Validation MAE").scroll_into_view_if_needed()
    grace.wait_for_function(HAS_TWO_LINES)


def test_boston_housing(dashboard: Dashboard, people: "list[Person]", real_data: Path) -> None:
    walk(dashboard, people, real_data / "boston_housing.csv", "medv", "MAE")


def test_diamonds(dashboard: Dashboard, people: "list[Person]", real_data: Path) -> None:
    walk(dashboard, people, real_data / "diamonds.csv", "price", "MAE")


def test_the_sample_with_spikes_needs_six_clicks(dashboard: Dashboard, people: "list[Person]") -> None:
    page = people[0].page
    open_page(page, dashboard.url, "What have I got?")
    page.locator(".st-key-sample-spikes button").locator("visible=true").click()  # 1
    page.get_by_role("button", name="Look at the tails").click()  # 2
    page.get_by_role("button", name="Train with these clamps").click()  # 3
    page.get_by_role("button", name="Start", exact=True).click()  # 4
    expect(page.get_by_text(re.compile("Test MAE"))).to_be_visible()
    page.wait_for_function(HAS_POINTS)
    assert last_step(page) > 5
