"""The sheet of notes answers at its own paths and at no other."""

import re

import pytest

from watchdog.web.site import ROUTES


def answered(path: str) -> list[str]:
    return ["".join(match.groups()) for route in ROUTES if (match := re.fullmatch(route.pattern, path, re.DOTALL))]


@pytest.mark.parametrize("path", ["/note", "/note/", "/note/en", "/note/ur", "/note/en/hq", "/note/ur/hq"])
def test_language_and_office_stand_behind_it(path: str) -> None:
    assert answered(path) == [path.removeprefix("/note")]


@pytest.mark.parametrize("path", ["/noteen", "/noteur", "/noteur/hq", "/note/fr", "/note/en/", "/note/en/a/b"])
def test_what_is_only_like_it_is_not_found(path: str) -> None:
    assert answered(path) == []
