"""The Clamp page by hand: a click on a small multiple, a drag across the histogram."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Dashboard, Person
from tests.browser.test_journey import clamp, settled
from tests.browser.test_survival import open_sample

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def downloaded(page: Page, button: Locator) -> bytes:
    with page.expect_download() as kept:
        button.click()
    return Path(kept.value.path()).read_bytes()


def test_a_click_picks_a_column_and_a_drag_sets_both_bounds(
    dashboard: Dashboard, people: "list[Person]"
) -> None:
    page = people[0].page
    open_sample(page, dashboard)
    clamp(page)  # the page before has charts as well
    expect(page.get_by_role("heading", name="sensor", exact=True)).to_be_visible()
    name = page.locator("[data-testid='stVegaLiteChart'] svg text", has_text=re.compile("^load$")).first
    name.scroll_into_view_if_needed()
    box = name.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 60, box["y"] + 50)  # among its bars, below the name
    expect(page.get_by_role("heading", name="load", exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name="Column", exact=True)).to_have_value("load")
    settled(page)

    plot = page.locator(".js-plotly-plot .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=8)
    page.mouse.up()
    expect(page.get_by_text("is limited to")).to_be_visible()
    expect(page.get_by_role("combobox", name="Its policy")).to_be_visible()
    settled(page)
    figure = page.locator(".cv-figure").first
    for form, begins in (("PNG", b"\x89PNG"), ("SVG", b"<svg"), ("CSV", b'"series","load","rows"')):
        figure.hover()
        assert downloaded(page, figure.get_by_role("button", name=form, exact=True)).startswith(begins)
    table = page.locator("[class*='st-key-csv-of']").nth(1).get_by_role("button")
    assert downloaded(page, table).startswith(b"column,policy,lo,hi,below,above")
    low, high = (
        float(page.get_by_role("spinbutton", name=name).last.input_value()) for name in ("Lower", "Upper")
    )
    assert 0 < low < high

    expect(page).to_have_url(re.compile("draft="))  # a reload loses no bounds, and nobody is asked
    page.reload()
    expect(page.get_by_role("heading", name="load", exact=True)).to_be_visible()
    expect(page.get_by_text("is limited to")).to_be_visible()
    for name, value in (("Lower", low), ("Upper", high)):
        expect(page.get_by_role("spinbutton", name=name).last).to_have_value(f"{value:g}")
    page.get_by_role("button", name="Save as a recipe").click()
    expect(page).to_have_url(re.compile("recipe="))
    expect(page).not_to_have_url(re.compile("draft="))
