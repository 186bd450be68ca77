"""What routes of the API have in common: who asks, and how listings are answered."""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, TypeAlias

from fastapi import Depends, Query, Request, Response

from watchdog.api.desk import Desk
from watchdog.api.peer import Peer
from watchdog.api.refusal import Refusal
from watchdog.api.standing import notes
from watchdog.cli import looks

Answer: TypeAlias = dict[str, object]

#: Columns of the terminal that shows the answer; 0 is as wide as it needs. Left out: objects, for scripts.
Width: TypeAlias = Annotated[int | None, Query(ge=0, le=1000)]


async def author(request: Request) -> str:
    """Whom the kernel names at the other end."""
    peer = request.state.peer
    if not isinstance(peer, Peer):
        raise Refusal(403, "nobody can tell who asks; use the daemon's Unix socket")
    return await peer.name()


Author: TypeAlias = Annotated[str, Depends(author)]


async def listed(desk: Desk, look: Callable[[looks.View], looks.Listing], width: int | None) -> Response:
    """Objects for scripts, or text as wide as a terminal; with what should be known beside it.

    A long one is made into bytes where it was read: on the loop it would hold up all else for seconds.
    """
    return await answered(desk, await desk.look(look, width or None), width)


async def answered(desk: Desk, listing: looks.Listing, width: int | None) -> Response:
    """What was made off the loop, put into bytes off the loop."""
    beside = [*notes(desk), *listing.notes]
    encode = _text_of if width is not None else _objects_of
    return Response(await desk.reading.call(encode, listing, beside), media_type="application/json")


def _text_of(listing: looks.Listing, beside: Sequence[str]) -> bytes:
    return _json({"text": listing.text, "notes": beside})


def _objects_of(listing: looks.Listing, beside: Sequence[str]) -> bytes:
    """One object at a time: whatever waits for the interpreter gets its turn in between."""
    return b'{"items":[%b],"notes":%b}' % (b",".join(map(_json, listing.objects)), _json(beside))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
