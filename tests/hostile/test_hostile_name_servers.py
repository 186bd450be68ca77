"""What tests.support.matrix does not ask of the kind `dns`."""

from tests.support.dns_peers import ASKED, always, cut, dns_host, over_tcp, record
from tests.support.look_child import Looker

TIMEOUT_S = 30.0


def test_records_beyond_counting_are_compared_in_time(looker: Looker) -> None:
    texts = [record(ASKED, 16, b"\x02" + number.to_bytes(2, "big")) for number in range(500)]
    with dns_host() as servers:
        place = servers.serve(cut, over_tcp(always(*texts)))
        options = {"name": "a.example", "type": "TXT", "server": place, "equals": "y"}
        cost = looker.look("dns", options, TIMEOUT_S)
    assert (cost.status, cost.cause) == ("critical", "mismatch")
    assert cost.excess == ""
