"""Which Host headers are answered: a name of somebody else's that was pointed here gets nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.web.hosts import allowed_hosts, is_allowed

ALLOWED = allowed_hosts("127.0.0.1", "https://Status.example.gov.pk/path")


@pytest.mark.parametrize(
    "header",
    ["localhost", "localhost:9417", "LOCALHOST.", "127.0.0.1:9417", "[::1]:9417", "[::1]", "status.example.gov.pk"],
)
def test_names_of_this_machine_and_of_messages_links_are_answered(header: str) -> None:
    assert is_allowed(header, ALLOWED, any_address=False)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "evil.example",
        "evil.example:9417",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1:9417@evil.example",
        "localhost:x",
        "localhost:9417:1",
        "[::1",
        "[::1]x",
        "[evil.example]",
        "127.0.0.2",
        "2130706433",
        " localhost",
        "localhost\t",
        "localhost/../x",
        "status.example.gov.pk.evil.example",
    ],
)
def test_anything_else_is_not(header: str) -> None:
    assert not is_allowed(header, ALLOWED, any_address=False)


def test_who_listens_on_all_addresses_is_reached_by_any_of_them_and_by_no_new_name() -> None:
    everywhere = allowed_hosts("0.0.0.0", None)
    assert is_allowed("192.0.2.7:9417", everywhere, any_address=True)
    assert is_allowed("[2001:db8::7]:9417", everywhere, any_address=True)
    assert not is_allowed("evil.example:9417", everywhere, any_address=True)


@given(st.text())
def test_no_header_is_answered_that_does_not_hold_an_allowed_name(header: str) -> None:
    if is_allowed(header, ALLOWED, any_address=False):
        assert any(name in header.lower() for name in ALLOWED)
