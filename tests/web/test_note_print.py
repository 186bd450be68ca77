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
from tests.support.browser import PHONE, browser, complaints, sized
from tests.support.page_estate import page_estate, serving_site
from tests.support.sheets import BAD_DAY, crowded, many, sheet, wordy
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


def cut_cells(chrome: Chrome) -> list[str]:
    """Texts of which paper shows less than there is."""
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    sized(chrome, (718, 1047))  # A4 without its margins
    cut = "return [...document.querySelectorAll('td div')].filter(one => one.scrollHeight > one.clientHeight + 1)"
    return [one.text for one in chrome.execute_script(cut)]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("day", ["few things", "long texts", "many things", "many long texts"])
def test_whatever_there_is_to_say_it_is_one_sheet_of_paper_and_no_line_is_lost(
    chrome: Chrome, tmp_path: Path, language: Language, day: str
) -> None:
    days = {"few things": BAD_DAY, "long texts": wordy(), "many things": many(), "many long texts": crowded(language)}
    opened(chrome, tmp_path, sheet(days[day], language))
    assert printed_pages(chrome) == 1
    assert cut_cells(chrome) == []


def test_english_in_an_urdu_sheet_shows_its_beginning_within_its_column(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, tmp_path, sheet(wordy(), Language.URDU))
    first = (
        "const cell = document.querySelector('.incidents tbody td:nth-child(3)'), range = document.createRange();"
        "const text = cell.querySelector('bdi').firstChild; range.setStart(text, 0); range.setEnd(text, 3);"
        "const mark = range.getBoundingClientRect(), box = cell.getBoundingClientRect();"
        "const inside = mark.left >= box.left && mark.right <= box.right && mark.top - box.top < mark.height;"
        "return [range.toString(), inside]"
    )
    assert chrome.execute_script(first) == ["mx1", True]


def test_a_longer_page_would_be_counted_as_more(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, tmp_path, sheet(crowded()))
    chrome.execute_script("document.body.append(document.querySelector('.bills').cloneNode(true))")
    assert printed_pages(chrome) == 2  # sheets


def test_a_sheet_in_urdu_reads_from_the_right(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, tmp_path, sheet(language=Language.URDU))
    bill, vendor = chrome.find_elements(By.CSS_SELECTOR, ".bills tbody td")[:2]
    assert bill.rect["x"] > vendor.rect["x"]
    assert chrome.find_element(By.TAG_NAME, "html").get_attribute("dir") == "rtl"


@pytest.mark.parametrize("language", list(Language))
def test_on_a_phone_nothing_of_it_is_cut_off_at_the_side(chrome: Chrome, tmp_path: Path, language: Language) -> None:
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen"})
    sized(chrome, PHONE)
    opened(chrome, tmp_path, sheet(wordy(), language))
    assert chrome.execute_script("return document.documentElement.scrollWidth") == PHONE[0]


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
