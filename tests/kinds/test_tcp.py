import asyncio
import re
from pathlib import Path

import pytest

from checks.model import Cause, Status
from checks.network.errors import BlindError, ProbeError
from checks.network.values import Connection, Family, TlsTerms
from checks.web import tcp
from tests.support.fake_network import FakeConnection, FakeNetwork, context, look
from tests.support.real_look import Eyes

OPTIONS = {"host": "mail.example.org", "port": 25}


def only_four(family: Family) -> Connection:
    if family == "6":
        raise ProbeError(Cause.REFUSED, "connection refused")
    return FakeConnection()


def test_an_open_port_is_ok_and_measured() -> None:
    (finding,) = asyncio.run(look(tcp.KIND, OPTIONS, context(FakeNetwork(only_four))))
    assert (finding.subject, finding.status) == ("mail.example.org:25", Status.OK)
    assert [(one.name, one.unit) for one in finding.measurements] == [("connect_s", "s")]


def test_a_failure_over_one_family_passes_to_the_runner() -> None:
    with pytest.raises(ProbeError):
        asyncio.run(look(tcp.KIND, {**OPTIONS, "family": "6"}, context(FakeNetwork(only_four))))


def test_both_families_are_judged_each_for_itself() -> None:
    four, six = asyncio.run(look(tcp.KIND, {**OPTIONS, "family": "both"}, context(FakeNetwork(only_four))))
    assert (four.subject, four.status) == ("mail.example.org:25 IPv4", Status.OK)
    assert (six.subject, six.status, six.cause) == ("mail.example.org:25 IPv6", Status.CRITICAL, Cause.REFUSED)


def test_our_own_blindness_over_one_family_is_unknown() -> None:
    def no_six(family: Family) -> Connection:
        if family == "6":
            raise BlindError("no IPv6 route here")
        return FakeConnection()

    _, six = asyncio.run(look(tcp.KIND, {**OPTIONS, "family": "both"}, context(FakeNetwork(no_six))))
    assert six.status is Status.UNKNOWN


def test_a_family_that_hangs_does_not_take_the_word_from_the_other() -> None:
    class Hanging(FakeNetwork):
        async def connect(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> Connection:
            if family == "6":
                await asyncio.Event().wait()
            return await super().connect(host, port, family, tls)

    findings = asyncio.run(look(tcp.KIND, {**OPTIONS, "family": "both"}, context(Hanging(only_four), timeout_s=0.05)))
    assert [(one.status, one.cause) for one in findings] == [
        (Status.OK, Cause.NONE),
        (Status.CRITICAL, Cause.TIMEOUT),
    ]


def test_an_ipv6_address_is_written_in_brackets() -> None:
    options = tcp.Options.model_validate({"host": "[2001:db8::1]", "port": 443})
    assert tcp.KIND.subject(options) == "[2001:db8::1]:443"


def test_an_address_of_ipv6_is_named_in_brackets_and_once(tmp_path: Path) -> None:
    finding = Eyes(hosts_file=tmp_path / "none").only("tcp", host="::1", port=1)
    assert re.fullmatch(r"\[::1\]:1: [^:]+", finding.summary)
