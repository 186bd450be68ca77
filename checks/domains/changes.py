"""What is not as it was: registrar, name servers, statuses, and the date itself, each told once."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from checks.domains.known import Details, Known
from checks.domains.statuses import MEANINGS, is_date_provisional, judged
from checks.model import Change, Status
from checks.network.transcript import clipped, escaped
from checks.wording import day_of, local

#: Codes that come and go in the usual course of a registration; what auto-renewal does to the date is told with that.
_PASSING = frozenset(
    {
        "ok",
        "linked",
        "addPeriod",
        "autoRenewPeriod",
        "renewPeriod",
        "transferPeriod",
        "pendingRenew",
        "pendingUpdate",
        "pendingCreate",
    }
)


#: What the news is about, in words.
_UNDER_WAY = frozenset({"pendingTransfer", "transferPeriod"})


def changes_of_details(before: Known, after: Known, domain: str) -> tuple[Change, ...]:
    """Told by each source for itself; nothing on first sight."""
    return tuple(
        change
        for source, now in after.details.items()
        if (then := before.details.get(source)) is not None
        for change in _as_one(list(_changes(then, now, domain)), domain)
    )


def _as_one(changes: Sequence[Change], domain: str) -> Sequence[Change]:
    """A move to another registrar takes name servers and statuses along: one piece of news."""
    told = [change for change in changes if not change.is_routine]
    if len(told) < 2 or told[0].what != "registrar":  # noqa: PLR2004  # one and something with it
        return changes
    rest = "; ".join(change.summary.replace(f" of {domain}", "") for change in told[1:])
    facts = tuple(fact for change in told for fact in change.facts)
    registrar = dict(told[0].facts)["Registrar now"]
    move = Change(what="registrar", summary=f"{domain} moved to another registrar: {registrar}; {rest}", facts=facts)
    return [move, *(change for change in changes if change.is_routine)]


def _changes(then: Details, now: Details, domain: str) -> Iterator[Change]:
    if then.registrar and _plain(then.registrar) != _plain(now.registrar):
        yield _change("registrar", domain, (then.registrar, now.registrar or "none"))
    if then.name_servers and then.name_servers != now.name_servers:
        yield _change("name servers", domain, (_listed(then.name_servers), _listed(now.name_servers)))
    if then.statuses and then.statuses != now.statuses:
        # A hold that comes or goes is told already, as a fault and as its end.
        is_routine = all(code in _PASSING or _is_told(code) for code in then.statuses ^ now.statuses)
        yield _change(
            "statuses",
            domain,
            (_listed(then.statuses), _listed(now.statuses)),
            words=_meant(now.statuses),
            is_routine=is_routine,
        )


def _is_told(status: str) -> bool:
    return any(fault.status is not Status.UNKNOWN for fault in judged([status]))


def _meant(statuses: frozenset[str]) -> str:
    """Like "are now ok, pendingTransfer (a transfer to another registrar is under way)"."""
    told = (f"{code} ({MEANINGS[code].text})" if code in _UNDER_WAY else code for code in sorted(statuses))
    return f"are now {clipped(escaped(', '.join(told)))}"


def changes_of_date(before: Known, after: Known, domain: str, zone: tzinfo) -> tuple[Change, ...]:
    """A date that has become settled and is another one than the last that was. Days are those of `zone`."""
    old, new = before.before or before.believed, after.believed
    if old is None or new is None or after.before is not None or old.at == new.at:
        return ()
    then, now = (day_of(local(at, zone).date()) for at in (old.at, new.at))
    facts = (then, now)
    if new.at < old.at:
        words = f"was moved back to {now}; ask the registrar whether a renewal was taken back unpaid"
        return (_change("expiry", domain, facts, words=words),)
    if is_date_provisional(new.registration.statuses):
        words = f"was moved on to {now} by the registry itself, which takes it back unless the registrar is paid"
        return (_change("expiry", domain, facts, words=words),)
    return (_change("expiry", domain, facts, words=f"was moved on to {now}: renewed", is_routine=True),)


def _change(what: str, domain: str, facts: tuple[str, str], *, words: str = "", is_routine: bool = False) -> Change:
    then, now = (clipped(escaped(text)) for text in facts)
    verb = "is" if what in {"registrar", "expiry"} else "are"
    told = words or f"{verb} now {now}"
    return Change(
        what=what,
        summary=f"{what} of {domain} {told}",
        facts=((f"{what.capitalize()} before", then), (f"{what.capitalize()} now", now)),
        is_routine=is_routine,
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(",", " ").replace(".", " ").split())


def _listed(texts: frozenset[str]) -> str:
    return ", ".join(sorted(texts)) or "none"
