"""The daily note in a real browser: on paper it is one sheet, whatever stands on it, in either language."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from alerts.digests.note_sheet import Sheet
from alerts.route import Language
from tests.support.background import in_background
from tests.support.browser import browser, complaints
from tests.support.page_estate import page_estate, serving_site
from tests.support.sheets import crowded, sheet
from watchdog.web.note_page import note_html

pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


def printed_pages(chrome: Chrome) -> int:
    """Sheets of paper that the page takes, by its own size of paper."""
    answer = chrome.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", base64.b64decode(answer["data"])))


def opened(chrome: Chrome, folder: Path, shown: Sheet) -> None:
    file = folder / "note.html"
    file.write_bytes(note_html(shown, stands_alone=True))
    chrome.get(file.as_uri())


@pytest.mark.parametrize("language", list(Language))
def test_more_than_fits_is_still_one_sheet_of_paper(chrome: Chrome, tmp_path: Path, language: Language) -> None:
    opened(chrome, tmp_path, sheet(crowded(language), language))
    assert printed_pages(chrome) == 1


def test_a_longer_page_would_be_counted_as_more(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, tmp_path, sheet(crowded()))
    chrome.execute_script("document.body.append(document.querySelector('.bills').cloneNode(true))")
    assert printed_pages(chrome) == 2  # sheets


def test_a_sheet_in_urdu_reads_from_the_right(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, tmp_path, sheet(language=Language.URDU))
    bill, vendor = chrome.find_elements(By.CSS_SELECTOR, ".bills tbody td")[:2]
    assert bill.rect["x"] > vendor.rect["x"]
    assert chrome.find_element(By.TAG_NAME, "html").get_attribute("dir") == "rtl"


def test_the_page_of_the_site_is_the_same_sheet_without_scripts(chrome: Chrome, tmp_path: Path) -> None:
    with page_estate(tmp_path) as estate, in_background(serving_site(estate)) as site:
        for path in ("/note", "/note/ur", "/note/en/hq"):
            chrome.get(site.url(path))
            assert "Acme Mail (Pvt) Ltd" in chrome.find_element(By.CSS_SELECTOR, ".bills tbody").text
            assert chrome.find_elements(By.TAG_NAME, "script") == []
            assert chrome.find_element(By.TAG_NAME, "body").value_of_css_property("background-color") in {
                "rgba(255, 255, 255, 1)",
                "rgb(255, 255, 255)",
            }
            assert printed_pages(chrome) == 1
            assert complaints(chrome) == []
