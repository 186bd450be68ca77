"""What a name's look-ups come to, where they gave no address."""

from collections.abc import Sequence

from checks.model import Cause
from checks.network.errors import BlindError, ProbeError
from checks.network.lookup import Failed, Found, Missing, Outcome
from checks.network.name_servers import NameServer
from checks.network.name_service import Health, NameService, Trouble
from checks.network.values import Family


def is_settled(outcome: Outcome) -> bool:
    """Whether the other family need not be asked: there are addresses, or there is no such name."""
    return isinstance(outcome, Found) or (isinstance(outcome, Missing) and outcome.is_gone)


def verdict(name: str, outcomes: Sequence[Outcome], *, is_own_fault: bool = False) -> ProbeError:
    """The error that `outcomes` amount to. `is_own_fault`: silence is about this name, since others are answered."""
    gone = [outcome.text for outcome in outcomes if isinstance(outcome, Missing) and outcome.is_gone]
    if gone:
        return ProbeError(Cause.NAME_NOT_FOUND, gone[0])
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    if failed and all(outcome.silent for outcome in failed):
        text = f"cannot resolve {name}: {failed[0].text}"
        return ProbeError(Cause.NAME_FAILED, f"{text}; other names are answered") if is_own_fault else BlindError(text)
    if failed:
        spoken = next(outcome for outcome in failed if not outcome.silent)
        return ProbeError(Cause.NAME_FAILED, f"cannot resolve {name}: {spoken.text}")
    missing = [outcome.text for outcome in outcomes if isinstance(outcome, Missing)]
    return ProbeError(Cause.NAME_NOT_FOUND, "; ".join(dict.fromkeys(missing)))


def of_family(addresses: tuple[str, ...], family: Family, host: str) -> tuple[str, ...]:
    if family == "any":
        return addresses
    kept = tuple(address for address in addresses if (":" in address) == (family == "6"))
    if not kept:
        raise ProbeError(Cause.NAME_NOT_FOUND, f"{host} has no IPv{family} address")
    return kept


def health_of(service: NameService, asked: Sequence[NameServer]) -> Health:
    servers = tuple(server.shown for server in asked)
    trouble, failing = service.trouble, service.failing
    is_refused = trouble is Trouble.SILENT and all(failure.is_refused for failure in failing)
    return Health(
        trouble=trouble,
        words="" if trouble is None else trouble_words(trouble, servers, len(failing), is_refused=is_refused),
        servers=servers,
        failing=tuple(failure.name for failure in failing),
        heard=tuple(failure.heard for failure in failing),
        is_refused=is_refused,
        slowest_s=service.slowest_s,
        is_idle=service.is_idle,
    )


def trouble_words(trouble: Trouble, servers: Sequence[str], failing: int, *, is_refused: bool = False) -> str:
    """Like "name servers 10.0.0.2, 10.0.0.3 do not answer"."""
    many = "s" if len(servers) > 1 else ""
    who, one = f"name server{many} {', '.join(servers)}", "" if many else "s"
    if not servers:
        return "no name server is configured"
    match trouble:
        case Trouble.SILENT if is_refused:
            return f"{who} refuse{one} the connection: nobody answers questions about names there"
        case Trouble.SILENT:
            return f"{who} {'do' if many else 'does'} not answer"
        case Trouble.FAILED:
            return f"{who} answer{one} with failures whatever is asked for ({failing} names)"
        case Trouble.MISSING:
            return f"{who} say{one} of whatever is asked for that it does not exist ({failing} names)"
