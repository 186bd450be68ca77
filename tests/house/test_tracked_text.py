"""No tracked file tells where it was written or where its packages came from."""

import re

import pytest

from tests.support.tree import ROOT, tracked

# Put together here, so that this file may be searched too.
_HOME_DIRECTORIES = "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me/[a-z]+"))
_HOSTS = (
    r"py" + r"pi\.org",
    r"python" + r"hosted\.org",
    r"npm" + r"js\.(?:org|com)",
    r"(?:deb|security)\.deb" + r"ian\.org",
)

RULES = {
    "a path of one machine": re.compile(rf"(?<![\w.~$}}-])/(?:{_HOME_DIRECTORIES})(?=[/\s\"'`),;:]|$)", re.MULTILINE),
    "a package registry's host": re.compile("|".join(_HOSTS), re.IGNORECASE),
    "trailing conflict marks": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
}


def complaints(path: str, text: str) -> list[str]:
    return [
        f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {what}: {found[0]!r}"
        for what, pattern in RULES.items()
        for found in pattern.finditer(text)
    ]


def test_no_tracked_file_breaks_a_rule() -> None:
    found = []
    for path in tracked():
        text = (ROOT / path).read_bytes().decode("utf-8", "replace")
        found += complaints(path, text)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "cd /wo" + "rk/main",
        'Path("/ro' + 'ot")',
        "see /ho" + "me/someone/x",
        "https://files.python" + "hosted.org/packages",
        "https://PyPI" + ".org/simple",
        "from security.deb" + "ian.org",
        "a\n<<<<<<" + "< ours\n",
    ],
)
def test_a_breach_is_found(text: str) -> None:
    assert complaints("x", text)


@pytest.mark.parametrize(
    "text",
    ["/run/nigehban", "the workplace", "PyPI's watchdog", "example.org/wo" + "rk/x", "net/ro" + "ot/x"],
)
def test_plain_text_passes(text: str) -> None:
    assert complaints("x", text) == []
