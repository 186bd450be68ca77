"""What a target says is never markup: three hundred texts in every field that it controls, seen through a browser."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain, cycle
from pathlib import Path

import pytest
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver import Chrome

from checks.model import Cause, Deadline, Finding, Measurement, Rung, Status
from tests.support.background import in_background
from tests.support.browser import browser, complaints
from tests.support.markup_payloads import payloads
from tests.support.page_estate import NOW, PageEstate, Seen, Served, page_estate, serving_site

pytestmark = [pytest.mark.peer, pytest.mark.slow]

CHECKS = 5
INCIDENTS = 40

SETTINGS = """\
estate: {name: "<img src=x onerror=alert(1)>", time_zone: Asia/Karachi}
departments: {a: {name: "<svg onload=alert(1)>", users: 7}}
services: {s: {title: "'><script>alert(1)</script>", departments: [a], runbook: "<script>alert(1)</script>"}}
receivers: {ops: {channels: [{kind: webhook, url: "https://hooks.example.org/x"}]}}
routes: [{match: {}, to: [ops]}]
defaults: {settle: 0s}
checks:
  - {id: bills, kind: invoice_due, service: s}
"""

#: All that our own templates are made of.
TAGS = [
    "html",
    "head",
    "meta",
    "title",
    "link",
    "script",
    "noscript",
    "body",
    "header",
    "main",
    "footer",
    "nav",
    "section",
    "article",
    "div",
    "span",
    "p",
    "a",
    "bdi",
    "time",
    "strong",
    "br",
    "h1",
    "h2",
    "h3",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "figure",
    "figcaption",
    "details",
    "summary",
    "pre",
    "code",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "svg",
    "path",
    "rect",
    "line",
    "text",
]

FOREIGN = """
const known = new Set(arguments[0]);
const found = [];
for (const one of document.querySelectorAll("*")) {
  if (!known.has(one.localName)) found.push(one.localName);
  for (const attribute of one.attributes) {
    if (attribute.name.startsWith("on") || attribute.name === "style") found.push(attribute.name);
    if (/^\\s*(javascript|data):/i.test(attribute.value)) found.push(attribute.value);
  }
}
for (const one of document.querySelectorAll("a, link, script"))
  if (new URL(one.href || one.src).origin !== location.origin) found.push(one.outerHTML);
if (document.scripts.length > 1 || window.hit) found.push("script");
if (document.body.textContent === "hit") found.push("body");
return found;
"""


def finding(words: Iterator[str], number: int) -> Finding:
    return Finding(
        subject=f"{number} {next(words)}",
        status=Status.CRITICAL,
        cause=Cause.REJECTED,
        summary=next(words),
        evidence="\n".join(next(words) for _ in range(20)),
        facts=tuple((next(words), next(words)) for _ in range(20)),
        measurements=(Measurement(next(words), 1.0, next(words), labels=((next(words), next(words)),)),),
    )


def bill(words: Iterator[str], number: int) -> Finding:
    """As a list of bills from outside may have it."""
    labels = ("Bill", "Vendor", "Amount", "Vendor cuts off", "Service", "Goes dark for", next(words))
    at = NOW + timedelta(days=number, hours=1)
    return Finding(
        subject=f"{number} {next(words)}",
        status=Status.WARNING,
        cause=Cause.DUE,
        summary=next(words),
        deadline=Deadline(at=at, rungs=(Rung(name="20wd", at=NOW - timedelta(days=9), status=Status.WARNING),)),
        facts=tuple((label, next(words)) for label in labels),
        evidence=next(words),
    )


def seen() -> Sequence[Seen]:
    words = cycle(payloads())
    per_check = len(payloads()) // CHECKS
    made = []
    for place in range(CHECKS):
        subjects = [finding(words, number) for number in range(per_check)]
        again = [one for one in subjects[: INCIDENTS // CHECKS] for _ in range(7)]
        looks = chain(again, subjects[INCIDENTS // CHECKS :])
        times = [NOW - timedelta(seconds=place) for place in range(len(again) + len(subjects) - INCIDENTS // CHECKS)]
        made.append(Seen(f"c{place}", lambda _, looks=looks: next(looks), times[::-1]))  # type: ignore[misc]  # bound
    bills = iter([bill(words, number) for number in range(20)])
    made.append(Seen("bills", lambda _: next(bills), [NOW - timedelta(seconds=20 - place) for place in range(20)]))
    return made


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageEstate]:
    checks = "".join(
        f"  - {{id: c{place}, kind: tcp, service: s, host: 192.0.2.1, port: {place + 1}}}\n" for place in range(CHECKS)
    )
    with page_estate(tmp_path_factory.mktemp("estate"), SETTINGS + checks, seen()) as built:
        built.refuse(*payloads()[:20])
        built.full_disk()
        yield built


@pytest.fixture(scope="module")
def site(estate: PageEstate) -> Iterator[Served]:
    with in_background(serving_site(estate)) as served:
        yield served


def test_there_are_three_hundred_of_them() -> None:
    assert len(payloads()) == 300


def test_none_of_them_becomes_an_element_runs_or_is_even_tried(
    estate: PageEstate, site: Served, tmp_path: Path
) -> None:
    incidents = [one.id for one in estate.watching.subjects.incidents()]
    paths = ["/", "/services/s", "/checks/bills", *(f"/checks/c{place}" for place in range(CHECKS))]
    paths += [f"/incidents/{incident_id}" for incident_id in incidents]
    assert len(incidents) >= INCIDENTS
    shown = ""
    with browser(tmp_path) as chrome:
        for path in paths:
            chrome.get(site.url(path))
            assert not _dialog(chrome), path
            assert chrome.execute_script(FOREIGN, TAGS) == [], path
            shown += chrome.execute_script("return document.documentElement.textContent")
        assert complaints(chrome) == []
    missing = [one for one in payloads() if one.isascii() and one.isprintable() and one not in shown]
    assert missing == [], "texts that were not even shown prove nothing"


def _dialog(chrome: Chrome) -> bool:
    try:
        chrome.switch_to.alert.dismiss()
    except NoAlertPresentException:
        return False
    return True
