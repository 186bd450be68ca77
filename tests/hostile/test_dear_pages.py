"""Pages that are well-formed and dear to read: judged in time, in little memory, alone affected."""

from collections.abc import Mapping

import pytest

from tests.support.hostile import HostileHost, answers
from tests.support.look_child import Looker

TIMEOUT_S = 30.0


@pytest.mark.parametrize(
    ("body", "options", "verdict"),
    [
        (b'[{"":0}' + b',{"":0}' * 149_000 + b"]", {"json_pointer": "/0"}, ("critical", "too_large")),
        (b'[{"":0}' + b',{"":0}' * 37_000 + b"]", {"json_pointer": "/0"}, ("ok", "none")),
        (b"a" * 2**20, {"body_regex": r"(.|\n)*zzz"}, ("unknown", "unparsable")),
        (b"x" * 2**20, {"body_regex": "x.*x.*y"}, ("unknown", "unparsable")),
        ("😀".encode() * 2**18, {"body_regex": "y+"}, ("critical", "mismatch")),
    ],
    ids=[
        "much JSON",
        "JSON of many parts",
        "a pattern that keeps much",
        "a pattern that takes long",
        "wide characters",
    ],
)
def test_a_page_that_is_dear_to_read(
    host: HostileHost, looker: Looker, *, body: bytes, options: Mapping[str, object], verdict: tuple[str, str]
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    cost = looker.look("http", {"url": f"http://127.0.0.1:{host.serve(answers(head + body))}/", **options}, TIMEOUT_S)
    assert (cost.status, cost.cause) == verdict
    assert cost.excess == ""
