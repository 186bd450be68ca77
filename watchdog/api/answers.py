"""What routes of the API have in common: who asks, and how listings are answered."""

from collections.abc import Callable
from typing import Annotated, TypeAlias

from fastapi import Depends, Query, Request

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


async def listed(desk: Desk, look: Callable[[looks.View], looks.Listing], width: int | None) -> Answer:
    """Objects for scripts, or text as wide as a terminal; with what should be known beside it."""
    listing = await desk.look(look, width or None)
    shown: Answer = {"items": listing.objects} if width is None else {"text": listing.text}
    return {**shown, "notes": [*notes(desk), *listing.notes]}
