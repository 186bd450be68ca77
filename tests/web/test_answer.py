"""The one form there is, over a real listener: who may press its button, how often, and what others learn."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from selenium.webdriver.common.by import By

from alerts.links import Action, Links, Ticket
from tests.support.background import in_background
from tests.support.browser import browser, complaints, is_gone
from tests.support.on_link import NobodyNext, NobodyThere
from tests.support.page_estate import NOW, PageEstate, Served, page_estate, serving_site
from tests.support.peer import wait_until
from watchdog.store.executor import Inline
from watchdog.web.answer import MAX_BODY_BYTES, PER_MINUTE
from watchdog.web.door import Door

LINKS = Links(base_url="https://status.example.gov.pk", key=b"k" * 32)
FOREIGN = [
    "Origin: https://evil.example",
    "Origin: http://[",
    "Sec-Fetch-Site: cross-site",
    "Sec-Fetch-Site: same-site",
]
OWN = ["Origin: null", "Origin: https://status.example.gov.pk", "Sec-Fetch-Site: same-origin", "X-Nothing: 1"]
METHODS = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True, slots=True)
class Asked:
    served: Served
    estate: PageEstate

    def raw(self, method: str, path: str, body: str = "", more: str = "X-Nothing: 1", host: str = "localhost") -> str:
        async def asked() -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.served.port)
            length = f"Content-Length: {len(body)}\r\n" if body else ""
            writer.write(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n{length}\r\n{body}".encode())
            async with asyncio.timeout(60):
                answer = await reader.read()
            writer.close()
            return answer

        return asyncio.run(asked()).decode()

    def post(self, token: str, more: str = "X-Nothing: 1", host: str = "localhost") -> str:
        return self.raw("POST", "/answer", urlencode({"token": token}), more, host)

    def answers(self, about: str) -> list[str]:
        return [one.answer for one in self.estate.store.listings.answers(about)]


def token(about: str, links: Links = LINKS) -> str:
    ticket = Ticket(
        action=Action.ANSWER,
        incident="",
        receiver="finance",
        expires_at=NOW + timedelta(hours=1),
        nonce=f"nonce of {about}",
        about=about,
        answer="yes",
    )
    return links.token(ticket)


def status(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with page_estate(tmp_path_factory.mktemp("estate"), seen=[]) as estate:
        door = Door(
            links=lambda: LINKS,
            estate=lambda: estate.watching.settings.estate,
            desk=NobodyThere(),
            line=NobodyNext(),
            uses=estate.store,
            used=estate.store.listings,
            writing=Inline(),
            reading=Inline(),
            clock=lambda: NOW,
        )
        with in_background(serving_site(estate, door)) as served:
            yield Asked(served, estate)


def test_the_link_shows_a_button_and_does_nothing(site: Asked) -> None:
    page = site.raw("GET", f"/answer/{token('asked')}")
    assert status(page) == 200
    assert 'action="/answer"' in page
    assert "form-action 'self'" in page
    assert "referrer-policy: no-referrer" in page
    assert "cache-control: no-store" in page
    assert site.answers("asked") == []


def test_the_button_acts_once(site: Asked) -> None:
    assert [status(site.post(token("once"))) for _ in range(2)] == [200, 410]
    assert site.answers("once") == ["yes"]


@pytest.mark.parametrize("header", FOREIGN)
def test_the_page_of_another_site_cannot_press_it(site: Asked, header: str) -> None:
    assert status(site.post(token(header), header)) == 403
    assert site.answers(header) == []


@pytest.mark.parametrize("header", OWN)
def test_our_own_page_can_whatever_its_browser_says_of_it(site: Asked, header: str) -> None:
    assert status(site.post(token(header), header)) == 200


def test_a_name_of_somebody_elses_gets_nothing(site: Asked) -> None:
    assert status(site.post(token("rebound"), host="evil.example")) == 421
    assert site.answers("rebound") == []


@pytest.mark.parametrize("method", METHODS)
def test_the_form_takes_no_other_method(site: Asked, method: str) -> None:
    answer = site.raw(method, "/answer")
    assert status(answer) == 405
    assert "allow: POST" in answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_page_of_a_link_can_only_be_read(site: Asked, method: str) -> None:
    assert status(site.raw(method, f"/answer/{token('read')}")) == 405


@pytest.mark.parametrize(
    "body", ["", "token=", "token=a&token=b", "x=1", "a" * (MAX_BODY_BYTES + 1), "token=%ff", "&" * 100]
)
def test_a_body_without_a_token_of_ours_is_refused_in_words(site: Asked, body: str) -> None:
    answer = site.raw("POST", "/answer", body)
    assert status(answer) in {403, 429}
    assert "Directorate" not in answer


def test_what_is_none_of_ours_cannot_use_up_the_turns_of_what_is(site: Asked) -> None:
    forged = [status(site.raw("GET", f"/answer/forged{number}")) for number in range(PER_MINUTE + 3)]
    assert forged[-1] == 429
    assert status(site.raw("GET", f"/answer/{token('still')}")) == 200


def test_one_link_is_not_asked_for_without_end(site: Asked) -> None:
    asked = [status(site.raw("GET", f"/answer/{token('often')}")) for _ in range(PER_MINUTE + 1)]
    assert asked == [200] * PER_MINUTE + [429]


def test_without_links_there_is_no_such_place(tmp_path_factory: pytest.TempPathFactory) -> None:
    with (
        page_estate(tmp_path_factory.mktemp("plain"), seen=[]) as estate,
        in_background(serving_site(estate)) as served,
    ):
        plain = Asked(served, estate)
        assert status(plain.raw("GET", f"/answer/{token('none')}")) == 404
        assert status(plain.post(token("none"))) == 405


@pytest.mark.peer
@pytest.mark.slow
def test_a_real_browser_presses_the_button_and_reads_what_came_of_it(site: Asked, tmp_path: Path) -> None:
    with browser(tmp_path) as chrome:
        chrome.get(site.served.url(f"/answer/{token('browser')}"))
        asked = chrome.find_element(By.TAG_NAME, "h1")
        chrome.find_element(By.TAG_NAME, "button").click()
        wait_until(lambda: is_gone(asked), 60, "the answer's page did not come")
        assert chrome.find_element(By.TAG_NAME, "h1").text == "It is on record"
        assert complaints(chrome) == []
        chrome.get(site.served.url(f"/answer/{token('browser')}"))
        assert chrome.find_element(By.TAG_NAME, "h1").text == "This link was used already"
    assert site.answers("browser") == ["yes"]
