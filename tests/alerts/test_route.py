"""Which receivers a set of labels leads to."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.route import ChannelSpec, Hearer, Route, hearers_of, receivers_for
from checks.secret import Secret

BILLS = Route(match={"kind": "invoice_due"}, to=("finance",))
URGENT_MAIL = Route(match={"service": "official-email", "severity": "critical"}, to=("on-call", "director"))
REST = Route(to=("on-call",))


def test_the_first_route_that_matches_wins() -> None:
    assert receivers_for({"kind": "invoice_due"}, [BILLS, REST]) == ("finance",)
    assert receivers_for({"kind": "invoice_due"}, [REST, BILLS]) == ("on-call",)


def test_a_route_matches_only_with_all_of_its_labels() -> None:
    assert receivers_for({"service": "official-email", "severity": "warning"}, [URGENT_MAIL, REST]) == ("on-call",)
    assert receivers_for({"service": "official-email"}, [URGENT_MAIL, REST]) == ("on-call",)
    assert receivers_for({"service": "official-email", "severity": "critical"}, [URGENT_MAIL]) == (
        "on-call",
        "director",
    )


def test_labels_a_route_does_not_name_do_not_matter() -> None:
    assert receivers_for({"kind": "invoice_due", "team": "dao"}, [BILLS]) == ("finance",)


def test_an_empty_match_takes_what_has_no_labels_at_all() -> None:
    assert receivers_for({}, [BILLS, REST]) == ("on-call",)


def test_nobody_hears_where_no_route_matches() -> None:
    assert receivers_for({"kind": "http"}, [BILLS]) == ()
    assert receivers_for({"kind": "http"}, []) == ()


_LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"))
_ROUTES = st.lists(st.builds(Route, match=_LABELS, to=st.tuples(st.uuids().map(str))))


@given(labels=_LABELS, routes=_ROUTES)
def test_with_a_catch_all_at_the_end_somebody_always_hears(labels: dict[str, str], routes: list[Route]) -> None:
    assert receivers_for(labels, [*routes, REST]) != ()


@given(labels=_LABELS, routes=_ROUTES)
def test_routes_behind_the_one_that_matched_change_nothing(labels: dict[str, str], routes: list[Route]) -> None:
    told = receivers_for(labels, routes)
    matching = [route for route in routes if route.match.items() <= labels.items()]
    assert told == (matching[0].to if matching else ())
    assert receivers_for(labels, [*routes[: len(routes)], *routes]) == told


TREE = (
    Route(match={"kind": "invoice_due"}, to=("finance",)),
    Route(
        match={"service": "official-email"},
        to=("mail-team",),
        escalation="critical",
        routes=(
            Route(match={"severity": "warning"}, to=("day-shift",), escalation="slow"),
            Route(match={"site": "peshawar"}, routes=(Route(match={"kind": "tcp"}, to=("links",)),)),
        ),
    ),
    REST,
)


def test_the_finer_route_below_decides_before_the_one_above() -> None:
    labels = {"service": "official-email", "severity": "warning"}
    assert hearers_of(labels, TREE) == (Hearer("day-shift", "slow"),)


def test_where_no_finer_route_matches_the_one_above_stands() -> None:
    labels = {"service": "official-email", "severity": "critical"}
    assert hearers_of(labels, TREE) == (Hearer("mail-team", "critical"),)


def test_a_route_takes_from_above_what_it_does_not_say() -> None:
    labels = {"service": "official-email", "severity": "critical", "site": "peshawar"}
    assert hearers_of(labels, TREE) == (Hearer("mail-team", "critical"),)
    assert hearers_of({**labels, "kind": "tcp"}, TREE) == (Hearer("links", "critical"),)


def test_a_finer_route_keeps_others_from_looking_as_the_one_above_would() -> None:
    assert receivers_for({"service": "official-email", "severity": "warning", "kind": "http"}, TREE) == ("day-shift",)


def test_after_a_route_that_goes_on_the_next_that_matches_hears_as_well() -> None:
    archive = Route(to=("archive",), goes_on=True)
    assert receivers_for({"kind": "invoice_due"}, [archive, BILLS, REST]) == ("archive", "finance")
    assert receivers_for({}, [archive, BILLS, REST]) == ("archive", "on-call")


def test_a_route_that_goes_on_and_finds_no_other_stands_alone() -> None:
    assert receivers_for({}, [Route(to=("archive",), goes_on=True), BILLS]) == ("archive",)


def test_who_is_named_twice_hears_once_and_by_both_escalations() -> None:
    routes = [Route(to=("noc",), escalation="a", goes_on=True), Route(to=("noc",), escalation="b")]
    assert receivers_for({}, routes) == ("noc",)
    assert hearers_of({}, routes) == (Hearer("noc", "a"), Hearer("noc", "b"))


def test_a_channel_that_is_its_own_address_has_one_nameless_recipient() -> None:
    assert ChannelSpec(name="a", kind="apprise", url="json://127.0.0.1/").recipients == ("",)
    assert ChannelSpec(name="m", kind="mail", to=("a@example.org", "b@example.org")).recipients == (
        "a@example.org",
        "b@example.org",
    )


def test_a_printed_channel_shows_the_name_of_its_secret_not_the_value() -> None:
    spec = ChannelSpec(name="a", kind="apprise", url=Secret("oncall_url", lambda: "json://token@127.0.0.1/"))
    assert "oncall_url" in repr(spec)
    assert "token" not in repr(spec)
