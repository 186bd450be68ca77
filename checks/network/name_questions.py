"""What a check's question to this machine's own servers tells of them, as every look-up of an address does."""

import asyncio
from collections.abc import Awaitable

from checks.network.dns_exchange import NoAnswerError
from checks.network.errors import BlindError, ProbeError, StarvedError
from checks.network.lookup import SURE
from checks.network.name_service import Trouble
from checks.network.resolver import Resolver
from checks.network.values import DnsAnswer, DnsQuestion


async def watched(answering: Awaitable[DnsAnswer], question: DnsQuestion, resolver: Resolver) -> DnsAnswer:
    """What `answering` gives. Raises what it raises, but BlindError for a failure while our servers fail everybody."""
    loop = asyncio.get_running_loop()
    name, kind, began_s = question.name, question.type, loop.time()
    try:
        answer = await answering
    except StarvedError:
        raise
    except BlindError as error:
        resolver.note_failure(name, kind, Trouble.SILENT, error.detail, is_refused=_is_refused(error.__cause__))
        raise
    except ProbeError as error:
        resolver.note_failure(name, kind, Trouble.FAILED, error.detail)
        raise _ours(question, resolver) or error from None
    except asyncio.CancelledError as cut:
        if loop.time() - began_s >= SURE * resolver.patience.name_s:
            resolver.note_failure(name, kind, _way_cut(cut.__cause__), str(cut.__cause__ or ""))
        raise
    match answer.code:
        case "NOERROR" if answer.records:
            resolver.note_answer(name, kind, loop.time() - began_s)
            return answer
        case "NOERROR":
            return answer  # neither a failure nor the record that tells of a working server
        case code:
            way = Trouble.MISSING if code == "NXDOMAIN" else Trouble.FAILED
            resolver.note_failure(name, kind, way, f"name server {answer.server} answers {code}")
    if ours := _ours(question, resolver):
        raise ours
    return answer


def _is_refused(reason: BaseException | None) -> bool:
    return isinstance(reason, NoAnswerError) and reason.is_refused


def _way_cut(waiting: BaseException | None) -> Trouble:
    spoke = isinstance(waiting, ProbeError) and not isinstance(waiting, BlindError)
    return Trouble.FAILED if spoke else Trouble.SILENT


def _ours(question: DnsQuestion, resolver: Resolver) -> BlindError | None:
    health = resolver.health()
    return None if health.trouble is None else BlindError(f"cannot ask for {question.name}: {health.words}")
