"""Links by which whoever gets the morning list confirms or refuses what somebody else said of a bill. Pure.

The act itself is the daemon's (watchdog.web.proposal_door), which asks once more whose word is enough.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Final

from alerts.links import Action, Links, Ticket, nonce
from alerts.route import Language, Receiver
from checks.ledger.proposal import Proposal


class ProposalWord(Enum):
    """What a link says of a proposal; the value stands in its token."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    """Why is asked for."""


LABELS: Final[Mapping[Language, Mapping[ProposalWord, str]]] = {
    Language.ENGLISH: {ProposalWord.CONFIRM: "It is so", ProposalWord.REFUSE: "It is not so"},
    Language.URDU: {ProposalWord.CONFIRM: "یہ درست ہے", ProposalWord.REFUSE: "یہ درست نہیں"},
}


def proposal_links(
    proposal: Proposal,
    receiver: Receiver,
    links: Links | None,
    *,
    event_id: str,
    at: datetime,
    words: Sequence[ProposalWord] = tuple(ProposalWord),
) -> Sequence[tuple[str, str]]:
    """What is read, and where it leads; the same for the same event for ever. () where there are no links."""
    if links is None:
        return ()
    return [
        (
            LABELS[receiver.language][word],
            links.url(
                Ticket(
                    action=Action.PROPOSAL,
                    incident="",
                    receiver=receiver.id,
                    expires_at=at + links.valid,
                    nonce=nonce(event_id, receiver.id, f"proposal {proposal.id} {word.value}"),
                    about=proposal.id,
                    answer=word.value,
                )
            ),
        )
        for word in words
    ]
