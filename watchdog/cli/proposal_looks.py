"""What waits for somebody's word, for scripts and for people: read from the ledger, whoever reads it."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from alerts.words.escape import one_line
from checks.ledger.codec import details_json
from checks.ledger.event import Draft
from checks.ledger.proposal import Proposal, ProposalStanding, UnknownProposalError
from checks.wording import local
from watchdog.cli.bill_text import details_text
from watchdog.cli.columns import cell_text, table
from watchdog.cli.listing_json import instant
from watchdog.cli.looks import Listing, NotFoundError, View

#: Events of one proposal that its line names.
_NAMED = 3
#: So many are listed of all.
MOST: Final = 1_000
_HEAD_OF_ALL: Final = ("ID", "SINCE", "FROM", "HANDED IN BY", "SAYS", "STANDS")
_HEAD = ("ID", "SINCE", "FROM", "HANDED IN BY", "WOULD PUT ON RECORD", "WHY IT WAITS")


def proposals(view: View, *, word: str = "", is_all: bool = False) -> Listing:
    """Those that wait, oldest first; with `is_all` also what was decided or overtaken, newest first; with `word` that
    one whole, decided or not. Raises NotFoundError.
    """
    rows, zone = view.listings.ledger, view.estate.time_zone
    if word:
        try:
            one = rows.proposal(word)
        except UnknownProposalError as error:
            raise NotFoundError(str(error)) from None
        return Listing([proposal_object(one)], whole_text(one, zone))
    if is_all:
        return _all(rows.latest_proposals(MOST + 1), view)
    waiting = rows.proposals()
    if not waiting:
        return Listing([], "nothing waits for anybody's word")
    text = table(_HEAD, [_row(one, zone) for one in waiting], view.width)
    more = "`nigehban invoices proposals ID` shows one whole; then confirm ID, or refuse ID --reason TEXT"
    return Listing([proposal_object(one) for one in waiting], f"{text}\n\n{more}")


def _all(found: Sequence[Proposal], view: View) -> Listing:
    if not found:
        return Listing([], "nothing was ever proposed")
    some, zone = found[:MOST], view.estate.time_zone
    text = table(_HEAD_OF_ALL, [_row_of_all(one, zone) for one in some], view.width)
    more = f"\n\nthese are the newest {MOST:,}; there are more" if len(found) > MOST else ""
    return Listing([proposal_object(one) for one in some], f"{text}{more}")


def proposal_object(one: Proposal) -> dict[str, object]:
    return {
        "id": one.id,
        "standing": one.standing.value,
        "author": one.author,
        "source": one.source,
        "note": one.note,
        "proposed_at": instant(one.proposed_at),
        "is_word": one.is_word,
        "decided_at": None if one.decided_at is None else instant(one.decided_at),
        "decided_by": one.decided_by or None,
        "reason": one.reason or None,
        "outcome": [{"became": each.became.value, "of": each.of} for each in one.outcome],
        "events": [_draft_object(draft) for draft in one.drafts],
    }


def whole_text(one: Proposal, zone: tzinfo) -> str:
    """All of it, with the words of the source."""
    facts = [
        ("Proposal", f"{one.id}, {standing_text(one, zone)}"),
        ("From", f"{one.source}, handed in by {one.author} at {local(one.proposed_at, zone):%Y-%m-%d %H:%M}"),
        ("Why it waits", one.note),
    ]
    lines = [f"{label + ':':<14}{cell_text(text)}" for label, text in facts]
    return "\n".join([*lines, "", "It would put on record:", *(_draft_text(draft, zone) for draft in one.drafts)])


def standing_text(one: Proposal, zone: tzinfo) -> str:
    """When it was decided by whom, and why."""
    if one.decided_at is None:
        return one.standing.value
    by = f"by what {one.decided_by} said" if one.standing is ProposalStanding.OVERTAKEN else f"by {one.decided_by}"
    why = f": {one.reason}" if one.reason else ""
    return f"{one.standing.value} {local(one.decided_at, zone):%Y-%m-%d %H:%M} {by}{why}"


def _draft_text(draft: Draft, zone: tzinfo) -> str:
    said = f"  {draft.about}: {draft.kind.value}; {details_text(draft.details, zone)}"
    proof = f"\n    evidence: {cell_text(draft.evidence)}" if draft.evidence else ""
    return f"{cell_text(said)}{proof}"


def _draft_object(draft: Draft) -> dict[str, object]:
    return {
        "about": draft.about,
        "event": draft.kind.value,
        "happened_at": instant(draft.happened_at),
        "evidence": draft.evidence,
        "details": details_json(draft.details),
    }


def _said(draft: Draft, zone: tzinfo) -> str:
    """Like "acme/inv7 withheld Rs 4,000", with the day where it names one."""
    details = draft.details
    amount = details.amount if details.amount is not None or details.terms is None else details.terms.amount
    day = details.until if details.until is not None or details.terms is None else details.terms.due
    stage = f"to {details.stage}" if details.stage else ""
    when = "" if day is None else f"due {day}" if details.until is None else f"until {day}"
    at = details.received_at
    received = "" if at is None else f"received {local(at, zone):%Y-%m-%d}"
    said = (draft.about, draft.kind.value, stage, "" if amount is None else str(amount), when, received)
    return " ".join(filter(None, said))


def _row_of_all(one: Proposal, zone: tzinfo) -> tuple[str, ...]:
    id_, since, source, author, events, _ = _row(one, zone)
    return id_, since, source, author, events, one_line(standing_text(one, zone), 200)


def _row(one: Proposal, zone: tzinfo) -> tuple[str, ...]:
    events = "; ".join(_said(draft, zone) for draft in one.drafts[:_NAMED])
    more = f" and {len(one.drafts) - _NAMED} more" if len(one.drafts) > _NAMED else ""
    since = f"{local(one.proposed_at, zone):%Y-%m-%d %H:%M}"
    return one.id, since, one.source, one.author, f"{events}{more}", one_line(one.note, 160)
