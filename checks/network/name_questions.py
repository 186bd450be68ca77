"""What a check's question to this machine's own servers tells of them, as every look-up of an address does."""

import asyncio
from collections.abc import Awaitable

from checks.model import Cause
from checks.network.errors import BlindError, ProbeError, StarvedError
from checks.network.name_service import Trouble
from checks.network.resolver import Resolver
from checks.network.values import DnsAnswer, DnsQuestion

#: Loops' timers fire up to a millisecond early.
_SURE = 0.9


async def watched(answering: Awaitable[DnsAnswer], question: DnsQuestion, resolver: Resolver) -> DnsAnswer:
    """What `answering` gives. Raises what it raises, but BlindError for a failure while our servers fail everybody."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    way: Trouble | None
    try:
        answer = await answering
    except StarvedError:
        raise
    except ProbeError as error:
        way = Trouble.SILENT if isinstance(error, BlindError) else Trouble.FAILED
        resolver.note_question(question.name, question.type, way, loop.time() - began_s)
        if isinstance(error, BlindError):
            raise
        raise _ours(question, resolver) or error from None
    except asyncio.CancelledError as cut:
        took_s = loop.time() - began_s
        if took_s >= _SURE * resolver.patience.name_s:
            resolver.note_question(question.name, question.type, _way_cut(cut.__cause__), took_s)
        raise
    if answer.code == "NOERROR" and not answer.records:
        return answer  # neither a failure nor the record that tells of a working server
    way = {"NOERROR": None, "NXDOMAIN": Trouble.MISSING}.get(answer.code, Trouble.FAILED)
    resolver.note_question(question.name, question.type, way, loop.time() - began_s)
    if way is not None and (ours := _ours(question, resolver)):
        raise ours
    return answer


def _way_cut(waiting: BaseException | None) -> Trouble:
    spoke = isinstance(waiting, ProbeError) and waiting.cause is not Cause.BLIND
    return Trouble.FAILED if spoke else Trouble.SILENT


def _ours(question: DnsQuestion, resolver: Resolver) -> BlindError | None:
    health = resolver.health()
    return None if health.trouble is None else BlindError(f"cannot ask for {question.name}: {health.words}")
