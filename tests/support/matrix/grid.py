"""What a table of kinds and peers is made of: columns that look, rows that serve, and the verdict on each pair."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from tests.support.certificates import Authority
from tests.support.dns_peers import DnsHost
from tests.support.hostile import Handler, HostileHost

#: Where a peer waits: a port of 127.0.0.1, an "address:port" or a path.
Place: TypeAlias = str

#: What a peer has to know to be well.
Speech: TypeAlias = Literal["smtp", "imap", "pop3", "http", "counter", "prometheus", "rdap", "whois", "dns", "file"]

#: A peer that does not apply to a column.
NOT_ASKED = "-"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """Where peers are put up."""

    host: HostileHost
    names: DnsHost
    authority: Authority
    folder: Path
    kept: ExitStack
    """What is to be let go of in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One way in which a kind looks: a column."""

    title: str
    kind: str
    options: Callable[[Place, Stage], Mapping[str, object]]
    speaks: Speech
    is_wrapped: bool = False
    """Over TLS from the first byte."""


#: Puts a peer up for a column, and answers where it is.
Peer: TypeAlias = Callable[[Stage, Face], Place]


class Row(NamedTuple):
    peer: str
    put_up: Peer
    only: Speech | None = None
    """The one protocol in which there is such a peer; None: it is put up for every column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    title: str
    """What its peers have in common."""
    faces: Sequence[Face]
    rows: Sequence[Row]
    """The first is the peer that is well."""

    def pairs(self) -> Iterator[tuple[Row, Face]]:
        return ((row, face) for row in self.rows for face in self.faces if row.only in {None, face.speaks})

    def shown(self, verdicts: Mapping[tuple[str, str], str]) -> str:
        """As Markdown; `verdicts` by the peer's name and the column's title."""
        titles = [face.title for face in self.faces]
        lines = [("peer", *titles), ("---",) * (1 + len(titles))]
        lines += [(row.peer, *(verdicts.get((row.peer, title), NOT_ASKED) for title in titles)) for row in self.rows]
        return f"### {self.title}\n\n" + "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def listening(handler: Handler) -> Peer:
    """The same for every column, from the first byte of the connection."""
    return lambda stage, _face: str(stage.host.serve(handler))
