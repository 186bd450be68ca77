"""Every route by name: who may, what it changes, and what nonsense gets."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from checks.model import Finding, Status
from checks.plugin import CheckContext
from tests.support.asgi import ROOT, request
from tests.support.bills_on_record import received
from tests.support.desks import Scene, down, scene, watching
from tests.support.scripted import finding
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.api.bounded import MAX_BODY_BYTES, Bounded

CANARY = "hunter2-canary"


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the matrix. `with_author` says that it needs to know who asks; such a route changes something."""

    method: str
    path: str
    with_author: bool
    body: bytes = field(default=b"{}", compare=False)
    """One that it takes."""
    needs_more: bool = field(default=False, compare=False)
    """Something must be there first; what it answers then is shown beside what makes it."""


_MUTE = b'{"matchers": ["kind=scripted"], "reason": "test", "lasts": "1h"}'
_BILL = b'{"vendor": "acme", "number": "INV-9", "amount": "134000", "due": "2017-12-01"}'

#: A route that is not here fails the test: think of who may use it, then write it down, and in docs/api.md.
MATRIX = {
    Route("GET", "/v1/health", with_author=False),
    Route("GET", "/v1/status", with_author=False),
    Route("GET", "/v1/deadlines", with_author=False),
    Route("GET", "/v1/why", with_author=False),
    Route("GET", "/v1/preview", with_author=False),
    Route("GET", "/v1/incidents", with_author=False),
    Route("GET", "/v1/incidents/{incident}", with_author=False),
    Route("POST", "/v1/incidents/{incident}/acknowledgement", with_author=True, body=b'{"until_ok": true}'),
    Route("DELETE", "/v1/incidents/{incident}/acknowledgement", with_author=True),
    Route("GET", "/v1/silences", with_author=False),
    Route("POST", "/v1/silences", with_author=True, body=_MUTE),
    Route("DELETE", "/v1/silences/{mute}", with_author=True),
    Route("GET", "/v1/maintenance", with_author=False),
    Route("POST", "/v1/maintenance", with_author=True, body=_MUTE),
    Route("DELETE", "/v1/maintenance/{mute}", with_author=True),
    Route("GET", "/v1/bills", with_author=False),
    Route("GET", "/v1/bill", with_author=False),
    Route("GET", "/v1/bills/head", with_author=False),
    Route("GET", "/v1/bills/forecast", with_author=False),
    Route("GET", "/v1/bills/digest", with_author=False),
    Route("POST", "/v1/bills", with_author=True, body=_BILL),
    Route("POST", "/v1/bills/events", with_author=True, body=b'{"bills": ["INV-1"], "event": "verified"}'),
    Route("GET", "/v1/calendar", with_author=False, needs_more=True),
    Route("GET", "/v1/calendar/address", with_author=True, needs_more=True),
    Route("POST", "/v1/drills", with_author=True, needs_more=True),
    Route("DELETE", "/v1/drills/running", with_author=True, needs_more=True),
    Route("GET", "/v1/drills/last", with_author=False, needs_more=True),
    Route("GET", "/v1/drills/{drill}", with_author=False, needs_more=True),
    Route("GET", "/v1/exports", with_author=False, needs_more=True),
    Route("POST", "/v1/imports", with_author=True, needs_more=True),
    Route("DELETE", "/v1/imports/{id_}", with_author=True, needs_more=True),
    Route("POST", "/v1/imports/{id_}", with_author=True, needs_more=True),
    Route("POST", "/v1/imports/{id_}/pieces", with_author=True, needs_more=True),
    Route("GET", "/v1/letter", with_author=False, needs_more=True),
    Route("POST", "/v1/notices", with_author=True, needs_more=True),
    Route("GET", "/v1/proposals", with_author=False, needs_more=True),
    Route("GET", "/v1/proposals/{proposal}", with_author=False, needs_more=True),
    Route("POST", "/v1/proposals/{proposal}/confirm", with_author=True, needs_more=True),
    Route("POST", "/v1/proposals/{proposal}/refuse", with_author=True, needs_more=True),
    Route("POST", "/v1/taxpayers", with_author=True, needs_more=True),
    Route("POST", "/v1/taxpayers/{list_id}/end", with_author=True, needs_more=True),
    Route("POST", "/v1/taxpayers/{list_id}/rows", with_author=True, needs_more=True),
    Route("GET", "/v1/vendor", with_author=False, needs_more=True),
    Route("GET", "/v1/vendors", with_author=False, needs_more=True),
    Route("POST", "/v1/vendors/events", with_author=True, needs_more=True),
    Route("POST", "/v1/backup", with_author=True),
    Route("POST", "/v1/reload", with_author=True),
}


#: What a route cannot do without.
QUERIES = {"/v1/why": "check=mx", "/v1/bill": "word=INV-1"}


def inner(here: Scene) -> FastAPI:
    assert isinstance(here.app, Bounded)
    assert isinstance(here.app.app, FastAPI)
    return here.app.app


def contents(here: Scene) -> list[tuple[object, ...]]:
    """All that is stored of incidents and what people said."""
    listings = here.month.store.listings
    said = [(mute.id, mute.ended_at) for mute in listings.mutes(here.desk.clock())]
    bills = [(listings.ledger.head().hash,)]
    return [*((one, listings.history(one.id)) for one in listings.recent_incidents(100)), *said, *bills]


def place(route: Route, here: Scene) -> str:
    """Where there is an incident, a bill, and a silence or window that the route may be about."""
    here.month.store.ledger.append([received("acme", "INV-1", EPOCH)], EPOCH)
    now, id_ = here.desk.clock(), "standing"
    mute = Mute(
        id=id_,
        kind=MuteKind.SILENCE if "silences" in route.path else MuteKind.MAINTENANCE,
        matchers=matchers_of(["kind=none"]),
        author="root",
        reason="test",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
    )
    here.month.store.keep_mute(mute)
    here.daemon.mutes.remember([mute])
    return route.path.replace("{incident}", here.incident).replace("{mute}", id_)


def test_every_route_is_in_the_matrix() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            found = {
                Route(method, route.path, with_author=any(d.name == "by" for d in route.dependant.dependencies))
                for route in inner(here).routes
                if isinstance(route, APIRoute)
                for method in route.methods
            }
            assert found == MATRIX
            assert len(inner(here).routes) == len(MATRIX), "something is served that is no route of ours"

    run_virtual(play())


@pytest.mark.parametrize("route", sorted(MATRIX, key=str), ids=str)
def test_who_cannot_be_known_may_read_and_change_nothing(route: Route) -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            path, before = place(route, here), contents(here)
            told = await request(here.app, route.method, path, body=route.body, query=QUERIES.get(path, ""), peer=None)
            assert told.status == (403 if route.with_author else 200) or (route.needs_more and not route.with_author)
            assert (contents(here), here.loads) == (before, 0)

    run_virtual(play())


@pytest.mark.parametrize("route", sorted((one for one in MATRIX if not one.needs_more), key=str), ids=str)
def test_whoever_may_open_the_socket_is_answered(route: Route) -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            path, before = place(route, here), contents(here)
            told = await request(here.app, route.method, path, body=route.body, query=QUERIES.get(path, ""))
            assert told.status == 200
            assert told.headers["cache-control"] == "no-store"
            assert told.headers["connection"] == "close"
            if not route.with_author:
                assert (contents(here), here.loads) == (before, 0), "reading changed something"

    run_virtual(play())


@pytest.mark.parametrize(
    "path", ["/docs", "/redoc", "/openapi.json", "/", "/v1", "/v1/status/", "/metrics", "/v2/status"]
)
def test_nothing_else_is_served(path: str) -> None:
    async def play() -> None:
        async with scene(watching()) as here:
            told = await request(here.app, "GET", path)
            assert told.status == 404
            assert told.json == {
                "error": "there is no such thing here; docs/api.md lists what there is",
                "problems": [],
            }

    run_virtual(play())


def test_a_listing_is_objects_for_scripts_and_text_for_a_terminal() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            told = (await request(here.app, "GET", "/v1/status")).json
            assert [one["check"] for one in told["items"]] == ["mx"]
            told = (await request(here.app, "GET", "/v1/status", query="width=0")).json
            assert told["text"].startswith("STATUS")

    run_virtual(play())


def test_a_body_that_is_too_long_is_refused() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            path = f"/v1/incidents/{here.incident}/acknowledgement"
            told = await request(here.app, "POST", path, body=b" " * MAX_BODY_BYTES + b"{}")
            assert told.status == 413
            fits = b'{"until_ok": true}'.ljust(MAX_BODY_BYTES)
            assert (await request(here.app, "POST", path, body=fits)).status == 200

    run_virtual(play())


def test_no_answer_repeats_a_value_that_was_sent() -> None:
    bodies = [
        {"note": {"password": CANARY}},
        {"until": CANARY},
        {"lasts": CANARY},
        CANARY,
    ]

    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            for body in [*(json.dumps(one).encode() for one in bodies), CANARY.encode(), b"[" * 50_000]:
                path = f"/v1/incidents/{here.incident}/acknowledgement"
                told = await request(here.app, "POST", path, body=body)
                assert told.status == 400
                assert CANARY.encode() not in told.raw
            told = await request(here.app, "GET", f"/v1/{CANARY}")
            assert CANARY.encode() not in told.raw

    run_virtual(play())


def test_a_failure_of_ours_says_its_kind_and_nothing_of_its_words() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            here.to_load = [RuntimeError(CANARY)]
            told = await request(here.app, "POST", "/v1/reload")
            assert told.status == 409
            assert CANARY.encode() not in told.raw
            health = await request(here.app, "GET", "/v1/health")
            assert CANARY.encode() not in health.raw

    run_virtual(play())


words = st.text(max_size=30) | st.sampled_from(["reload", "incidents", "status", "acknowledgement", "..", "%00"])
paths = st.lists(words, max_size=4).map(lambda parts: "/v1/" + "/".join(parts))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["note", "until", "lasts", "x"]), inner)
    ),
    max_leaves=8,
)
texts = st.none() | st.text(max_size=50) | st.from_regex(r"[0-9]{1,5}[-: hdm]?[0-9]{0,3}", fullmatch=True)
said = st.fixed_dictionaries({}, optional={"note": texts, "until": texts, "lasts": texts})
bodies = st.binary(max_size=200) | (json_values | said).map(lambda value: json.dumps(value).encode())


@pytest.mark.slow
def test_no_request_whatever_makes_it_fail() -> None:
    async def well(_ctx: CheckContext) -> tuple[Finding, ...]:
        return (finding(Status.OK, subject="other"),)

    async def play(sent: list[tuple[str, str, bytes, str]]) -> None:
        async with scene(watching(("mx", down), ("b", well)), lasting_s=200) as here:
            incident = here.incident
            for method, path, body, query in sent:
                for place in (path, f"/v1/incidents/{incident}/acknowledgement", "/v1/status"):
                    told = await request(here.app, method, place, body=body, query=query, peer=ROOT)
                    assert told.status < 500, (method, place, body, query, told)
                    if told.status >= 400:
                        answer: dict[str, Any] = told.json
                        assert set(answer) == {"error", "problems"}
                        assert all(isinstance(one, str) for one in answer["problems"])

    queries = st.sampled_from(["", "width=0", "width=-1", "width=1e9", "closed=maybe", "closed=1", "width=%00", "&&=&"])
    methods = st.sampled_from(["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"])
    requests = st.lists(st.tuples(methods, paths, bodies, queries), min_size=20, max_size=40)

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(requests)
    def survive(sent: list[tuple[str, str, bytes, str]]) -> None:
        run_virtual(play(sent))

    survive()
