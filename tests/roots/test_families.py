"""What hangs on what: circles are found, and relatives are all that can be reached."""

from hypothesis import assume, given
from hypothesis import strategies as st

from alerts.roots.family import Knot, Tie, circle, family

names = st.sampled_from("abcdefgh")
any_ties = st.lists(st.tuples(names, names), max_size=14).map(
    lambda pairs: [Tie(("check", lower), ("check", upper)) for lower, upper in pairs]
)


def reached(tied: list[Tie], start: Knot) -> set[Knot]:
    found: set[Knot] = set()
    ahead = [start]
    while ahead:
        knot = ahead.pop()
        more = {tie.upper for tie in tied if tie.lower == knot} - found
        found |= more
        ahead += more
    return found


@given(any_ties)
def test_a_circle_is_found_where_there_is_one_and_is_one(tied: list[Tie]) -> None:
    found = circle(tied)
    assert bool(found) is any(tie.lower in reached(tied, tie.lower) for tie in tied)
    hops = {(tie.lower, tie.upper) for tie in tied}
    assert all(hop in hops for hop in zip(found, (*found[1:], *found[:1]), strict=True))


@given(any_ties)
def test_relatives_are_all_that_can_be_reached_and_both_ways_say_the_same(tied: list[Tie]) -> None:
    assume(not circle(tied))
    found = family(tied)
    for name in "abcdefgh":
        above = {one for _, one in reached(tied, ("check", name))}
        assert set(found.above.get(name, ())) == above  # type: ignore[call-overload]
        assert all(name in found.below[one] for one in above)  # type: ignore[index]
    assert all(one in found.above[lower] for one, lowers in found.below.items() for lower in lowers)


def test_the_nearest_comes_first() -> None:
    tied = [
        Tie(("check", "a"), ("check", "b")),
        Tie(("check", "b"), ("check", "c")),
        Tie(("check", "a"), ("check", "d")),
    ]
    assert family(tied).above["a"] == ("b", "d", "c")  # type: ignore[index]


def test_ten_thousand_checks_behind_one_link_are_sorted_out_at_once() -> None:
    tied = [Tie(("check", f"c{number}"), ("site", "hq")) for number in range(10_000)]
    found = family([*tied, Tie(("site", "hq"), ("check", "link"))])
    assert len(found.below["link"]) == 10_000  # type: ignore[index]
    assert len({id(above) for above in found.above.values()}) == 1
