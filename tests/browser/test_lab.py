"""The Lab in a real browser: a slider moves the curve, and the address bar is the link to what is seen."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Dashboard, Person
from tests.browser.test_journey import settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

CURVE = "Learned, tanh"
READ = f"""() => {{
  const plot = [...document.querySelectorAll('.cv-figure')]
    .find((each) => each.querySelector('h4').textContent === 'Value y')?.querySelector('.js-plotly-plot');
  const trace = plot?._fullData?.find((each) => each.name === '{CURVE}');
  return trace ? trace.y[trace.y.length - 1] : null;
}}"""


FITS = """() => [...document.querySelectorAll('.cv-figure-plot')].every((each) => {
  const drawn = each.querySelector('.main-svg')?.getBoundingClientRect();
  return drawn && Math.abs(drawn.width - each.getBoundingClientRect().width) < 3;
})"""


def last_value(page: Page) -> float:
    """Where the curve of the tanh clip ends, once it is drawn."""
    page.wait_for_function(f"() => ({READ})() !== null")
    return float(page.evaluate(READ))


def test_a_slider_moves_the_curve_and_the_link_opens_the_same_view(
    dashboard: Dashboard, people: "list[Person]"
) -> None:
    ada, grace = people[0].page, people[1].page
    ada.goto(f"{dashboard.url}/lab")
    expect(ada.get_by_role("heading", name="What does this policy actually do?")).to_be_visible()
    before = last_value(ada)
    ada.wait_for_function(FITS)
    mounted = ada.evaluate(
        "() => (window.first = document.querySelector('.cv-figure .js-plotly-plot')) !== null"
    )
    assert mounted
    slider = ada.get_by_role("slider", name="Start").last
    slider.press("ArrowRight")
    ada.wait_for_function(f"() => Math.abs(({READ})() - {before}) > 0.05")
    settled(ada)
    assert ada.evaluate("() => window.first.isConnected"), "the chart was drawn anew instead of moved"
    expect(ada).to_have_url(re.compile(r"p3\.start=2\.1&"))

    grace.goto(ada.url)
    assert last_value(grace) == pytest.approx(last_value(ada), abs=1e-9)
    grace.get_by_role("tab", name="Optimisers").click()
    expect(grace.get_by_role("heading", name="Ways over the cliff")).to_be_visible()
    expect(grace).to_have_url(re.compile("tab=optimisers&surface=cliff"))
    grace.get_by_role("link", name="Guide").click()
    expect(grace.get_by_role("heading", name="Which policy is for me?")).to_be_visible()
    settled(grace)
    grace.get_by_text("Shorten the gradient to at most M and keep its direction").click()
    expect(grace.locator(".katex").first).to_be_visible()
    expect(grace.locator(".cv-figure .js-plotly-plot").first).to_be_visible()
