"""Every route over a real listener: what it answers, with which headers, to whom; and to whom not."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.asking_site import METHODS, ask
from tests.support.background import in_background
from tests.support.page_estate import PageEstate, Served, page_estate, serving_site
from watchdog.store.errors import StoreBusyError
from watchdog.web.site import ROUTES, SECURITY_HEADERS, STATIC_TYPES, page_number

#: Each route with one path that exists and one that does not. There are no roles: who reaches the address reads all.
MATRIX: Mapping[str, tuple[str, str]] = {
    "/": ("/", "/index.html"),
    "/telling": ("/telling", "/telling/nothing"),
    "/note(|/|/en|/ur|/(?:en|ur)/[^/]{1,64})": ("/note", "/noteen"),
    "/services/([^/]{1,64})": ("/services/official-email", "/services/nothing"),
    "/checks/(.{1,200})": ("/checks/mx1", "/checks/nothing"),
    "/incidents/([A-Za-z0-9_-]{1,64})": ("/incidents/{open}", "/incidents/0123456789abcdef"),
}
STATIC = [f"/static/{name}" for name in STATIC_TYPES]
NOWHERE = [
    "/static/",
    "/static/../site.py",
    "/static/%2e%2e/site.py",
    "/static/nothing.css",
    "/templates/frame.html",
    "/docs",
    "/redoc",
    "/openapi.json",
    "/admin",
    "/metrics/",
    "//",
    "/services/",
    "/services/a/b",
    "/incidents/..",
    "/incidents/%00",
    "/checks/%00%0a",
]


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageEstate]:
    with page_estate(tmp_path_factory.mktemp("estate")) as built:
        yield built


@pytest.fixture(scope="module")
def served(estate: PageEstate) -> Iterator[Served]:
    with in_background(serving_site(estate)) as site:
        yield site


def pages(estate: PageEstate) -> Sequence[str]:
    open_one = next(iter(estate.watching.subjects.incidents())).id
    return [there.format(open=open_one) for there, _ in MATRIX.values()]


def test_every_route_stands_in_the_matrix() -> None:
    assert [route.pattern for route in ROUTES] == list(MATRIX)


def test_every_page_is_there(served: Served, estate: PageEstate) -> None:
    answers = {path: ask(served, path) for path in pages(estate)}
    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert all(answer.headers["content-type"] == "text/html; charset=utf-8" for answer in answers.values())
    assert all("</html>" in answer.text for answer in answers.values())


@pytest.mark.parametrize("path", [missing for _, missing in MATRIX.values()] + NOWHERE)
def test_what_is_not_there_is_not_found_and_says_so_in_words(served: Served, path: str) -> None:
    answer = ask(served, path)
    assert answer.status == 404
    assert "There is nothing here" in answer.text


@pytest.mark.parametrize("path", [*STATIC, "/", "/nothing"])
def test_every_answer_has_every_security_header(served: Served, path: str) -> None:
    headers = ask(served, path).headers
    assert {name.decode(): value.decode() for name, value in SECURITY_HEADERS}.items() <= headers.items()
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "server" not in headers


@pytest.mark.parametrize("path", STATIC)
def test_static_files_have_their_type(served: Served, path: str) -> None:
    answer = ask(served, path)
    assert (answer.status, answer.headers["content-type"]) == (200, STATIC_TYPES[path.removeprefix("/static/")])


@pytest.mark.parametrize("method", METHODS)
def test_pages_can_only_be_read(served: Served, estate: PageEstate, method: str) -> None:
    answers = [ask(served, path, method) for path in [*pages(estate), *STATIC]]
    assert {answer.status for answer in answers} <= {405, 400}
    assert all("</main>" not in answer.text or "GET, HEAD" in answer.headers["allow"] for answer in answers)


def test_a_head_request_gets_the_head_alone(served: Served) -> None:
    answer = ask(served, "/", "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 1000


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9417", "localhost.evil.example", ""])
def test_a_name_of_somebody_elses_gets_nothing(served: Served, estate: PageEstate, host: str) -> None:
    for path in [*pages(estate), *STATIC, "/nothing", "/metrics"]:
        answer = ask(served, path, host=host)
        assert answer.status == 421
        assert "Directorate" not in answer.text


def test_two_host_headers_are_refused(served: Served) -> None:
    assert ask(served, "/", more="Host: evil.example\r\n").status in {400, 421}


def test_the_name_in_messages_is_answered(served: Served) -> None:
    assert ask(served, "/", host="status.example.gov.pk").status == 200


def test_a_request_with_a_body_is_refused(served: Served) -> None:
    assert ask(served, "/", more="Content-Length: 5\r\n").status == 413
    assert ask(served, "/", more="Transfer-Encoding: chunked\r\n").status == 413


def test_metrics_are_served_as_before(served: Served) -> None:
    answer = ask(served, "/metrics")
    assert (answer.status, answer.headers["content-type"], answer.headers["cache-control"]) == (
        200,
        "text/plain",
        "no-store",
    )


@pytest.mark.parametrize(
    ("query", "number"),
    [
        (b"", 1),
        (b"page=2", 2),
        (b"page=0", 1),
        (b"page=-1", 1),
        (b"page=%32", 1),
        (b"page=99999999", 1),
        (b"page=999999", 10_000),
        ("page=٣".encode(), 1),
        (b"x=1&page=2", 1),
    ],
)
def test_a_page_number_is_a_plain_number_or_the_first(query: bytes, number: int) -> None:
    assert page_number(query) == number


def test_a_page_that_breaks_shows_an_id_and_no_trace(tmp_path: Path) -> None:
    with page_estate(tmp_path, seen=[]) as broken:
        broken.watching.subjects = None  # type: ignore[assignment]  # a bug of ours
        with in_background(serving_site(broken)) as site:
            answer = ask(site, "/")
    assert answer.status == 500
    assert "The log says why under the id" in answer.text
    assert "Traceback" not in answer.text
    assert "NoneType" not in answer.text


def test_a_store_that_cannot_be_read_costs_the_history_and_not_the_page(tmp_path: Path) -> None:
    class Locked:
        async def call(self, *_args: object, **_named: object) -> object:
            raise StoreBusyError("the database is locked")

    with page_estate(tmp_path) as estate:
        open_one = next(iter(estate.watching.subjects.incidents())).id
        kept, estate.reading = estate.reading, Locked()  # type: ignore[assignment]  # never answers
        with in_background(serving_site(estate)) as site:
            first, check, incident = ask(site, "/"), ask(site, "/checks/mx1"), ask(site, f"/incidents/{open_one}")
        estate.reading = kept
    assert (first.status, check.status, incident.status) == (200, 200, 503)
    assert "The history cannot be read just now" in first.text
    assert "the account is suspended for non-payment" in first.text
    assert "The history cannot be read just now" in incident.text


def test_the_page_of_a_check_says_how_soon_people_hear_at_worst(served: Served) -> None:
    text = ask(served, "/checks/mx1").text
    assert "after a critical fault begins" in text
    assert "30 s send =" in text  # what a mail may take
    assert "Who hears of it, and how soon" in text
