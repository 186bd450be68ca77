"""Pages as a real browser shows them: at a desk, on a phone, without scripts, and by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.support.background import in_background
from tests.support.browser import DESK, PHONE, browser, complaints, is_gone, is_shown, sized
from tests.support.page_estate import PageEstate, Served, page_estate, serving_site
from tests.support.peer import wait_until

pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageEstate]:
    with page_estate(tmp_path_factory.mktemp("estate")) as built:
        yield built


@pytest.fixture(scope="module")
def site(estate: PageEstate) -> Iterator[Served]:
    with in_background(serving_site(estate)) as served:
        yield served


def paths(estate: PageEstate) -> list[str]:
    incidents = [f"/incidents/{one.id}" for one in estate.watching.subjects.incidents()]
    return ["/", "/services/official-email", "/services/urdu", "/checks/mx1", "/checks/bills", *incidents]


def text_of(chrome: Chrome) -> str:
    return chrome.find_element(By.TAG_NAME, "body").text


def test_who_is_woken_reads_what_is_wrong_without_scrolling(chrome: Chrome, site: Served) -> None:
    sized(chrome, DESK)
    chrome.get(site.url())
    headline = chrome.find_element(By.TAG_NAME, "h1")
    assert "Official e-mail is not working" in headline.text
    assert headline.rect["y"] + headline.rect["height"] < DESK[1] / 3
    cause = chrome.find_element(By.XPATH, "//dd[.='the account is suspended']")
    assert cause.rect["y"] < DESK[1]


def test_services_bills_deadlines_and_messages_are_on_the_first_page(chrome: Chrome, site: Served) -> None:
    chrome.get(site.url())
    shown = text_of(chrome)
    for words in ("Citizens' portal", "سرکاری ویب سائٹ", "Rs 134,000 (Rs 1.34 lakh)", "3 days overdue", "86 of 100"):
        assert words in shown
    assert "told on-call by mail" in shown
    assert "noc@example.org" not in chrome.page_source


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_scrolls_sideways_on_a_phone(chrome: Chrome, site: Served, estate: PageEstate, dark: bool) -> None:  # noqa: FBT001  # a case
    sized(chrome, PHONE, dark=dark)
    for path in paths(estate):
        chrome.get(site.url(path))
        width = chrome.execute_script("return document.documentElement.scrollWidth")
        assert width <= PHONE[0], path


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_what_is_behind_it(
    chrome: Chrome,
    site: Served,
    estate: PageEstate,
    dark: bool,  # noqa: FBT001  # a case
) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 to 1."""
    sized(chrome, DESK, dark=dark)
    for path in paths(estate):
        chrome.get(site.url(path))
        assert chrome.execute_script(CONTRAST) == [], path


def test_no_page_makes_the_console_complain(chrome: Chrome, site: Served, estate: PageEstate) -> None:
    complaints(chrome)
    for path in paths(estate):
        chrome.get(site.url(path))
    assert complaints(chrome) == []


def test_the_keyboard_goes_from_the_top_to_the_content_and_on_through_the_links(chrome: Chrome, site: Served) -> None:
    sized(chrome, DESK)
    chrome.get(site.url())
    body = chrome.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert chrome.switch_to.active_element.text == "To the content"
    chrome.switch_to.active_element.send_keys(Keys.ENTER)
    tops = []
    for _ in range(12):
        chrome.switch_to.active_element.send_keys(Keys.TAB)
        tops.append(chrome.switch_to.active_element.rect["y"])
    assert tops == sorted(tops)


def test_what_is_drawn_has_words_too(chrome: Chrome, site: Served) -> None:
    chrome.get(site.url())
    drawn = chrome.find_elements(By.CSS_SELECTOR, "svg[role=img]")
    assert len(drawn) > 10
    assert all(one.get_attribute("aria-label") for one in drawn)
    badges = chrome.find_elements(By.CLASS_NAME, "badge")
    assert all(len(badge.text) > 3 for badge in badges)


def test_a_name_from_right_to_left_turns_nothing_around_it(chrome: Chrome, site: Served) -> None:
    chrome.get(site.url())
    name = chrome.find_element(By.CSS_SELECTOR, "h3 bdi[lang=ur]")
    assert name.value_of_css_property("direction") == "rtl"
    assert chrome.find_element(By.TAG_NAME, "h1").value_of_css_property("direction") == "ltr"


def test_a_proof_that_was_unfolded_stays_so_while_the_page_renews_itself(chrome: Chrome, site: Served) -> None:
    """Unfolded by hand, which leaves the focus on it."""
    chrome.get(site.url())
    chrome.find_element(By.CSS_SELECTOR, "main summary").click()
    first = chrome.find_element(By.TAG_NAME, "h1")
    renew(chrome)
    wait_until(lambda: is_gone(first), 60, "the page was not renewed")
    assert chrome.execute_script("return document.querySelector('main details').open")
    assert chrome.execute_script("return document.activeElement === document.querySelector('main summary')")
    assert not is_shown(chrome, "held")


def test_a_link_with_the_focus_has_it_still_after_the_page_was_renewed(chrome: Chrome, site: Served) -> None:
    chrome.get(site.url())
    chrome.execute_script("document.querySelectorAll('main a[href=\"/checks/bills\"]')[1].focus()")
    first = chrome.find_element(By.TAG_NAME, "h1")
    renew(chrome)
    wait_until(lambda: is_gone(first), 60, "the page was not renewed")
    assert chrome.execute_script(
        "return document.activeElement === document.querySelectorAll('main a[href=\"/checks/bills\"]')[1]"
    )


def test_a_page_that_waits_for_marked_text_says_so_and_since_when(chrome: Chrome, site: Served) -> None:
    chrome.get(site.url())
    made = chrome.find_element(By.ID, "as-of").text
    chrome.execute_script("document.getSelection().selectAllChildren(document.querySelector('h1'))")
    renew(chrome)
    wait_until(lambda: is_shown(chrome, "held"), 60, "nothing says that the page waits")
    assert made in chrome.find_element(By.ID, "held").text
    chrome.execute_script("document.getSelection().removeAllRanges()")
    renew(chrome)
    wait_until(lambda: not is_shown(chrome, "held"), 60, "the page waits for nothing")


def test_a_page_of_what_was_taken_away_says_so(chrome: Chrome, tmp_path: Path) -> None:
    with page_estate(tmp_path) as estate, in_background(serving_site(estate)) as served:
        chrome.get(served.url("/checks/imap"))
        specs = estate.watching.specs
        estate.watching.specs = {check_id: spec for check_id, spec in specs.items() if check_id != "imap"}
        renew(chrome)
        wait_until(lambda: is_shown(chrome, "gone"), 60, "nothing says that it is gone")
        assert not is_shown(chrome, "lost")
    complaints(chrome)  # of the page that was not found


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_scale_of_deadlines_stands_over_their_lanes_and_within_them(
    chrome: Chrome, site: Served, size: tuple[int, int]
) -> None:
    sized(chrome, size)
    chrome.get(site.url())
    scale, lane, *texts = chrome.execute_script(EDGES)
    assert scale == pytest.approx(lane, abs=1)
    assert all(lane[0] - 1 <= left and right <= lane[1] + 1 for left, right in texts)


def renew(chrome: Chrome) -> None:
    """At once, as when somebody comes back to the tab."""
    chrome.execute_script("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_daemon_that_went_away_is_said_on_the_page_that_is_left(chrome: Chrome, tmp_path: Path) -> None:
    with page_estate(tmp_path, seen=[]) as estate:
        with in_background(serving_site(estate)) as gone:
            chrome.get(gone.url())
            assert not is_shown(chrome, "lost")
        renew(chrome)
        wait_until(lambda: is_shown(chrome, "lost"), 60, "nothing says that it is gone")
    complaints(chrome)  # of the connection that was refused


def test_banners_stand_above_all_else(chrome: Chrome, tmp_path: Path) -> None:
    with page_estate(tmp_path) as estate:
        estate.blind()
        estate.full_disk()
        estate.refuse("nigehban.yaml:7:3: checks[0].host: is missing")
        with in_background(serving_site(estate)) as served:
            chrome.get(served.url())
            titles = [one.text for one in chrome.find_elements(By.CSS_SELECTOR, "main > .banner strong")]
            assert "nigehban.yaml:7:3: checks[0].host: is missing" in text_of(chrome)
    assert ["Blind since" in titles[0], "Nothing can be written" in titles[1], "refused at" in titles[2]] == [True] * 3


def test_everything_is_there_without_scripts(site: Served, estate: PageEstate, tmp_path: Path) -> None:
    with browser(tmp_path, scripts=False) as plain:
        sized(plain, PHONE)
        for path in paths(estate):
            plain.get(site.url(path))
            assert "Directorate of IT" in text_of(plain)
        plain.get(site.url())
        plain.find_element(By.CSS_SELECTOR, "summary").click()
        assert "550 5.7.1 account suspended" in text_of(plain)
        assert plain.find_elements(By.CSS_SELECTOR, "noscript meta, meta[http-equiv=refresh]")


EDGES = """
const edges = (one) => { const box = one.getBoundingClientRect(); return [box.left, box.right]; };
const lane = document.querySelector(".deadline .lane");
const past = lane.querySelector(".past").getBoundingClientRect().left;
return [edges(document.querySelector(".scale .lane")), [past, past + lane.clientWidth],
        ...[...document.querySelectorAll(".scale text")].map(edges)];
"""

CONTRAST = """
const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
const linear = (part) => part / 255 <= .04045 ? part / 255 / 12.92 : ((part / 255 + .055) / 1.055) ** 2.4;
const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
const behind = (element) => {
  for (let one = element; one; one = one.parentElement) {
    const colour = rgb(getComputedStyle(one).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const weak = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const words = walker.currentNode.data.trim();
  const element = walker.currentNode.parentElement;
  if (!words || !element.checkVisibility() || element.closest("noscript, script, .skip")) continue;
  const style = getComputedStyle(element);
  const [dark, bright] = [light(rgb(element.closest("svg") ? style.fill : style.color)), light(behind(element))].sort();
  if ((bright + .05) / (dark + .05) < 4.5) weak.push(words.slice(0, 40) + " " + style.color);
}
return weak;
"""
