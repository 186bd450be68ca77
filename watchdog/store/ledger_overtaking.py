"""What waits for a word, and is overtaken by what goes on record: it ends in that very transaction, with its reason."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress

from pydantic import ValidationError
from sqlalchemy import Connection, select

from checks.ledger.chain import id_of
from checks.ledger.outcome import Became, Outcome
from checks.ledger.overtaken import Ground, Overtaken, overtaken
from checks.ledger.proposal import Proposal, ProposalStanding
from checks.ledger.state import BillOnRecord
from watchdog.store import ledger_proposals
from watchdog.store.ledger_rows import bill_form
from watchdog.store.ledger_tables import ledger_events, ledger_states
from watchdog.store.portions import AT_ONCE, portions


@contextmanager
def overtaking(connection: Connection, abouts: Collection[str], deciding: str = "") -> Iterator[None]:
    """Around the rows of `abouts` as they are written. The proposal `deciding` ends otherwise.

    Costs one query where nothing waits of them.
    """
    waiting = [one for one in ledger_proposals.waiting_of(connection, abouts) if one.id != deciding]
    if not waiting:
        yield
        return
    was = _ground(connection, waiting)
    yield
    now = _ground(connection, waiting)
    for one in waiting:
        if (found := overtaken(one.drafts, was, now)) is not None:
            end(connection, one, found)


def _ground(connection: Connection, waiting: Sequence[Proposal]) -> Ground:
    drafts = [draft for one in waiting for draft in one.drafts]
    ids = list({id_of(draft) for draft in drafts})
    there = (
        connection.execute(select(ledger_events.c.id).where(ledger_events.c.id.in_(some))).scalars()
        for some in portions(ids, AT_ONCE)
    )
    bills = _bills(connection, list({draft.about for draft in drafts if draft.is_of_bill}))
    return Ground(bills=bills, ids={id_ for some in there for id_ in some})


def _bills(connection: Connection, keys: Sequence[str]) -> dict[str, BillOnRecord]:
    found: dict[str, BillOnRecord] = {}
    columns = select(ledger_states.c.about, ledger_states.c.state)
    for some in portions(keys, AT_ONCE):
        for about, state in connection.execute(columns.where(ledger_states.c.about.in_(some))):
            with suppress(ValidationError):  # what nobody can read overtakes nothing
                found[about] = bill_form.validate_json(state)
    return found


def end(connection: Connection, proposal: Proposal, found: Overtaken) -> Proposal:
    """By what was recorded last of what it is about."""
    columns = select(ledger_events.c.id, ledger_events.c.author, ledger_events.c.recorded_at)
    of_it = columns.where(ledger_events.c.about == found.about).order_by(ledger_events.c.seq.desc()).limit(1)
    by = connection.execute(of_it).one()
    return ledger_proposals.decide(
        connection,
        proposal,
        standing=ProposalStanding.OVERTAKEN,
        author=by.author,
        at=by.recorded_at,
        reason=found.why,
        outcome=[Outcome(Became.OVERTAKEN, by.id)],
    )
