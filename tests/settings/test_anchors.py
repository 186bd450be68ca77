"""Anchors as people write them, and what is made of them."""

from pathlib import Path

import pytest

from tests.support.settings_files import HEAD, load_text
from watchdog.settings.anchors import ANCHOR_PORT, usual_need
from watchdog.settings.values import Anchor, Anchors


def anchors(folder: Path, text: str) -> Anchors:
    return load_text(folder, f"{HEAD}anchors: {text}\n").anchors


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("192.0.2.1", Anchor("192.0.2.1", ANCHOR_PORT)),
        ("192.0.2.1:53", Anchor("192.0.2.1", 53)),
        ("2001:db8::1", Anchor("2001:db8::1", ANCHOR_PORT)),
        ("'[2001:db8::1]'", Anchor("2001:db8::1", ANCHOR_PORT)),
        ("'[2001:db8::1]:53'", Anchor("2001:db8::1", 53)),
        ("gw.example.gov.pk", Anchor("gw.example.gov.pk", ANCHOR_PORT)),
        ("gw.example.gov.pk:53", Anchor("gw.example.gov.pk", 53)),
    ],
)
def test_an_anchor_is_an_address_or_a_name_with_a_port_or_without(tmp_path: Path, text: str, anchor: Anchor) -> None:
    assert anchors(tmp_path, f"\n  - {text}") == Anchors((anchor,), needed=1)


def test_a_mapping_says_how_many_must_answer(tmp_path: Path) -> None:
    found = anchors(tmp_path, "{hosts: [192.0.2.1, 192.0.2.2, 192.0.2.3], needed: 3}")
    assert ([one.host for one in found.hosts], found.needed) == (["192.0.2.1", "192.0.2.2", "192.0.2.3"], 3)


def test_no_anchors_need_none(tmp_path: Path) -> None:
    assert anchors(tmp_path, "[]") == anchors(tmp_path, "{hosts: []}") == Anchors()


@pytest.mark.parametrize(("hosts", "needed"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_half_of_them_must_answer_where_nobody_says(hosts: int, needed: int) -> None:
    assert usual_need(hosts) == needed


@pytest.mark.parametrize("hosts", range(3, 20))
def test_from_three_on_one_that_errs_neither_blinds_us_nor_makes_us_see(hosts: int) -> None:
    assert 1 < usual_need(hosts) <= hosts - 1
