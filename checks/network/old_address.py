"""Addresses that checks go on by while the resolver fails, marked so (FAULTS row 14)."""

from checks.network.resolver import Resolver
from checks.network.transcript import Transcript
from checks.network.values import Family


async def noted_addresses(resolver: Resolver, host: str, family: Family, transcript: Transcript) -> tuple[str, ...]:
    """Numeric addresses of `host`; where they are old, that stands in the transcript and among its facts."""
    resolved = await resolver.addresses(host, family)
    if resolved.stale:
        transcript.add("{}", resolved.stale)
        transcript.old_addresses[host] = resolved.stale
    return resolved.addresses
