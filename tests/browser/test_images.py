"""Images in a real browser: a folder and a zip are dragged onto the page, looked at, and a network learns them."""

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Dashboard, Person
from tests.browser.test_journey import open_page, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
EACH = 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """halves/left and halves/right, with pictures that are bright on that side, and one file that is none."""
    random = np.random.default_rng(3)
    for side in ("left", "right"):
        place = tmp_path / "halves" / side
        place.mkdir(parents=True)
        for number in range(EACH):
            pixels = random.integers(0, 80, (8, 8), dtype=np.uint8)
            pixels[:, slice(0, 4) if side == "left" else slice(4, 8)] += 120
            Image.fromarray(pixels).save(place / f"{number}.png")
    (tmp_path / "halves" / "left" / "notes.png").write_bytes(b"<svg></svg>")
    return tmp_path / "halves"


def drag(page: Page, path: Path) -> None:
    """Drags a file or a folder from the desktop onto the drop zone, as Chromium itself sees it."""
    zone = page.locator(".clip-upload-drop").bounding_box()
    assert zone is not None
    place = {"x": zone["x"] + zone["width"] / 2, "y": zone["y"] + zone["height"] / 2}
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})
    devtools.detach()


def opened(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?dataset=[0-9a-f]{16}"))
    settled(page)


def test_a_folder_becomes_one_dataset_and_its_files_do_not_stay(
    dashboard: Dashboard, people: "list[Person]", folder: Path
) -> None:
    page = people[0].page
    open_page(page, dashboard.url, "What have I got?")
    drag(page, folder)
    opened(page, "halves")
    said = page.get_by_text(re.compile("images of 8 x 8 pixels"))
    expect(said).to_contain_text(
        f"{2 * EACH} images of 8 x 8 pixels, grey, 8 bits; 2 classes; 1 could not be read"
    )
    uploads = [path for path in (dashboard.home / "uploads").iterdir() if path.is_file()]
    assert len(uploads) == 1 and zipfile.is_zipfile(uploads[0])


def test_from_a_zip_of_folders_to_the_metrics_of_the_test_images(
    dashboard: Dashboard, people: "list[Person]", folder: Path, tmp_path: Path
) -> None:
    page = people[0].page
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as archive:
        for path in sorted(folder.rglob("*.png")):
            archive.write(path, path.relative_to(folder.parent))
    open_page(page, dashboard.url, "What have I got?")
    drag(page, tmp_path / "pets.zip")
    opened(page, "pets.zip")
    expect(page.get_by_text("could not be drawn")).to_have_count(0)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    page.get_by_role("link", name="Train").first.click()
    expect(page.get_by_role("heading", name="Train a clipped network")).to_be_visible()
    settled(page)
    expect(page.get_by_text("Classification into 2 classes from 64 pixels")).to_be_visible()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?run=[0-9a-f]{16}"))
    expect(page.get_by_text(re.compile("Test Accuracy"))).to_be_visible(timeout=120_000)
