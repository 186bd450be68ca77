"""Is it the name or the servers? Decided from how look-ups ended, in any order."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.network.name_service import ENOUGH_ZONES, WITNESS_S, NameService, Trouble, zone_of

ZONES = ("kp.gov.pk", "example.org", "example.net", "bank.com.pk", "portal.pk")
NAMES = tuple(f"{host}.{zone}" for zone in ZONES for host in ("mx1", "www"))


@dataclass(frozen=True)
class Ended:
    """How one look-up ended; `way` None is well."""

    name: str
    way: Trouble | None


def heard(*ends: Ended) -> NameService:
    service = NameService()
    for second, end in enumerate(ends):
        if end.way is None:
            service.answered(end.name, float(second))
        else:
            service.failed(end.name, end.way, float(second))
    return service


def well(*zones: str) -> list[Ended]:
    return [Ended(f"mx1.{zone}", None) for zone in zones]


def failing(way: Trouble, *zones: str) -> list[Ended]:
    return [Ended(f"mx1.{zone}", way) for zone in zones]


ends = st.builds(Ended, st.sampled_from(NAMES), st.none() | st.sampled_from(Trouble))
histories = st.lists(ends, max_size=30)
ways = st.sampled_from(Trouble)


@given(histories, ways)
def test_when_every_zone_that_was_answered_fails_alike_it_is_the_servers(before: list[Ended], way: Trouble) -> None:
    service = heard(*before, *well(*ZONES), *failing(way, *ZONES))
    assert service.trouble is way
    assert {zone_of(failure.name) for failure in service.failing} == set(ZONES)


@given(histories, st.sampled_from(NAMES))
def test_one_name_answered_ends_all_trouble(before: list[Ended], name: str) -> None:
    service = heard(*before, Ended(name, None))
    assert (service.trouble, service.failing, service.witnesses()) == (None, (), ())


@given(st.lists(st.builds(Ended, st.sampled_from(NAMES[:2]), ways), min_size=1, max_size=20))
def test_one_zone_that_fails_alone_is_never_the_servers_trouble_while_others_were_answered(bad: list[Ended]) -> None:
    assert heard(*well(*ZONES), *bad).trouble is None


@given(st.lists(st.builds(Ended, st.sampled_from([f"typo{n}.example" for n in range(9)]), ways), max_size=20))
def test_names_that_nobody_ever_had_say_nothing_of_servers_that_answered_for_others(bad: list[Ended]) -> None:
    assert heard(*well("kp.gov.pk"), *bad).trouble is None


@given(st.lists(st.builds(Ended, st.sampled_from(NAMES[:2]), st.none() | ways), max_size=20))
def test_where_all_names_are_in_one_zone_nobody_can_tell_what_servers_say_of_it(ends: list[Ended]) -> None:
    assert heard(*ends).trouble in {None, Trouble.SILENT}


@given(st.lists(ways, min_size=1, max_size=20))
def test_trouble_takes_failures_of_one_kind(bad: list[Trouble]) -> None:
    """Silence and failures are one kind, a name that does not exist is another."""
    service = heard(*(Ended(f"mx1.zone{number}.org", way) for number, way in enumerate(bad)))
    kinds = [way is Trouble.MISSING for way in bad]
    last_run = next((n for n, kind in enumerate(reversed(kinds)) if kind is not kinds[-1]), len(kinds))
    enough = last_run >= ENOUGH_ZONES or set(bad[-last_run:]) == {Trouble.SILENT}
    assert (service.trouble is not None) is enough


def test_silence_towards_the_only_name_there_is_is_the_servers_trouble() -> None:
    assert heard(*failing(Trouble.SILENT, "kp.gov.pk")).trouble is Trouble.SILENT
    assert heard(*well("kp.gov.pk"), *failing(Trouble.SILENT, "kp.gov.pk")).trouble is Trouble.SILENT


def test_silence_towards_one_of_two_zones_waits_for_the_other() -> None:
    both = ("kp.gov.pk", "example.org")
    assert heard(*well(*both), *failing(Trouble.SILENT, "kp.gov.pk")).trouble is None
    assert heard(*well(*both), *failing(Trouble.SILENT, *both)).trouble is Trouble.SILENT


@pytest.mark.parametrize("way", [Trouble.FAILED, Trouble.MISSING])
def test_a_flood_at_the_start_is_seen_at_the_third_zone(way: Trouble) -> None:
    assert heard(*failing(way, *ZONES[:2])).trouble is None
    assert heard(*failing(way, *ZONES[:3])).trouble is way


def test_many_names_of_one_zone_are_one_zone() -> None:
    assert heard(*(Ended(f"host{number}.kp.gov.pk", Trouble.FAILED) for number in range(50))).trouble is None


# Whose fault --------------------------------------------------------------------------------------------------------


def test_a_name_that_fails_again_after_another_was_answered_has_a_fault_of_its_own() -> None:
    bad, good = Ended("mx1.kp.gov.pk", Trouble.SILENT), Ended("mx1.example.org", None)
    assert not heard(good, bad).is_own_fault(bad.name)
    assert heard(good, bad, good, bad).is_own_fault(bad.name)
    assert not heard(good, bad, good, bad, Ended(bad.name, None), bad).is_own_fault(bad.name)


def test_until_then_it_is_undecided_if_there_is_a_witness() -> None:
    bad, good = Ended("mx1.kp.gov.pk", Trouble.MISSING), Ended("mx1.example.org", None)
    assert heard(good, bad).is_undecided(bad.name)
    assert not heard(good, bad, good, bad).is_undecided(bad.name)
    assert not heard(bad).is_undecided(bad.name)
    assert not heard(Ended(bad.name, None), bad).is_undecided(bad.name)


@given(histories, st.sampled_from(NAMES))
def test_no_name_is_undecided_and_decided(before: list[Ended], name: str) -> None:
    service = heard(*before)
    assert not (service.is_undecided(name) and service.is_own_fault(name))


# Witnesses ----------------------------------------------------------------------------------------------------------


def test_those_answered_last_are_asked_first_and_those_that_fail_after_them() -> None:
    service = heard(*well(*ZONES[:4]), *failing(Trouble.SILENT, "portal.pk"))
    assert service.witnesses() == ("mx1.bank.com.pk", "mx1.example.net", "mx1.example.org")
    service = heard(*well(*ZONES[:2]), *failing(Trouble.SILENT, "portal.pk", ZONES[0]))
    assert service.witnesses() == ("mx1.example.org", "mx1.kp.gov.pk", "mx1.portal.pk")


@given(histories)
def test_asking_witnesses_while_all_fails_always_comes_to_a_decision(before: list[Ended]) -> None:
    """However it began: with servers that serve nobody, a few rounds of witnesses are enough to see it."""
    service = heard(*before, *well(*ZONES[:4]), *failing(Trouble.FAILED, "portal.pk"))
    for _ in range(2):
        for name in service.witnesses():
            service.failed(name, Trouble.FAILED, 100.0)
    assert service.trouble is Trouble.FAILED


def test_a_witness_is_forgotten_after_a_while() -> None:
    service = heard(*well("example.org"))
    service.failed("mx1.kp.gov.pk", Trouble.SILENT, WITNESS_S + 1)
    assert service.trouble is Trouble.SILENT


def test_nothing_asked_is_idle_and_no_trouble() -> None:
    service = NameService()
    assert (service.is_idle, service.trouble, service.witnesses(), service.slowest_s) == (True, None, (), 0.0)


def test_servers_are_slow_when_each_of_the_last_look_ups_was() -> None:
    service = NameService()
    for took_s in (3.0, 2.0):
        service.answered("a.example.org", 0.0, took_s)
    assert service.slowest_s == 0.0
    service.answered("a.example.org", 0.0, 2.5)
    assert service.slowest_s == 2.0
    service.answered("a.example.org", 0.0, 0.01)
    assert service.slowest_s == 0.01


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("mail.kp.gov.pk", "kp.gov.pk"),
        ("kp.gov.pk", "kp.gov.pk"),
        ("gov.pk", "gov.pk"),
        ("mx1.example.pk", "example.pk"),
        ("a.b.example.org", "example.org"),
        ("intranet", "intranet"),
    ],
)
def test_a_zone_is_about_what_somebody_registers(name: str, zone: str) -> None:
    assert zone_of(name) == zone
