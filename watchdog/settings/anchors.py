"""Anchors as written: hosts outside whose answers tell whether we can see at all."""

from collections.abc import Sequence
from typing import Annotated, Final, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from checks.target import check_host
from watchdog.settings.fields import Entry, is_address
from watchdog.settings.problems import TreePath
from watchdog.settings.reader import Composed, Reader
from watchdog.settings.values import Anchor, Anchors

#: Taken where none is written. It need not be open: a refusal is an answer as well.
ANCHOR_PORT: Final = 443

_EXAMPLE: Final = "192.0.2.1:443"
_LAST_PORT: Final = 65535
_MAX_ANCHORS: Final = 20


def _as_anchor(value: object) -> Anchor:
    if not isinstance(value, str):
        raise ValueError(f'must be an address and perhaps a port, say "{_EXAMPLE}"')  # noqa: TRY004  # pydantic makes a problem of ValueError alone
    host, port = _parted(value)
    if not port.isascii() or not port.isdecimal() or not 0 < int(port[:6]) <= _LAST_PORT:
        raise ValueError(f'the port is a number from 1 to {_LAST_PORT}, say "{_EXAMPLE}"')
    try:
        return Anchor(host=check_host(host), port=int(port))
    except ValueError as error:
        raise ValueError(f'{error}; a port stands behind a colon, say "{_EXAMPLE}"') from None


def _parted(text: str) -> tuple[str, str]:
    """Host and port of "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "[2001:db8::1]:53"."""
    if is_address(text.removeprefix("[").removesuffix("]")):
        return text.removeprefix("[").removesuffix("]"), str(ANCHOR_PORT)
    host, colon, port = text.rpartition(":")
    return (host, port) if colon else (text, str(ANCHOR_PORT))


AnchorLine: TypeAlias = Annotated[
    Anchor, BeforeValidator(_as_anchor), WithJsonSchema({"type": "string", "examples": [_EXAMPLE]})
]


class AnchorsEntry(Entry):
    hosts: tuple[AnchorLine, ...] = Field((), description="addresses, each with a port or without")
    needed: Annotated[int, Field(ge=1, strict=True)] | None = Field(
        None, description="how many must answer; left out: half of them, rounded up"
    )


def usual_need(hosts: int) -> int:
    """How many of so many anchors must answer where nobody says: half, rounded up.

    From three on, one anchor that fails does not blind us, and one that answers alone does not make us see.
    """
    return (hosts + 1) // 2


def read_anchors(reader: Reader) -> Anchors:
    """The section, a list of hosts or a mapping; no anchors where it is missing, empty or wrong."""
    value = reader.sources.sections.get("anchors")
    match value:
        case None:
            return Anchors()
        case list():
            entry = reader.entry(
                ("anchors",), {"hosts": value}, AnchorsEntry, Composed(elsewhere={"hosts": ("anchors",)})
            )
            place: TreePath = ("anchors",)
        case dict():
            entry, place = reader.entry(("anchors",), value, AnchorsEntry), ("anchors", "hosts")
        case _:
            reader.refuse(("anchors",), f"must be a list of hosts, say [{_EXAMPLE}], or {{hosts: [...], needed: 2}}")
            return Anchors()
    if entry is None:
        return Anchors()
    _check_hosts(reader, entry.hosts, place)
    if entry.needed is not None and entry.needed > len(entry.hosts):
        text = f"more than the {len(entry.hosts)} there are: we would never see; say at most {len(entry.hosts)}"
        reader.refuse(("anchors", "needed"), text)
    return Anchors(hosts=entry.hosts, needed=entry.needed or usual_need(len(entry.hosts)))


def _check_hosts(reader: Reader, hosts: Sequence[Anchor], place: TreePath) -> None:
    first: dict[Anchor, int] = {}
    for index, host in enumerate(hosts):
        if (same := first.setdefault(host, index)) != index:
            at = reader.sources.place((*place, same))
            reader.refuse((*place, index), f"this is the anchor at {at} again; each must be able to fail by itself")
    if len(hosts) > _MAX_ANCHORS:
        reader.refuse(place, f"more than {_MAX_ANCHORS}; three that fail for different reasons are enough")
