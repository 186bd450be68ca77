"""The morning's mails of an office as a phone shows them, by day and by night, in English and in Urdu."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from selenium import webdriver

from alerts.message import Notification
from tests.support.browser import PHONE, browser, sized
from tests.support.morning_post import morning_post

pytestmark = [pytest.mark.peer, pytest.mark.slow]

#: Letters of a mail that a reader on a phone has to shift the page for.
_OUTSIDE = """
const width = document.documentElement.clientWidth;
return [...document.querySelectorAll('p, th, td, a, strong')]
  .filter(one => one.getBoundingClientRect().right > width + 1 || one.getBoundingClientRect().left < -1)
  .map(one => one.textContent.slice(0, 60));
"""
_LUMINANCE = """
const [red, green, blue] = getComputedStyle(document.body).color.match(/[0-9.]+/g).map(Number);
return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
"""
_SIDES = """
const row = document.querySelector('tr');
return [row.children[0].getBoundingClientRect().left, row.children[1].getBoundingClientRect().left];
"""


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> list[Notification]:
    return morning_post(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def pages(post: list[Notification], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Address of each mail that came as HTML, by reader and subject."""
    folder = tmp_path_factory.mktemp("mails")
    found: dict[str, str] = {}
    for number, row in enumerate(post):
        if row.message.html:
            page = folder / f"{number}.html"
            page.write_text(row.message.html, "utf-8")
            found[f"{row.receiver}: {row.message.subject}"] = page.as_uri()
    return found


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with browser(Path(tmp_path_factory.mktemp("profile")), scripts=False) as driver:
        yield driver


def of(pages: Mapping[str, str], begins: str) -> str:
    return next(page for told, page in pages.items() if told.startswith(begins))


def test_nothing_of_any_mail_stands_outside_a_phone(phone: webdriver.Chrome, pages: Mapping[str, str]) -> None:
    sized(phone, PHONE)
    outside: dict[str, list[str]] = {}
    for told, page in pages.items():
        phone.get(page)
        if found := phone.execute_script(_OUTSIDE):
            outside[told] = found
    assert len(pages) > 15
    assert outside == {}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("begins", ["so: DIGEST", "so-urdu: خلاصہ", "health-it: AHEAD", "police-it: پیشگی"])
def test_letters_are_light_at_night_and_dark_by_day(
    phone: webdriver.Chrome, pages: Mapping[str, str], begins: str, *, dark: bool
) -> None:
    sized(phone, PHONE, dark=dark)
    phone.get(of(pages, begins))
    luminance = phone.execute_script(_LUMINANCE)
    assert luminance > 0.8 if dark else luminance < 0.2


def test_an_urdu_list_has_its_labels_at_the_right(phone: webdriver.Chrome, pages: Mapping[str, str]) -> None:
    sized(phone, PHONE)
    phone.get(of(pages, "so-urdu: خلاصہ"))
    label, value = phone.execute_script(_SIDES)
    phone.get(of(pages, "so: DIGEST"))
    english_label, english_value = phone.execute_script(_SIDES)
    assert label > value
    assert english_label < english_value
