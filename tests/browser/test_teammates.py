"""Two people on the same things, each on a page that was just opened by its link."""

import re

import pytest
from playwright.sync_api import Page, expect

from clipviz.core.settings import Settings
from clipviz.datasets import samples
from clipviz.store import open as open_store
from tests.browser.conftest import Dashboard, Person
from tests.browser.test_journey import settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def dataset(dashboard: Dashboard) -> str:
    settings = Settings(home=dashboard.home)
    with open_store(settings.store_url) as store:
        return store.datasets.add(samples.load("spikes", settings, "Ada")).id


def rename(page: Page, name: str) -> None:
    page.get_by_role("button", name="Rename", exact=True).click()
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Rename it").click()


def test_the_second_of_two_renames_is_refused_in_words(
    dashboard: Dashboard, people: "list[Person]", dataset: str
) -> None:
    ada, berta = (person.page for person in people)
    for page in (ada, berta):
        page.goto(f"{dashboard.url}/?dataset={dataset}")
        expect(page.get_by_role("heading", name="Spikes")).to_be_visible()
        settled(page)
    rename(ada, "named by Ada")
    expect(ada.get_by_role("heading", name="named by Ada")).to_be_visible()
    rename(berta, "named by Berta")
    expect(berta.get_by_text(re.compile("changed this dataset"))).to_be_visible()
    expect(berta.get_by_role("heading", name="named by Ada")).to_be_visible()


def test_a_note_on_a_freshly_opened_run_is_kept(
    dashboard: Dashboard, people: "list[Person]", dataset: str
) -> None:
    ada, berta = (person.page for person in people)
    ada.goto(f"{dashboard.url}/train?dataset={dataset}")
    ada.get_by_role("button", name="Start", exact=True).click()
    expect(ada.get_by_text("Test MAE")).to_be_visible()
    berta.goto(ada.url)
    expect(berta.get_by_text("Test MAE")).to_be_visible()
    settled(berta)
    berta.get_by_role("button", name="Name and note").click()
    berta.get_by_role("textbox", name="Note").fill("tried on Friday")
    berta.get_by_role("button", name="Save", exact=True).click()
    expect(berta.get_by_text("tried on Friday").first).to_be_visible()
    ada.reload()
    expect(ada.get_by_text("tried on Friday").first).to_be_visible()


def test_the_first_change_on_a_fresh_page_keeps_open_what_is_open(
    dashboard: Dashboard, people: "list[Person]", dataset: str
) -> None:
    page = people[0].page
    page.goto(f"{dashboard.url}/?dataset={dataset}")
    page.get_by_text("How it was read").click()
    picker = page.get_by_role("combobox", name="Decimal mark")
    expect(picker).to_be_visible()
    settled(page)
    picker.click()
    page.get_by_role("option", name="comma 1,5").click()
    settled(page)
    expect(picker).to_be_visible()
