"""The way through the tree of routes names whom the routes name, and where each comes from."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.outlook.ways import ways_through
from alerts.route import Route, hearers_of

LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"), max_size=3)


def routes(deeper: st.SearchStrategy[Route]) -> st.SearchStrategy[Route]:
    return st.builds(
        Route,
        match=st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"), max_size=2),
        to=st.lists(st.sampled_from(["ops", "boss", "finance"]), max_size=2, unique=True).map(tuple),
        escalation=st.sampled_from([None, "urgent"]),
        goes_on=st.booleans(),
        routes=st.lists(deeper, max_size=3).map(tuple),
    )


TREES = st.lists(st.recursive(routes(st.just(Route(to=("ops",)))), routes, max_leaves=8), max_size=3)


@given(LABELS, TREES)
def test_ways_name_exactly_whom_the_routes_name(labels: dict[str, str], tree: list[Route]) -> None:
    found = tuple(dict.fromkeys(hearer for way in ways_through(labels, tree) for hearer in way.hearers))
    assert found == hearers_of(labels, tree)


def test_each_way_says_by_which_routes() -> None:
    night = Route(match={"severity": "critical"}, to=("boss",), escalation="urgent")
    tree = [Route(match={"kind": "dns"}, to=("ops",)), Route(to=("ops",), routes=(night,))]
    (way,) = ways_through({"kind": "smtp", "severity": "critical"}, tree)
    assert (way.place, [str(turn) for turn in way.turns]) == ("2.1", ["{}", "{severity: critical}"])
    assert [(one.receiver, one.escalation) for one in way.hearers] == [("boss", "urgent")]
