"""`nigehban invoices audit`: the database itself is read, since an auditor believes no daemon."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

from checks.wording import moment
from watchdog.cli.asking import DONE, REFUSED, USAGE, say
from watchdog.cli.columns import cell_text
from watchdog.cli.listing_json import instant
from watchdog.cli.reading import estate_of
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.errors import StoreError
from watchdog.store.ledger import LedgerRows
from watchdog.store.ledger_audit import LedgerAudit
from watchdog.store.ledger_audit_proposals import ProposalAudit, WrongProposal


def audit(head: str, *, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """0 it is what was recorded; 1 it is not, or cannot be read; 2 `head` can be no head."""
    try:
        with closing(open_listing_database(state / DATABASE_NAME)) as database:
            found = LedgerRows(database).audit("".join(head.split()))  # lists print it in groups
    except ValueError as error:
        return say(f"--head: {error}", USAGE)
    except StoreError as error:
        return say(str(error), REFUSED)
    zone = estate_of(config, environ).time_zone
    if as_json:
        print(json.dumps(_object(found), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_lines(found, zone)))
    return DONE if found.is_sound else REFUSED


def _lines(found: LedgerAudit, zone: ZoneInfo) -> Iterator[str]:
    last = "" if found.last_at is None else f", the last written down {moment(found.last_at, zone)}"
    yield f"{_count(found.events, 'event')} of {_count(found.bills, 'bill')} and {_count(found.payees, 'vendor')}{last}"
    yield f"The chain ends with {found.head}"
    if (row := found.broken) is not None:
        when = "at a time that cannot be read" if row.recorded_at is None else moment(row.recorded_at, zone)
        what = f"event {row.place}, {cell_text(row.id)} of {cell_text(row.about)}, written down {when}"
        yield f"BROKEN at {what}: {row.why}"
    for state in found.wrong:
        yield f"WRONG STATE of {cell_text(state.about)}: {state.why}"
    if found.wrong_count > len(found.wrong):
        yield f"and {_more_wrong(found.wrong_count - len(found.wrong), 'state')}"
    yield from _of_words(found.words, zone)
    if found.asked and found.asked_place is None:
        yield f"CUT OR CHANGED: {found.asked} stands nowhere in the chain, though somebody was told it as its end"
    elif found.asked:
        later = found.events - (found.asked_place or 0)
        yield f"{found.asked} stands in the chain as event {found.asked_place}; {_count(later, 'event')} came after it"
    if found.is_sound:
        yield (
            "Whole: every event is what was recorded, every state is what its events add up to, "
            "and every word that was confirmed stands as it was proposed"
        )


def _of_words(found: ProposalAudit, zone: ZoneInfo) -> Iterator[str]:
    """Who stood behind what was closed is no fault: the settings of that day say whether one was enough."""
    last = "" if found.closed_alone_at is None else f", the last written down {moment(found.closed_alone_at, zone)}"
    alone = f"{_count(found.closed_alone, 'event')} that lessened a bill by one person's word alone{last}"
    yield f"{_count(found.proposals, 'proposal')}, {alone}"
    if (wrong := found.wrong) is not None:
        when = "at a time that cannot be read" if wrong.proposed_at is None else moment(wrong.proposed_at, zone)
        yield f"WRONG PROPOSAL {cell_text(wrong.id)}, handed in {when}: {cell_text(wrong.why)}"
    if found.wrong_count > 1:
        yield f"and {_more_wrong(found.wrong_count - 1, 'proposal')}"
    if (stray := found.stray) is not None:
        yield f"NO PROPOSAL for event {cell_text(stray.id)} of {cell_text(stray.about)}: {stray.why}"
    if found.stray_count > 1:
        yield f"and {_count(found.stray_count - 1, 'more event')} of that kind"


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number:,} {what}s"


def _more_wrong(number: int, what: str) -> str:
    return f"{_count(number, f'more {what}')} that {'is' if number == 1 else 'are'} wrong"


def _wrong(found: WrongProposal) -> dict[str, object]:
    return {"id": found.id, "proposed_at": instant(found.proposed_at), "why": found.why}


def _object(found: LedgerAudit) -> dict[str, object]:
    row = found.broken
    return {
        "is_sound": found.is_sound,
        "events": found.events,
        "bills": found.bills,
        "vendors": found.payees,
        "head": found.head,
        "last_recorded_at": instant(found.last_at),
        "broken": None
        if row is None
        else {
            "place": row.place,
            "id": row.id,
            "about": row.about,
            "recorded_at": instant(row.recorded_at),
            "why": row.why,
        },
        "wrong_states": [{"about": state.about, "why": state.why} for state in found.wrong],
        "wrong_count": found.wrong_count,
        "proposals": found.words.proposals,
        "wrong_proposals": found.words.wrong_count,
        "first_wrong_proposal": None if found.words.wrong is None else _wrong(found.words.wrong),
        "stray_events": found.words.stray_count,
        "first_stray_event": None if found.words.stray is None else asdict(found.words.stray),
        "closed_by_one_person": found.words.closed_alone,
        "last_closed_by_one_person": instant(found.words.closed_alone_at),
        "asked": found.asked or None,
        "asked_place": found.asked_place,
    }
