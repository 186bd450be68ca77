"""The locked requirements: hashes, no addresses, few, and nobody who would overwrite our packages."""

import re
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.tree import ROOT, tracked

LOCKS = sorted(path for path in tracked() if path.startswith("requirements/"))
NAMESAKES = {"watchdog", "checks", "alerts"}
MAX_CORE = 50

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)", re.MULTILINE)
# Of options only hashes are wanted: all others say where packages come from.
_ADDRESS = re.compile(r"\w://|^\s*-(?!-hash=)", re.MULTILINE)


def complaints(text: str) -> list[str]:
    """What is wrong with a lock."""
    found = []
    if _ADDRESS.search(text):
        found.append("holds an address")
    for entry in re.split(r"\n(?=\S)", text):
        if not (pinned := _PINNED.match(entry)):
            if entry.strip() and not entry.lstrip().startswith("#"):
                found.append(f"not pinned: {entry.splitlines()[0]}")
            continue
        if "--hash=sha256:" not in entry:
            found.append(f"{pinned['name']} has no hash")
        if canonicalize_name(pinned["name"]) in NAMESAKES:
            found.append(f"{pinned['name']} overwrites a package of ours")
    return found


def names(path: str) -> set[str]:
    text = (ROOT / path).read_text(encoding="utf-8")
    return {canonicalize_name(pinned["name"]) for pinned in _PINNED.finditer(text)}


def needed_by(distribution: str) -> set[str]:
    """What an installed distribution requires here, extras apart; nothing for one of another platform."""
    try:
        wanted = metadata.requires(distribution) or []
    except metadata.PackageNotFoundError:
        return set()
    requirements = [Requirement(text) for text in wanted]
    return {
        canonicalize_name(requirement.name)
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    }


def test_every_lock_is_there() -> None:
    assert LOCKS == ["requirements/core.txt", "requirements/dev.txt", "requirements/fuzz.txt"]


@pytest.mark.parametrize("path", LOCKS)
def test_a_lock_has_hashes_no_addresses_and_no_namesake(path: str) -> None:
    assert complaints((ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", LOCKS)
def test_nothing_that_is_locked_needs_a_namesake(path: str) -> None:
    needing = {name: clash for name in names(path) if (clash := needed_by(name) & NAMESAKES)}
    assert needing == {}


def test_the_core_stays_small() -> None:
    assert 0 < len(names("requirements/core.txt")) < MAX_CORE


def test_each_lock_holds_the_smaller_one_in_the_same_versions() -> None:
    pinned = [dict(_PINNED.findall((ROOT / path).read_text(encoding="utf-8"))) for path in LOCKS]
    core, dev, fuzz = pinned
    assert core.items() <= dev.items() <= fuzz.items()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("-i somewhere\na==1 \\\n    --hash=sha256:00\n", "holds an address"),
        ("a @ file:///tmp/a.whl\n", "holds an address"),
        ("a==1\n    # via b\n", "a has no hash"),
        ("a>=1\n", "not pinned: a>=1"),
        ("Watchdog==6.0 \\\n    --hash=sha256:00\n", "Watchdog overwrites a package of ours"),
    ],
)
def test_a_bad_lock_is_found(text: str, complaint: str) -> None:
    assert complaint in complaints(text)


def test_what_a_distribution_needs_is_read() -> None:
    assert "starlette" not in needed_by("typer")
    assert "pluggy" in needed_by("pytest")
